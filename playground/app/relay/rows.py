"""The rows in which the page shows a trace, one for each step. Know no model, colour or HTML.

Rows are only ever added, and their texts join to the text that was written. Where a step begins is decided by
`playground.steps`; a row that goes on with a step that another writer began has no number.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from playground.steps import StepStream
from playground.trajectory import SegmentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A stretch of text by one writer within one step."""

    kind: SegmentKind
    writer: int
    """The writer's place in the cast."""
    number: int | None
    """The step's number, from 1; None for the answer and for the rest of a step that another row began."""
    passed_by: str | None
    """What ended the turn before, on the first row of a turn that is not the first."""
    start: int
    """Where it begins in the trajectory, in characters."""
    text: str


class RowStream:
    """Cuts text into rows while it is written."""

    def __init__(self) -> None:
        self._steps = StepStream()
        self._kind: SegmentKind = "thinking"
        self._writer = 0
        self._passed_by: str | None = None
        self._base = 0
        "Where the steps of this kind begin in the text."
        self._written = 0
        self._step_start = 0
        self._step = 1
        self._pieces: list[str] = []
        self._row_start = 0
        self._starts: list[int] = []

    @property
    def tail(self) -> Row:
        """The row that is being written; it may be empty."""
        first = self._row_start == self._step_start and self._kind == "thinking"
        number = self._step if first else None
        text = "".join(self._pieces)
        return Row(
            kind=self._kind,
            writer=self._writer,
            number=number,
            passed_by=self._passed_by,
            start=self._row_start,
            text=text,
        )

    def row_at(self, offset: int) -> int:
        """Which row, from 0, the character at `offset` of the text stands in; the tail is the last."""
        return bisect_right(self._starts, offset) - 1 if offset < self._row_start else len(self._starts)

    def write(self, kind: SegmentKind, text: str) -> list[Row]:
        """Takes the next piece of text; returns the rows that it ended."""
        rows = self._turn_to(kind)
        start = self._written
        for span in self._steps.feed(text):
            end = self._base + span.end
            self._pieces.append(text[self._written - start : end - start])
            self._written = end
            rows += self._end_row()
            self._step_start = self._row_start = end
            self._step += 1
        self._pieces.append(text[self._written - start :])
        self._written = start + len(text)
        return rows

    def pass_to(self, writer: int, passed_by: str | None = None) -> list[Row]:
        """Another turn begins; returns the row that this ended, if it has text."""
        rows = self._end_row()
        self._writer, self._passed_by = writer, passed_by
        return rows

    def _end_row(self) -> list[Row]:
        row = self.tail
        if not row.text:
            return []
        self._starts.append(self._row_start)
        self._row_start, self._passed_by = self._written, None
        self._pieces.clear()
        return [row]

    def _turn_to(self, kind: SegmentKind) -> list[Row]:
        """Ends the thinking where the answer begins."""
        if kind == self._kind:
            return []
        rows = self._end_row()
        self._kind, self._steps = kind, StepStream()
        self._base = self._row_start = self._step_start = self._written
        return rows
