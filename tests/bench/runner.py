"""What a run costs beside its engine: the scripted engine writes, and everything else is timed.

Trials are formed into groups, generated, graded, searched for backtracking and kept in a real ledger on disk, as in any
run. The engine's own time is taken out; all times are of the processor. `--tokens` is how long a continuation is: the
paper's take thousands, and only then a share of an engine's time says something.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluator.running.ledger import Ledger
from evaluator.running.runner import Generation, form_groups, run_groups
from playground.cli.progress import Progress
from playground.engine.base import Failed, Indexed, Request
from playground.engine.scripted import ScriptedEngine
from playground.records import Condition, Question, Trial
from playground.sampling import SamplingParams, derive_seed
from playground.thinking import QWEN3_TAGS

STEP = "So 12 + 30 = 42, and 42 less 7 is 35. That leaves 35 of the 42 apples.\n\n"
DOUBT = "Wait, let me check that again: 30 + 12 is 42, and 7 less than 42 is 35.\n\n"
DOUBTS = 10
"""Every so many steps one turns back."""
TOKENS_OF_STEP = 22
LONG = 1000
GROUP_SIZE = 64
SPEEDS = (2_500, 20_000)
"""Tokens a second of one GPU: what models of 32 and of 1.5 billion parameters write, by order of magnitude."""


class Timed(ScriptedEngine):
    """Knows how long it has worked."""

    seconds = 0.0

    def attempt(self, requests: Sequence[Request]) -> Iterator[Indexed | Failed]:
        told = super().attempt(requests)
        while True:
            begin = time.process_time()
            item = next(told, None)
            self.seconds += time.process_time() - begin
            if item is None:
                return
            yield item


def script(text: str):
    def steps(prompt: str, seed: int) -> str:
        return f"{text}</think>\n\nThe answer is \\boxed{{{seed % 5}}}."

    return steps


def trials(count: int) -> list[Trial]:
    """Eight samples of each question, half of them after a distraction."""
    found = []
    for number in range(count):
        test = "solo" if number // 8 % 2 else "recoverability"
        question = Question(id=f"q{number // 8}", text=f"What is {number // 8} mod 5?", gold="3", benchmark="b")
        params = SamplingParams(temperature=0.6, top_p=0.95, max_tokens=1 << 20, seed=derive_seed(0, number))
        prompt = f"{question.text}\n<think>\n"
        condition = Condition(test=test)
        found.append(
            Trial(
                model="scripted",
                revision="r",
                condition=condition,
                question=question,
                prompt=prompt,
                segments=(),
                params=params,
                sample=number % 8,
            )
        )
    return found


def resident() -> float:
    """MiB of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.runner", description=__doc__)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--tokens", type=int, default=44)
    options = parser.parse_args()
    steps = max(options.tokens // TOKENS_OF_STEP, 1)
    text = "".join(DOUBT if number % DOUBTS == DOUBTS - 1 else STEP for number in range(steps))
    engine = Timed(script(text), context_length=1 << 21)
    groups = form_groups(trials(options.trials), GROUP_SIZE)
    generation = Generation(engine=engine, tags=QWEN3_TAGS)
    tenth = max(-(-len(groups) // 10), 1)
    begin, cpu = time.perf_counter(), time.process_time()
    memory = []
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder)) as ledger:
        for start in range(0, len(groups), tenth):
            run_groups(groups[start : start + tenth], generation, ledger, Progress(io.StringIO()))
            memory.append(resident())
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    each = (cpu - engine.seconds) / options.trials
    print(f"{options.trials:,} trials of {steps * TOKENS_OF_STEP:,} tokens: {seconds:.0f} s, of processor {cpu:.0f} s,")
    writing = engine.seconds / options.trials
    print(f"of which a trial takes the engine {1000 * writing:.2f} ms and everything else {1000 * each:.2f} ms.")
    print(f"Memory after each tenth, MiB: {', '.join(f'{size:.0f}' for size in memory)}.")
    for speed in SPEEDS if options.tokens >= LONG else ():
        share = each / (steps * TOKENS_OF_STEP / speed)
        print(f"Beside an engine of {speed:,} tokens/s that is {share:.1%} of its time.")


if __name__ == "__main__":
    main()
