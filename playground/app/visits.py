"""The relays that run for the visitors, one each, and how to reach into them. Knows no page."""

from __future__ import annotations

from playground.relay import Signals


class Visits:
    """Signals by visitor: what one visitor stops is that visitor's own relay, never another's."""

    def __init__(self) -> None:
        self._running: dict[str, Signals] = {}

    def begin(self, visitor: str) -> Signals:
        """The signals of a new relay; one that still runs for this visitor is stopped."""
        self.stop(visitor)
        signals = Signals()
        self._running[visitor] = signals
        return signals

    def end(self, visitor: str, signals: Signals) -> None:
        """Stop the relay and forget it; the visitor's newer relay, if there is one, goes on."""
        signals.stop.set()
        if self._running.get(visitor) is signals:
            del self._running[visitor]

    def stop(self, visitor: str) -> None:
        """End the visitor's relay with its next token."""
        signals = self._running.get(visitor)
        if signals is not None:
            signals.stop.set()

    def hand_over(self, visitor: str) -> None:
        """End the turn that is being written for this visitor with its next token."""
        signals = self._running.get(visitor)
        if signals is not None:
            signals.hand_over.set()
