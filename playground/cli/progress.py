"""Shows progress on standard error: a bar in a terminal, now and then a line elsewhere. Knows no trials."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from playground.engine.base import Completion
from playground.records import UNDECIDED, OutcomeClass
from playground.visible import visible_line

BAR_WIDTH = 24
BAR_SECONDS = 0.2
LINE_SECONDS = 10.0
QUIET_SECONDS = 60.0


class Progress:
    """Counts what is done of the stage at hand, and shows it."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic, *, quiet: bool = False) -> None:
        """`quiet` means one line per minute, on a terminal too."""
        self._stream = stream
        self._clock = clock
        self._bar = stream.isatty() and not quiet
        self._pause = QUIET_SECONDS if quiet else BAR_SECONDS if self._bar else LINE_SECONDS
        self._shown = clock()
        self.begin("", 0)

    def begin(self, stage: str, total: int) -> None:
        """A new stage of `total` generations."""
        self._stage, self._total = visible_line(stage), total
        self._done = self._skipped = self._tokens = self._prompts = self._cached = 0
        self._correct = self._decided = self._failed = 0
        self._begun = self._clock()

    def say(self, text: str) -> None:
        """A line of its own."""
        self._stream.write(f"{self._erase()}{text}\n")
        self._stream.flush()

    def skip(self, count: int) -> None:
        """Some were finished before."""
        self._done += count
        self._skipped += count

    def advance(self, verdict: OutcomeClass | None = None, completion: Completion | None = None) -> None:
        """One more is finished: what came of it, and what the engine wrote, where there is such a thing."""
        self._done += 1
        self._decided += verdict is not None and verdict not in UNDECIDED
        self._correct += verdict == "correct"
        self._failed += verdict == "error"
        if completion is not None:
            self._tokens += completion.completion_tokens
            self._prompts += completion.prompt_tokens
            self._cached += completion.cached_tokens
        self._tell()

    def count(self, tokens: int) -> None:
        """So many tokens more, of something that is not finished yet."""
        self._tokens += tokens
        self._tell()

    def _tell(self) -> None:
        if self._clock() - self._shown >= self._pause:
            self._show()

    def end(self) -> None:
        """The stage is finished."""
        self._show()
        if self._bar:
            self._stream.write("\n")
            self._stream.flush()

    def _show(self) -> None:
        self._shown = self._clock()
        self._stream.write(f"{self._erase()}{self.line()}" if self._bar else f"{self.line()}\n")
        self._stream.flush()

    def line(self) -> str:
        """The state in one line: stage, done of total, score, tokens a second, prefill that was saved, time left.

        The score is of what was finished since the stage began, in this process.
        """
        filled = BAR_WIDTH * self._done // max(self._total, 1)
        bar = f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] " if self._bar else ""
        kept = f" ({self._skipped} kept)" if self._skipped else ""
        score = f", {self._correct / self._decided:.0%} correct" if self._decided else ""
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._stage} {bar}{self._done}/{self._total}{kept}{score}{failed}{self._pace()}"

    def _pace(self) -> str:
        seconds = self._clock() - self._begun
        made = self._done - self._skipped
        if made == 0 or seconds <= 0:
            return f", {self._tokens:,} tokens" if self._tokens else ""
        left = (self._total - self._done) * seconds / made
        remaining = f", {_duration(left)} left" if self._done < self._total else ""
        saved = f", {self._cached / self._prompts:.0%} of the prompts from the cache" if self._cached else ""
        pace = f"{self._tokens / seconds:,.0f} tokens/s" if self._tokens else f"{made / seconds:,.0f}/s"
        return f", {pace}{saved}{remaining}"

    def _erase(self) -> str:
        return "\r\x1b[K" if self._bar else ""


def _duration(seconds: float) -> str:
    """Minutes and seconds, with hours where there are some."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
