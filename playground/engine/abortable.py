"""An iterator that any thread may close. Does not know what it yields."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event, Lock
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Abortable(Generic[T]):
    """Wraps a generator function that is given the event "closed" and looks at it between its steps.

    A plain generator cannot be closed while another thread is inside it. Here such a close sets the event, and the
    thread inside sees the generator come to its end, with whatever it yields last; between two steps a close ends the
    generator at once.
    """

    def __init__(self, produce: Callable[[Event], Generator[T]], wake: Callable[[], None] | None = None) -> None:
        """`wake` is called by a close, to end the wait of the thread inside, where it waits for somebody else."""
        self._closed = Event()
        self._steps = produce(self._closed)
        self._wake = wake
        self._inside = Lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        with self._inside:
            return next(self._steps)

    def close(self) -> None:
        """Stop the work. Safe from any thread, and more than once."""
        self._closed.set()
        if self._wake is not None:
            self._wake()
        if self._inside.acquire(blocking=False):
            try:
                self._steps.close()
            finally:
                self._inside.release()
