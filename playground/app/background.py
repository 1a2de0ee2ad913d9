"""Runs an iterator in a thread of its own, so that whoever shows its items does not slow it down. Knows no relay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from time import monotonic, sleep
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Timed(NamedTuple, Generic[T]):
    """An item and the second at which it came."""

    item: T
    second: float


class Background(Generic[T]):
    """The items of an iterator as they come."""

    def __init__(self, produce: Callable[[], Iterator[T]]) -> None:
        self._items: SimpleQueue[Timed[T] | None] = SimpleQueue()
        self._produce = produce
        thread = ThreadPoolExecutor(max_workers=1)
        self._work = thread.submit(self._run)
        thread.shutdown(wait=False)

    def batches(self, seconds: float) -> Iterator[list[Timed[T]]]:
        """What came, at most every so many seconds; none is empty.

        Raises:
            Exception: what the iterator raised, behind its last item.
        """
        over = False
        while not over:
            waiting = [self._items.get()]
            sleep(seconds)
            waiting += [self._items.get() for _ in range(self._items.qsize())]
            batch = [item for item in waiting if item is not None]
            over = len(batch) < len(waiting)
            if batch:
                yield batch
        self._work.result()

    def _run(self) -> None:
        try:
            for item in self._produce():
                self._items.put(Timed(item, monotonic()))
        finally:
            self._items.put(None)
