"""Finds stop strings in a text that grows. Knows no token."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A stop string and where it starts."""

    start: int
    stop: str


def find_stop(text: str, stops: tuple[str, ...]) -> Found | None:
    """The stop string that is complete first; of several that end there, the longest."""
    found = [(start + len(stop), start, stop) for stop in stops if (start := text.find(stop)) >= 0]
    if not found:
        return None
    _, start, stop = min(found)
    return Found(start, stop)


def safe_length(text: str, stops: tuple[str, ...]) -> int:
    """How much of `text` can be shown: up to where a stop string may have begun that is not complete yet."""
    return min((len(text) - _begun(text, stop) for stop in stops), default=len(text))


def _begun(text: str, stop: str) -> int:
    """The length of the longest proper beginning of `stop` that `text` ends with."""
    for length in range(min(len(stop) - 1, len(text)), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
