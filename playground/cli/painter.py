"""Shows a relay on a terminal while it is written: text by author, hand-overs, marks, and the verdict.

Knows no engine, no file and no escape sequence.
"""

from __future__ import annotations

from playground.backtracking import Mark, MarkStream
from playground.cli.terminal import BOLD, COLOURS, FAINT, Terminal
from playground.relay import TurnEnded, Written
from playground.steps import StepStream
from playground.trajectory import Author, SegmentKind, Trajectory

_SIGNS = {"backtrack": "⟲"}


class Painter:
    """Paints each piece when the next event comes, for a rule may still take back the end of a turn."""

    def __init__(self, terminal: Terminal, start: Trajectory) -> None:
        self._terminal = terminal
        self._held: Written | None = None
        self._length = 0
        self._author: Author | None = None
        self._authors: list[Author] = []
        self._kind: SegmentKind = "thinking"
        self._answered = False
        self._handed_over: str | None = None
        self._margin = _Margin(terminal, start.question)
        terminal.line(start.question, BOLD)
        self._catch_up(start)

    def show(self, event: Written | TurnEnded) -> None:
        """Paint what is certain now."""
        held, self._held = self._held, None
        if isinstance(event, TurnEnded):
            self._catch_up(event.trajectory)
            self._handed_over = event.hand_over
            return
        if held is not None:
            self._paint(held.author, held.kind, held.text)
        self._held = event

    def close(self) -> None:
        """End the line; marks that were still to come are painted."""
        self._margin.close()
        self._terminal.end_line()

    def verdict(self, outcome: str, why: str) -> None:
        """Paint how it ended."""
        self._terminal.heading(f"{outcome.replace('_', ' ')}: {why}", BOLD)

    def _catch_up(self, trajectory: Trajectory) -> None:
        """Paint what the trajectory has beyond what was painted."""
        start = 0
        for segment in trajectory.segments:
            rest = segment.text[max(0, self._length - start) :]
            start += len(segment.text)
            if rest:
                self._paint(segment.author, segment.kind, rest)

    def _paint(self, author: Author, kind: SegmentKind, text: str) -> None:
        if author not in self._authors:
            self._authors.append(author)
        colour = COLOURS[self._authors.index(author) % len(COLOURS)]
        self._length += len(text)
        if kind == "thinking":
            self._margin.feed(text)
        elif self._kind == "thinking":
            self._margin.close()
        self._name(author, colour)
        if kind == "thinking":
            self._margin.write(text, colour)
            return
        if self._kind == "thinking":
            self._terminal.heading("answer", FAINT)
        self._kind = kind
        shown = text if self._answered else text.lstrip()  # the heading's line stands for the blank lines
        self._answered = self._answered or bool(shown)
        self._terminal.write(shown, colour)

    def _name(self, author: Author, colour: str) -> None:
        """A line that says who writes from here on, if that is another one."""
        if self._handed_over is not None:
            self._terminal.heading(f"{author.name} takes over after {self._handed_over}", colour)
        elif author != self._author:
            self._terminal.heading(author.name, colour)
        self._author, self._handed_over = author, None


class _Margin:
    """Writes thinking, and after each step that ends the marks of that step."""

    def __init__(self, terminal: Terminal, question: str) -> None:
        self._terminal = terminal
        self._steps = StepStream()
        self._stream = MarkStream(question)
        self._marks: list[Mark] = []
        self._ends: list[int] = []
        self._length = 0

    def feed(self, text: str) -> None:
        """Take the text that comes next; marks of steps that ended before it are written."""
        self._marks += self._stream.feed(text)
        self._ends += [step.end for step in self._steps.feed(text)]
        while self._ends and self._ends[0] <= self._length:
            self._mark(self._ends.pop(0))

    def write(self, text: str, colour: str) -> None:
        """Write the text that was fed, and the marks of steps that end in it."""
        start = self._length
        for end in self._ends:
            self._terminal.write(text[self._length - start : end - start], colour)
            self._mark(end)
            self._length = end
        self._ends.clear()
        self._terminal.write(text[self._length - start :], colour)
        self._length = start + len(text)

    def close(self) -> None:
        """The thinking ends here. More than once does nothing."""
        self._marks += self._stream.close()
        self._mark(self._length)
        self._stream = MarkStream()

    def _mark(self, end: int) -> None:
        for mark in [mark for mark in self._marks if mark.start < end]:
            self._terminal.line(f"{_SIGNS.get(mark.kind, '·')} {mark.kind}: {mark.why}", FAINT, indent=6)
            self._marks.remove(mark)
