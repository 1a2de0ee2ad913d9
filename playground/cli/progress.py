"""How far a run is, on standard error: a bar in a terminal, now and then a line elsewhere. Knows no trials."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

BAR_WIDTH = 24
BAR_SECONDS = 0.2
LINE_SECONDS = 10.0


class Progress:
    """Counts what is done of the stage at hand, and tells."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._bar = stream.isatty()
        self._stage = ""
        self._total = self._done = self._skipped = self._tokens = self._prompts = self._cached = 0
        self._begun = self._shown = clock()

    def begin(self, stage: str, total: int) -> None:
        """A new stage of `total` generations."""
        self._stage, self._total = stage, total
        self._done = self._skipped = self._tokens = self._prompts = self._cached = 0
        self._begun = self._shown = self._clock()

    def say(self, text: str) -> None:
        """A line of its own."""
        self._stream.write(f"{self._erase()}{text}\n")
        self._stream.flush()

    def skip(self, count: int) -> None:
        """Some were finished before."""
        self._done += count
        self._skipped += count

    def count(self, tokens: int) -> None:
        """So many tokens more, of something that is not finished yet."""
        self._tokens += tokens
        self._tell()

    def advance(self, tokens: int, prompt: int = 0, cached: int = 0) -> None:
        """One more is finished, with so many tokens; of those of its prompt so many were in the engine's cache."""
        self._done += 1
        self._tokens += tokens
        self._prompts += prompt
        self._cached += cached
        self._tell()

    def _tell(self) -> None:
        if self._clock() - self._shown >= (BAR_SECONDS if self._bar else LINE_SECONDS):
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
        """The state in one line: stage, done of total, tokens a second, how much prefill was saved, time left."""
        filled = BAR_WIDTH * self._done // max(self._total, 1)
        bar = f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] " if self._bar else ""
        kept = f" ({self._skipped} kept)" if self._skipped else ""
        return f"{self._stage} {bar}{self._done}/{self._total}{kept}{self._pace()}"

    def _pace(self) -> str:
        seconds = self._clock() - self._begun
        made = self._done - self._skipped
        if made == 0 or seconds <= 0:
            return f", {self._tokens:,} tokens" if self._tokens else ""
        left = (self._total - self._done) * seconds / made
        remaining = f", {int(left) // 60}:{int(left) % 60:02d} left" if self._done < self._total else ""
        saved = f", {self._cached / self._prompts:.0%} of the prompts from the cache" if self._cached else ""
        pace = f"{self._tokens / seconds:,.0f} tokens/s" if self._tokens else f"{made / seconds:,.0f}/s"
        return f", {pace}{saved}{remaining}"

    def _erase(self) -> str:
        return "\r\x1b[K" if self._bar else ""
