"""What stands in the margin: marks and candidate answers, each beside the text it is about. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.answers import Candidate, CandidateStream, integer
from playground.backtracking import Mark, MarkKind, MarkStream
from playground.trajectory import SegmentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something seen in the text at `offset`."""

    kind: MarkKind | Literal["candidate"]
    offset: int
    text: str
    """Why a mark is there; the value of a candidate."""
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

    def write(self, kind: SegmentKind, text: str) -> list[Note]:
        """Takes the next piece of text; returns the notes on the sentences that it ended."""
        notes = self.close() if kind != self._kind else []
        if kind != self._kind:
            self._kind, self._candidates, self._base = kind, CandidateStream(), self._written
        self._written += len(text)
        marks = self._marks.feed(text) if kind == "thinking" else []
        return notes + self._notes(marks, self._candidates.feed(text))

    def close(self) -> list[Note]:
        """Ends the text; returns the notes on its last sentence."""
        marks = self._marks.close() if self._kind == "thinking" else []
        return self._notes(marks, self._candidates.close())

    def _notes(self, marks: list[Mark], candidates: list[Candidate]) -> list[Note]:
        found = [Note(kind=mark.kind, offset=mark.start, text=mark.why) for mark in marks]
        for candidate in candidates:
            offset = self._base + candidate.start
            found.append(Note(kind="candidate", offset=offset, text=candidate.text, right=self._right(candidate.text)))
        return sorted(found, key=lambda note: note.offset)

    def _right(self, text: str) -> bool | None:
        given = integer(text)
        return None if self._gold is None or given is None else given == integer(self._gold)
