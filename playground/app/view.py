"""A relay as the value that the page draws: folds the relay's events, each at a cost that the trace does not raise.

The lists of the value are only ever added to, and the rest of it is small, so that an update sends what is new. The
last piece of text is held back until the next one comes or the turn ends, because a rule may still take it back; what
a rule takes back beyond that (a cue that looks ahead) is drawn again from the start, under a new `drawing`.
Everything in the value is plain text: the page sets it as text and never reads it as HTML or Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from playground.app.form import LETTERS, Setup
from playground.app.meters import Meter
from playground.app.notes import Note, NoteStream
from playground.app.rows import Row, RowStream
from playground.app.wording import took_over
from playground.models import ModelCard
from playground.relay import TurnEnded, Written
from playground.trajectory import SegmentKind

Status = Literal["empty", "loading", "running", "over"]

EMPTY: dict[str, Any] = {"drawing": "", "status": "empty", "writers": [], "rows": [], "notes": [], "tail": None}
"""The page before the first relay."""


@dataclass(frozen=True, slots=True)
class _Turn:
    writer: int
    passed_by: str | None
    segment: int
    """Where its segments begin in the trajectory."""


class View:
    """What of a relay is seen so far. The seconds given to it come from one clock."""

    def __init__(self, setup: Setup, number: int) -> None:
        """`number` tells this relay from those before it on the same page."""
        self.trajectory = setup.start
        self._number = number
        self._drawings = 0
        self._cards = setup.cards
        self._writers = setup.writers()
        self._meters = [Meter() for _ in setup.cards]
        self._turns: list[_Turn] = []
        self._passed_by: str | None = None
        self._waiting_since: float | None = None
        self._held: list[Written] = []
        self._clear()

    @property
    def writer(self) -> ModelCard:
        """Who wrote last; before anybody did, the first to write."""
        return self._cards[self._turns[-1].writer if self._turns else 0]

    def begin(self, now: float) -> None:
        """The relay begins."""
        self._waiting_since = now

    def add(self, event: Written | TurnEnded, now: float) -> None:
        """Takes the relay's next event."""
        if self._waiting_since is not None:
            self._begin_turn(self._waiting_since)
        if isinstance(event, TurnEnded):
            self._end_turn(event, now)
            return
        if event.tokens:
            self._write((written.kind, written.text) for written in self._held)
            self._held.clear()
        self._held.append(event)
        self._meters[self._turns[-1].writer].tokens += event.tokens

    def finish(self) -> None:
        """Nobody goes on: notes what stands in the last sentence."""
        self._note(self._notes.close())

    def value(self, status: Status, now: float, **ending: Any) -> dict[str, Any]:
        """What the page draws now; `ending` is what stands below a trace that is over."""
        tail = self._rows.tail
        return {
            "drawing": f"{self._number}.{self._drawings}",
            "status": status,
            "question": self.trajectory.question,
            "gold": self.trajectory.gold,
            "writers": [self._legend(place, now) for place in range(len(self._cards))],
            "rows": self._shown_rows.copy(),
            "notes": self._shown_notes.copy(),
            "tail": asdict(tail) if tail.text else None,
            **ending,
        }

    def _legend(self, place: int, now: float) -> dict[str, Any]:
        meter = self._meters[place]
        return {
            "letter": LETTERS[place],
            "name": self._cards[place].name,
            "tokens": meter.tokens,
            "rate": meter.rate(now),
            "writing": meter.writing_since is not None,
        }

    def _begin_turn(self, since: float) -> None:
        turn = _Turn(next(self._writers), self._passed_by, len(self.trajectory.segments))
        self._turns.append(turn)
        self._waiting_since = None
        self._meters[turn.writer].begin(since)
        self._pass_to(turn)

    def _end_turn(self, event: TurnEnded, now: float) -> None:
        self.trajectory, self._passed_by, self._waiting_since = event.trajectory, event.hand_over, now
        self._meters[self._turns[-1].writer].end(now)
        room = len(event.trajectory.text) - self._length
        for written in self._held:
            self._write([(written.kind, written.text[: max(0, room)])])
            room -= len(written.text)
        self._held.clear()
        if self._length != len(event.trajectory.text):
            self._draw_again()

    def _draw_again(self) -> None:
        self._drawings += 1
        self._clear()
        ends = [turn.segment for turn in self._turns[1:]] + [len(self.trajectory.segments)]
        for turn, end in zip(self._turns, ends, strict=True):
            self._pass_to(turn)
            self._write((segment.kind, segment.text) for segment in self.trajectory.segments[turn.segment : end])

    def _clear(self) -> None:
        self._rows = RowStream()
        self._notes = NoteStream(self.trajectory.question, self.trajectory.gold)
        self._shown_rows: list[dict[str, Any]] = []
        self._shown_notes: list[dict[str, Any]] = []
        self._length = 0

    def _pass_to(self, turn: _Turn) -> None:
        reason = took_over(turn.passed_by) if turn.passed_by else None
        self._show(self._rows.pass_to(turn.writer, reason))

    def _write(self, pieces: Iterable[tuple[SegmentKind, str]]) -> None:
        for kind, text in pieces:
            self._length += len(text)
            self._show(self._rows.write(kind, text))
            self._note(self._notes.write(kind, text))

    def _show(self, rows: Iterable[Row]) -> None:
        self._shown_rows += [asdict(row) for row in rows]

    def _note(self, notes: Iterable[Note]) -> None:
        for note in notes:
            place = self._rows.row_at(note.offset)
            shown = {"row": place, "kind": note.kind, "text": note.text, "right": note.right}
            if shown not in self._shown_notes[-8:]:  # a sentence often repeats its result
                self._shown_notes.append(shown)
