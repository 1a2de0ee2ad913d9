"""An iterator that any thread may close. Does not know what it yields."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Abortable(Generic[T]):
    """Wraps a generator function that is given the event "closed" and looks at it between its steps.

    A plain generator cannot be closed while another thread is inside it; here such a close sets the event, and the
    thread inside sees its generator come to an end, with whatever it yields last.
    """

    def __init__(self, produce: Callable[[Event], Generator[T]]) -> None:
        self._closed = Event()
        self._steps = produce(self._closed)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        return next(self._steps)

    def close(self) -> None:
        """Stop the work. Safe from any thread, and more than once."""
        self._closed.set()
        try:
            self._steps.close()
        except ValueError:
            return  # another thread is inside: it sees the event
