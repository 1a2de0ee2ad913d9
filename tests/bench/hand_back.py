"""`python -m tests.bench.hand_back`: a trajectory goes from A to B, back and to B again; what each hand-over costs.

A and B are the same checkpoint, loaded twice. B's first turn prefills everything, since B has seen nothing of it:
that is what every hand-over costs without prefix reuse. Later turns prefill what the other one wrote.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playground.engine.base import Completion, Engine, Request
from playground.engine.options import EngineOptions
from playground.engine.pool import engine_class
from playground.errors import PlaygroundError
from playground.models import card_from_directory
from playground.sampling import SamplingParams
from tests.bench.smollm2 import smollm2

STORY = "Mia starts with 24 stickers. She gives away 9 of them and buys 12 more, so she has 27 now. "
SIZES = (500, 2000, 7500)
TURN = 20
"""Tokens of a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of a model on the shared text."""

    seconds: float
    """To the first token."""
    completion: Completion

    @property
    def prefilled(self) -> int:
        return self.completion.prompt_tokens - self.completion.cached_tokens


def turn(engine: Engine, prompt: str) -> Turn:
    """A model goes on from a prompt, greedily."""
    begin = time.perf_counter()
    stream = engine.stream(Request(prompt=prompt, params=SamplingParams(max_tokens=TURN, temperature=0)))
    first = next(stream)
    seconds = time.perf_counter() - begin
    *_, last = [first, *stream]
    assert isinstance(last, Completion)
    return Turn(seconds=seconds, completion=last)


def relayed(engines: tuple[Engine, Engine], prompt: str) -> list[Turn]:
    """A, B, A, B in turns."""
    turns = []
    for index in range(4):
        turns.append(turn(engines[index % 2], prompt))
        prompt += turns[-1].completion.text or " So"
    return turns


def row(turns: list[Turn]) -> str:
    full, back = turns[1], turns[2]
    new = back.completion.prompt_tokens - turns[0].completion.prompt_tokens - turns[0].completion.completion_tokens
    each = " | ".join(f"{each.seconds:.3f} ({each.prefilled})" for each in turns)
    return f"| {turns[0].completion.prompt_tokens} | {each} | {new} | {full.seconds / back.seconds:.0f}× |"


def print_rows(open_one: Callable[[], Engine], sizes: Sequence[int]) -> None:
    """One row a size, as soon as it is measured."""
    for size in sizes:
        engines = (open_one(), open_one())
        try:
            for engine in engines:
                turn(engine, "Tom has three apples.")  # warms the libraries up
            tokens = min(size, engines[0].capabilities.context_length - 4 * TURN)
            text = STORY * (tokens // 10)
            prompt = text[: engines[0].token_ends(text)[tokens - 1]]
            print(row(relayed(engines, prompt)), flush=True)
        finally:
            for engine in engines:
                engine.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hand_back", description=__doc__)
    parser.add_argument("--engine", choices=("transformers", "vllm"), default="transformers")
    parser.add_argument("--model", type=Path, help="directory of another checkpoint than SmolLM2-135M")
    parser.add_argument("--tokens", type=int, nargs="+", default=SIZES, help="prompt lengths")
    options = parser.parse_args()
    try:
        card = EngineOptions(engine=options.engine).applied(card_from_directory(options.model or smollm2()))
        print("| prompt | A: s (prefilled) | to B | back to A | to B again | written by B | B's first : A's second |")
        print("|---|---|---|---|---|---|---|")
        print_rows(lambda: engine_class(card.engine).load(card), options.tokens)
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
