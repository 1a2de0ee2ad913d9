"""Says what a model writes beside the trajectory before an act can go on, and stops it. Writes nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event


class Stopped(Exception):
    """Somebody stopped what was done beside the trajectory: nothing comes of it."""


class Aside:
    """Of one session. Nobody reads along, so the page says what is done, and it can be stopped."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called when something begins and when it ends."""
        self.doing = ""
        """In words; empty where nothing is done."""
        self._stopped = Event()
        self._changed = changed

    def stop(self) -> None:
        """End it with the next token."""
        self._stopped.set()

    @contextmanager
    def begin(self, doing: str) -> Iterator[Callable[[], None]]:
        """Something is done inside; what is yielded is called now and then, and raises when it is to end.

        Raises:
            Stopped: it was stopped.
        """
        self.doing, self._stopped = doing, (stopped := Event())

        def check() -> None:
            if stopped.is_set():
                raise Stopped

        self._changed()
        try:
            yield check
        finally:
            if self._stopped is stopped:
                self.doing = ""
            self._changed()
        check()
