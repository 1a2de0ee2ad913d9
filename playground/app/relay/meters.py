"""How much each writer has written, and how fast. Knows no clock: the seconds are given."""

from __future__ import annotations

from dataclasses import dataclass

from playground.trajectory import Provenance


@dataclass(slots=True)
class Meter:
    """One writer's tokens and the seconds that its turns took, waiting for the first token among them."""

    tokens: int = 0
    seconds: float = 0.0
    writing_since: float | None = None

    def count(self, made: Provenance | None) -> None:
        """A segment that was written before, as far as is known."""
        if made is not None and made.tokens is not None:
            self.tokens += made.tokens
            self.seconds += made.seconds or 0.0

    def begin(self, now: float) -> None:
        """A turn begins."""
        self.writing_since = now

    def end(self, now: float) -> None:
        """The turn is over."""
        self.seconds += self._running(now)
        self.writing_since = None

    def rate(self, now: float) -> int | None:
        """Tokens a second, rounded; None before the first token."""
        seconds = self.seconds + self._running(now)
        return round(self.tokens / seconds) if self.tokens and seconds > 0 else None

    def _running(self, now: float) -> float:
        return now - self.writing_since if self.writing_since is not None else 0.0
