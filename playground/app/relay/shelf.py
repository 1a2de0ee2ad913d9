"""Saves and loads one session. Knows which session it is, and nothing of what is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from playground.app.relay.view import View
from playground.store import Store, Work, WrittenRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A session's place in the store."""

    store: Store
    key: str
    visitor: str

    def save(self, work: Work, changed: Iterable[int]) -> None:
        """As `Store.save`."""
        self.store.save(self.key, self.visitor, work, changed)

    def save_rows(self, number: int, rows: Iterable[WrittenRow]) -> None:
        """As `Store.save_rows`."""
        self.store.save_rows(self.key, number, rows)

    def load(self) -> Work:
        """The work that was saved, or nothing yet. Raises as `Store.load` does."""
        return self.store.load(self.key) or Work()


SAVE_SECONDS = 1.0


class Saving:
    """Keeps what a relay writes while it writes, each row a few times at most."""

    def __init__(self, view: View, shelf: Shelf, number: int) -> None:
        """`number` is that of the branch, of which everything before now is kept already."""
        self._view = view
        self._shelf = shelf
        self._number = number
        self._start = len(view.trajectory.text)
        self._row = view.sealed
        self._saved_at = 0.0

    def save(self, now: float) -> None:
        """Keep what is new, if it is time."""
        if now - self._saved_at < SAVE_SECONDS:
            return
        self._saved_at = now
        self._shelf.save_rows(self._number, self._view.rows_from(self._row, self._start))
        self._row = self._view.sealed
