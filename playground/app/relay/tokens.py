"""The tokens that a relay has written: where each stands in the text, how probable it was, and its alternatives.

A model's tokens join to what it wrote, its think tags among it; the text leaves the tags out. Knows no page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp
from typing import NamedTuple

from playground.branches import Branch
from playground.engine.base import Token
from playground.entropy import ALTERNATIVES, entropy
from playground.relay import Participant


class Drawn(NamedTuple):
    """A token in its place."""

    start: int
    """In characters of the trajectory."""
    text: str
    logprob: float | None
    others: tuple[tuple[str, float], ...]
    """The most probable tokens here, best first, with their natural log-probabilities."""
    bits: float | None
    """How unsure the model was here: the entropy, in bits."""


MOST_TOKENS = 65_536
"""Of one piece of work, kept in memory: about 1.3 kB each."""


class TokenTrack:
    """The tokens of a relay in the order in which they came."""

    def __init__(self) -> None:
        self._tokens: list[Drawn] = []
        self._starts: list[int] = []
        self._tag = ""
        self._at = 0

    def __len__(self) -> int:
        return len(self._tokens)

    def begin(self, at: int, close_tag: str | None) -> None:
        """A turn begins at a character of the trajectory; in its text the tag will be left out."""
        self._at, self._tag = at, close_tag or ""

    def add(self, tokens: Iterable[Token]) -> None:
        """Tokens as they come; those of the tag have no place."""
        for token in tokens:
            others = tuple((other.text, other.logprob) for other in token.alternatives)
            self._tokens.append(Drawn(self._at, token.text, token.logprob, others, entropy(token)))
            self._starts.append(self._at)
            self._at += len(token.text)

    def close(self, border: int) -> None:
        """The thinking ended at `border`: what comes after the tag stands there."""
        first = bisect_right(self._starts, border) - 1
        for place in range(max(0, first), len(self._tokens)):
            drawn = self._tokens[place]
            inside = max(0, border - drawn.start)
            moved = max(border, drawn.start - len(self._tag)) if drawn.start >= border else drawn.start
            hidden = max(0, border + len(self._tag) - max(drawn.start, border))
            text = drawn.text[:inside] + drawn.text[inside + hidden :]
            self._tokens[place] = drawn._replace(start=moved, text=text)
            self._starts[place] = moved
        self._at -= len(self._tag)

    def between(self, start: int, end: int) -> list[Drawn]:
        """The tokens that stand in a stretch of the text, from the one that its first character belongs to."""
        first = max(0, bisect_right(self._starts, start) - 1)
        found = self._tokens[first : bisect_left(self._starts, end)]
        return [drawn for drawn in found if drawn.text and drawn.start + len(drawn.text) > start]

    def count(self, start: int, end: int) -> int:
        """How many tokens begin in a stretch."""
        return bisect_left(self._starts, end) - bisect_left(self._starts, start)

    def cut(self, at: int) -> None:
        """The turn has ended here: forget what its rule took back."""
        first = bisect_left(self._starts, at)
        del self._tokens[first:], self._starts[first:]
        if self._tokens:
            last = self._tokens[-1]
            self._tokens[-1] = last._replace(text=last.text[: at - last.start])


def mean_entropy(tokens: Iterable[Drawn]) -> float | None:
    """The mean entropy over tokens, in bits; None where it is not known."""
    known = [drawn.bits for drawn in tokens if drawn.bits is not None]
    return round(sum(known) / len(known), 2) if known else None


class Tracks:
    """The tokens of each branch that this process has seen come; of too many, those that came first are let go."""

    def __init__(self) -> None:
        self._tracks: dict[int, TokenTrack] = {}

    def __len__(self) -> int:
        return sum(map(len, list(self._tracks.values())))  # of a copy: a relay may begin meanwhile

    def put(self, number: int, track: TokenTrack) -> None:
        """The tokens of a branch, which is about to be written."""
        while self._tracks and len(self) > MOST_TOKENS:
            del self._tracks[next(iter(self._tracks))]
        self._tracks[number] = track

    def between(self, branches: Sequence[Branch], number: int | None, start: int, end: int) -> list[Drawn]:
        """The tokens of a stretch of the branch with this number, or of the one that it has the stretch from."""
        while number is not None:
            track, branch = self._tracks.get(number), branches[number]
            found = track.between(start, end) if track else []
            if found:
                return found
            number = branch.parent if start < branch.kept else None
        return []


def percent(logprob: float) -> float:
    """A log-probability in percent."""
    return round(100 * exp(logprob), 1)


def with_probabilities(writer: Participant) -> Participant:
    """The same participant, asked for log-probabilities where its engine has them: they change no draw."""
    most = min(ALTERNATIVES, writer.engine.capabilities.logprobs)
    return replace(writer, params=replace(writer.params, logprobs=most)) if most else writer
