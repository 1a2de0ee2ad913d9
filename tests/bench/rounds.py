"""Two ways to do one job, measured in alternation, so that what else the machine does meets both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of a job took and wrote."""

    seconds: float
    tokens: int

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds


def timed(job: Callable[[], int]) -> Measured:
    """A job, run once; it says how many tokens it wrote."""
    begin = time.perf_counter()
    tokens = job()
    return Measured(time.perf_counter() - begin, tokens)


def alternated(ours: Callable[[], int], theirs: Callable[[], int], rounds: int) -> list[tuple[Measured, Measured]]:
    """Both jobs, one after the other, `rounds` times; who begins changes from round to round."""
    pairs = []
    for index in range(rounds):
        if index % 2:
            second = timed(theirs)
            pairs.append((timed(ours), second))
        else:
            first = timed(ours)
            pairs.append((first, timed(theirs)))
    return pairs


def row(name: str, pairs: list[tuple[Measured, Measured]]) -> str:
    """A table's row: tokens a second of both, their ratio in every round, and the median of it."""
    ours, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
    ratios = [pair[0].rate / pair[1].rate for pair in pairs]
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return f"| {name} | {ours:,.0f} | {theirs:,.0f} | {statistics.median(ratios):.2f}× | {each} |"


HEADER = "| load | ours, tokens/s | theirs, tokens/s | ours : theirs | in each round |\n|---|---|---|---|---|"
