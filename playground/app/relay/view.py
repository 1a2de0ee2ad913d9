"""A trajectory as the page draws it: what stands there, and the relay's events as they come, each at the same cost.

The lists are only ever added to, so that the page asks for what is new. The last piece of text is held back until the
next one comes or the turn ends, because a rule may still take it back; what a rule takes back beyond that (a cue that
looks ahead) is drawn again from the start, under a new `drawing`. Everything is plain text: the page sets it as text
and never reads it as HTML or Markdown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from playground.app.relay.cast import Cast
from playground.app.relay.meters import Meter
from playground.app.relay.notes import Note, NoteStream, right
from playground.app.relay.rows import Row, RowStream
from playground.app.relay.tokens import Drawn, TokenTrack, mean_entropy
from playground.app.relay.wording import joins, passed_by, took_over
from playground.branches import Probe
from playground.engine.pieces import split
from playground.recovery import distraction, tokens_between
from playground.relay import TurnEnded, Written
from playground.store import WrittenRow, segments_of
from playground.trajectory import Segment, SegmentKind, Trajectory

_DRAWINGS = count(time.time_ns() // 1_000_000)
"""Numbers that no other drawing has, also not one of a server that ran before."""


Known = Callable[[int, int], Sequence[Drawn]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How much of a drawing the page has."""

    drawing: int = 0
    rows: int = 0
    notes: int = 0
    tail: int = 0
    """Characters of the row that is being written."""


@dataclass(slots=True)
class _Turn:
    """The relay that writes: who is next, and what is known of the turn that runs."""

    writers: Iterator[int]
    waiting_since: float | None
    starts: bool = False
    passed_by: str | None = None
    place: int = 0
    held: list[Written] = field(default_factory=list)
    length: int = 0
    """Of the text with what this turn has written."""
    closed: bool = False
    """Whether the thinking has ended."""


class View:
    """What of a trajectory is seen. The seconds given to it come from one clock."""

    def __init__(self, trajectory: Trajectory, cast: Cast, known: Known = lambda *_: ()) -> None:
        """`known` has the tokens of a stretch that stood there before."""
        self.trajectory = trajectory
        self._cast = cast
        self._known = known
        self.tokens = TokenTrack()
        self._close_tags: tuple[str | None, ...] = ()
        self._meters: list[Meter] = []
        self._turn = _Turn(iter(()), None)
        self._draw()
        self._count_tokens()

    def begin(self, writers: Iterator[int], now: float, close_tags: tuple[str | None, ...] = ()) -> None:
        """A relay begins to write after what stands here; the tags are those of the models by place."""
        self._close_tags = close_tags
        self._turn = _Turn(writers, now, starts=True)

    def add(self, event: Written | TurnEnded, now: float) -> None:
        """Takes the relay's next event."""
        if self._turn.waiting_since is not None:
            self._begin_turn(self._turn.waiting_since)
        if isinstance(event, TurnEnded):
            self._end_turn(event, now)
            return
        self._track(event)
        if event.tokens:
            self._write((written.kind, written.text) for written in self._turn.held)
            self._turn.held.clear()
        self._turn.held.append(event)
        self._meter(self._turn.place).tokens += event.tokens

    def _track(self, event: Written) -> None:
        """Places the tokens that came with a piece of text."""
        turn = self._turn
        self.tokens.add(event.drawn)
        if event.kind == "answer" and not turn.closed:
            turn.closed = True
            self.tokens.close(turn.length)
        turn.length += len(event.text)

    def finish(self) -> None:
        """Nobody goes on: notes what stands in the last sentence."""
        self._note(self._notes.close())

    def add_probe(self, probe: Probe, letter: str) -> None:
        """Notes in the margin what a model would have answered."""
        place = self._rows.row_at(max(0, probe.offset - 1))
        same = None if probe.answer is None else right(probe.answer, self.trajectory.gold)
        text = f"{letter} would answer {probe.answer}" if probe.answer is not None else f"{letter} names no answer"
        self._shown_notes.append({"row": place, "kind": "probe", "text": text, "right": same})

    def news(self, seen: Seen, now: float) -> dict[str, Any]:
        """What the page does not have yet; all of it under another drawing."""
        known = seen if seen.drawing == self.drawing else Seen()
        tail = self._rows.tail
        same = known.rows == len(self._shown_rows) and known.tail <= len(tail.text)
        had = known.tail if same else 0
        end = tail.start + len(tail.text)
        shown = {**asdict(tail), "text": tail.text[had:], "end": end} if tail.text else None
        news = {
            "drawing": self.drawing,
            "writers": [self._legend(place, now) for place in range(len(self._cast.members))],
            "rows": self._shown_rows[known.rows :],
            "notes": self._shown_notes[known.notes :],
            "tail": shown,
        }
        if known.drawing != self.drawing:
            news |= {"question": self.trajectory.question, "gold": self.trajectory.gold}
        return news

    def rows_from(self, first: int, start: int) -> list[WrittenRow]:
        """The rows from one on, the unfinished one as well, without the text before the character `start`."""
        tail = self._rows.tail
        rows = self._shown_rows[first:] + ([asdict(tail)] if tail.text else [])
        found = []
        for place, row in enumerate(rows, first):
            member = self._cast.members[row["writer"]]
            text = row["text"][max(0, start - row["start"]) :]
            if text:
                found.append(
                    WrittenRow(place=place, kind=row["kind"], author_kind=member.kind, author=member.name, text=text)
                )
        return found

    def written(self, offset: int | None) -> Trajectory:
        """What stands before a character, or all, in the turn that is being written as well."""
        begun = len(self.trajectory.text)
        rows = self.rows_from(self._rows.row_at(begun), begun)
        whole = self.trajectory.extend(*segments_of(rows))
        return whole if offset is None else whole.cut(offset)

    @property
    def sealed(self) -> int:
        """How many rows are complete."""
        return len(self._shown_rows)

    def _legend(self, place: int, now: float) -> dict[str, Any]:
        member, meter = self._cast.members[place], self._meter(place)
        return {
            "letter": member.letter,
            "name": member.name,
            "kind": member.kind,
            "tokens": meter.tokens,
            "rate": meter.rate(now),
            "writing": meter.writing_since is not None,
        }

    def _meter(self, place: int) -> Meter:
        self._meters += [Meter() for _ in range(place + 1 - len(self._meters))]
        return self._meters[place]

    def _begin_turn(self, since: float) -> None:
        turn = self._turn
        turn.place, turn.waiting_since = next(turn.writers), None
        self._meter(turn.place).begin(since)
        turn.length, turn.closed = len(self.trajectory.text), self.trajectory.closed
        self.tokens.begin(turn.length, self._close_tags[turn.place] if self._close_tags else None)
        if turn.starts:
            turn.starts = False
            self._join(turn.place)
        else:
            self._pass_to(turn.place, turn.passed_by)

    def _join(self, place: int) -> None:
        """The relay's first turn: it may go on with the row of the same writer."""
        segments = self.trajectory.segments
        before = self._cast.places(segments)[-1:]
        ended = segments[-1].provenance if segments else None
        if ended is not None and ended.hand_over:
            self._pass_to(place, took_over(ended.hand_over))
        elif before != [place]:
            self._pass_to(place, joins("model") if segments else None)

    def _end_turn(self, event: TurnEnded, now: float) -> None:
        turn = self._turn
        self.trajectory, turn.passed_by, turn.waiting_since = event.trajectory, _reason(event.hand_over), now
        self._meter(turn.place).end(now)
        self.tokens.cut(len(event.trajectory.text))
        room = len(event.trajectory.text) - self._length
        for written in turn.held:
            self._write([(written.kind, written.text[: max(0, room)])])
            room -= len(written.text)
        turn.held.clear()
        if self._length != len(event.trajectory.text):
            self._draw()

    def replay(self) -> Iterator[int]:
        """Draws everything again, a word at a time; yields each time how many characters stand there."""
        self._clear()
        for segment in self._joined():
            for piece in split(segment.text):
                self._write([(segment.kind, piece)])
                yield self._length
            self._steer(segment)

    def _draw(self) -> None:
        """Everything anew, under another drawing."""
        self._clear()
        for segment in self._joined():
            self._write([(segment.kind, segment.text)])
            self._steer(segment)

    def _steer(self, segment: Segment) -> None:
        """After a distractor it is noted whether the text leaves its question."""
        source = distraction(segment)
        if source is not None:
            self._note(self._notes.follow(source.question, segment.text))
            self._steer_end = self._length

    def _clear(self) -> None:
        self.drawing = next(_DRAWINGS)
        self._rows = RowStream()
        self._notes = NoteStream(self.trajectory.question, self.trajectory.gold)
        self._shown_rows: list[dict[str, Any]] = []
        self._shown_notes: list[dict[str, Any]] = []
        self._length: int = 0
        self._steer_end = 0

    def _joined(self) -> Iterator[Segment]:
        """The segments, each handed out when its author is the one who writes."""
        segments = self.trajectory.segments
        places = self._cast.places(segments)
        for number, (segment, place) in enumerate(zip(segments, places, strict=True)):
            reason = passed_by(segments[number - 1] if number else None, segment, segments[number : number + 2])
            if segment.author.kind == "steer":
                self._note(self._notes.leave())
            if number == 0 or place != places[number - 1] or reason is not None:
                self._pass_to(place, reason)
            yield segment

    def _count_tokens(self) -> None:
        """The tokens of the turns that stand here; the thinking and the answer of one turn count the same ones."""
        segments = self.trajectory.segments
        before = (None, *(segment.provenance for segment in segments))
        for segment, place, known in zip(segments, self._cast.places(segments), before, strict=False):
            if segment.provenance != known:
                self._meter(place).count(segment.provenance)

    def _back(self, note: Note) -> str:
        """After how many tokens the text is back on its question: exactly where they were seen to come."""
        if note.offset <= self._steer_end:
            return f"at once, {note.text}"
        seen = self.tokens.count(self._steer_end, note.offset)
        about = tokens_between(self.trajectory, self._steer_end, note.offset)
        return f"after {f'{seen:,}' if seen else f'about {about:,}'} tokens, {note.text}"

    def _pass_to(self, place: int, reason: str | None) -> None:
        self._show(self._rows.pass_to(place, reason))

    def _write(self, pieces: Iterable[tuple[SegmentKind, str]]) -> None:
        for kind, text in pieces:
            self._length += len(text)
            self._show(self._rows.write(kind, text))
            self._note(self._notes.write(kind, text))

    def _show(self, rows: Iterable[Row]) -> None:
        for row in rows:
            end = row.start + len(row.text)
            drawn = self.tokens.between(row.start, end) or self._known(row.start, end)
            tokens = sum(token.start >= row.start for token in drawn) or None
            self._shown_rows.append({**asdict(row), "end": end, "bits": mean_entropy(drawn), "tokens": tokens})

    def _note(self, notes: Iterable[Note]) -> None:
        for note in notes:
            place = self._rows.row_at(note.offset)
            text = self._back(note) if note.kind == "returns" else note.text
            shown = {"row": place, "kind": note.kind, "text": text, "right": note.right}
            if shown not in self._shown_notes[-8:]:  # a sentence often repeats its result
                self._shown_notes.append(shown)


def _reason(rule: str | None) -> str | None:
    return took_over(rule) if rule else None
