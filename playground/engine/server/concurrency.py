"""Limits how many requests run at once, as the server bears it. Sends nothing.

Half as many when the server says that it is busy, and one more for every full round of answers since.
"""

from __future__ import annotations

import asyncio
from types import TracebackType


class AdaptiveLimit:
    """An asynchronous context for each request; all in one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._allowed = float(most)
        self._running = 0
        self._room = asyncio.Condition()
        self._rounds = 0

    @property
    def allowed(self) -> int:
        """How many may run at once now."""
        return int(self._allowed)

    @property
    def round(self) -> int:
        """Grows each time that the limit is halved; a request remembers it from its begin."""
        return self._rounds

    def back_off(self, began: int) -> None:
        """A request of the round `began` was told that the server is busy; of each round only the first one counts."""
        if began == self._rounds:
            self._allowed = max(1.0, self._allowed / 2)
            self._rounds += 1

    def recover(self) -> None:
        """A request was answered."""
        self._allowed = min(float(self._most), self._allowed + 1 / self._allowed)

    async def __aenter__(self) -> None:
        async with self._room:
            await self._room.wait_for(lambda: self._running < self.allowed)
            self._running += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running -= 1
        async with self._room:
            self._room.notify(max(1, self.allowed - self._running))
