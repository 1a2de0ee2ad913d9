"""`python -m tests.bench.streams`: what the relay costs a token, and how many tokens several streams write at once."""

from __future__ import annotations

import argparse
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from playground.engine.base import Completion, Engine, Request
from playground.engine.options import EngineOptions
from playground.engine.pool import engine_class
from playground.models import ModelCard, find_card
from playground.reasoners.questions import shipped_questions
from playground.relay import Participant, Turn, TurnEnded, relay
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory
from tests.bench.questions import REASONER, prompts
from tests.bench.rounds import alternated, timed

STREAMS = (1, 4, 16)
PARAMS = SamplingParams(temperature=0, max_tokens=400)


def streamed(engine: Engine, prompt: str) -> int:
    """Tokens of a stream that is read to its end."""
    *_, last = engine.stream(Request(prompt=prompt, params=PARAMS))
    assert isinstance(last, Completion)
    return last.completion_tokens


def relayed(engine: Engine, card: ModelCard, question: str) -> int:
    """Tokens of the same text as the only turn of a relay."""
    alone = [Turn(Participant(card=card, engine=engine, params=PARAMS))]
    events = relay(Trajectory(question=question), alone, seed=0)
    return sum(event.tokens for event in events if isinstance(event, TurnEnded))


def overhead_row(engine: Engine, card: ModelCard, rounds: int) -> str:
    """µs a token of the engine's stream and of a relay around it.

    The two are compared text by text, a second apart, so that what else the machine does falls on both.
    """
    questions = [question.problem for question in shipped_questions(1)[:20]]
    pairs = [
        pair
        for question, text in zip(questions, prompts(20), strict=True)
        for pair in alternated(partial(relayed, engine, card, question), partial(streamed, engine, text), rounds)
    ]
    relay_us, stream_us = (statistics.median(1e6 / pair[side].rate for pair in pairs) for side in (0, 1))
    added = statistics.median(1e6 / ours.rate - 1e6 / bare.rate for ours, bare in pairs)
    return f"| {stream_us:.0f} | {relay_us:.0f} | {added:.0f} |"


def aggregate_row(engine: Engine) -> str:
    """Tokens a second of all streams together, for each number of them."""
    rates = []
    for count in STREAMS:
        texts = prompts(64)

        def job(count: int = count, texts: list[str] = texts) -> int:
            with ThreadPoolExecutor(count) as readers:
                return sum(readers.map(lambda text: streamed(engine, text), texts))

        rates.append(timed(job).rate)
    each = " | ".join(f"{rate:,.0f}" for rate in rates)
    return f"| {each} | {rates[-1] / rates[0]:.1f}× |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.streams", description=__doc__)
    parser.add_argument("--engine", choices=("transformers", "vllm"), default="transformers")
    parser.add_argument("--rounds", type=int, default=4, help="runs of each side, an even number: the first prefills")
    options = parser.parse_args()
    card = EngineOptions(engine=options.engine).applied(find_card(REASONER))
    engine = engine_class(options.engine).load(card)
    streamed(engine, prompts(1)[0])
    print("| stream, µs/token | in a relay, µs/token | the relay's part, µs/token |\n|---|---|---|")
    print(overhead_row(engine, card, options.rounds))
    print(f"\n| {' | '.join(f'{count} at once, tokens/s' for count in STREAMS)} | 16 : 1 |\n|---|---|---|---|")
    print(aggregate_row(engine))
    engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
