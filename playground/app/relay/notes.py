"""Marks and candidate answers in the margin, each beside the text it is about. Knows no page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from playground.answers import Candidate, CandidateStream, integer
from playground.backtracking import Mark, MarkKind, MarkStream
from playground.grading.notation import plain
from playground.recovery import RecoveryStream, Shift
from playground.trajectory import SegmentKind

_FRACTION = re.compile(r"\A(-?)\\frac\s?(?:\{([0-9]+)\}|([0-9]))(?:\{([0-9]+)\}|([0-9]))\Z")
_RATIONAL = re.compile(r"-?[0-9]{1,30}(?:/0*[1-9][0-9]{0,29}|\.[0-9]{1,30})?")
_ROUNDED = Fraction(1, 20)
"""Decimals that are no further apart, by share, may be one value rounded: the graders say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something seen in the text at `offset`."""

    kind: MarkKind | Literal["candidate", "follows", "returns"]
    offset: int
    text: str
    """Why a mark is there; the value of a candidate; what a return to the question says of itself."""
    right: bool | None = None
    """Whether a candidate equals the gold answer; None where that cannot be said."""


class NoteStream:
    """Finds what to note while text is written."""

    def __init__(self, question: str, gold: str | None) -> None:
        self._gold = gold
        self._marks = MarkStream(question)
        self._candidates = CandidateStream()
        self._kind: SegmentKind = "thinking"
        self._base = 0
        self._written = 0
        self._question = question
        self._recovery: RecoveryStream | None = None
        self._steer_end = 0

    def follow(self, question: str, steer: str) -> list[Note]:
        """A distractor from another question has just been written: says from now on whether the text leaves it."""
        notes = self.leave()
        self._recovery, self._steer_end = RecoveryStream(self._question, question, steer), self._written
        return notes

    def leave(self) -> list[Note]:
        """What comes now is no longer held against a steer."""
        notes = self._shifts(self._recovery.close()) if self._recovery is not None else []
        self._recovery = None
        return notes

    def write(self, kind: SegmentKind, text: str) -> list[Note]:
        """Takes the next piece of text; returns the notes on the sentences that it ended."""
        notes = self.close() if kind != self._kind else []
        shifts = self._recovery.feed(text) if self._recovery is not None and kind == "thinking" else []
        if kind != self._kind:
            self._kind, self._candidates, self._base = kind, CandidateStream(), self._written
        self._written += len(text)
        marks = self._marks.feed(text) if kind == "thinking" else []
        return notes + self._notes(marks, self._candidates.feed(text)) + self._shifts(shifts)

    def close(self) -> list[Note]:
        """Ends the text; returns the notes on its last sentence."""
        marks = self._marks.close() if self._kind == "thinking" else []
        return self._notes(marks, self._candidates.close()) + self.leave()

    def _notes(self, marks: list[Mark], candidates: list[Candidate]) -> list[Note]:
        found = [Note(kind=mark.kind, offset=mark.start, text=mark.why) for mark in marks]
        for candidate in candidates:
            offset = self._base + candidate.start
            found.append(Note(kind="candidate", offset=offset, text=candidate.text, right=self._right(candidate.text)))
        return sorted(found, key=lambda note: note.offset)

    def _shifts(self, shifts: list[Shift]) -> list[Note]:
        said = {True: "and says so", False: "without a word"}
        return [
            Note(
                kind=shift.kind,
                offset=self._steer_end + shift.start,
                text="" if shift.kind == "follows" else said[shift.said],
            )
            for shift in shifts
        ]

    def _right(self, text: str) -> bool | None:
        return right(text, self._gold)


def right(text: str, gold: str | None) -> bool | None:
    """Whether an answer equals the gold one, as far as that is seen at once; the graders say what else is equal."""
    if gold is None:
        return None
    given, wanted = _rational(text), _rational(gold)
    if given is None or wanted is None:
        return True if plain(text) == plain(gold) else None
    decimals = "." in text + gold
    close = abs(given - wanted) <= _ROUNDED * abs(wanted)
    return True if given == wanted else None if decimals and close else False


def _rational(text: str) -> Fraction | None:
    """The integer, fraction or decimal that an answer is; None when it is anything else."""
    whole = integer(text)
    if whole is not None:
        return Fraction(whole)
    fraction = _FRACTION.sub(r"\1\2\3/\4\5", plain(text))
    return Fraction(fraction) if _RATIONAL.fullmatch(fraction) else None
