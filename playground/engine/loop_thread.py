"""An event loop in a thread of its own, and iterators over what its coroutines produce. Knows no network.

Cancelling is what the loop is for: whoever closes an iterator ends the coroutine at once, wherever it waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, Self, TypeVar

from playground.errors import EngineError

T = TypeVar("T")
Emit = Callable[[T], None]


class LoopThread:
    """Runs coroutines beside the threads that want their results."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="server engine", daemon=True)
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start the work; cancelling the future cancels it.

        Raises:
            EngineError: the thread has ended.
        """
        if self._loop.is_closed():
            work.close()
            raise EngineError("The engine is closed.", "Load the model again.")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work; an interrupt of the waiting thread cancels it."""
        promise = self.begin(work)
        try:
            return promise.result()
        finally:
            promise.cancel()

    def close(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Cancel what still runs, do the last work, and end the thread; more than once is as good as once."""
        if self._loop.is_closed():
            return
        self.run(_cancel_others())
        if last is not None:
            self.run(last())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class _End:
    """Stands after the last item."""


class Produced(Generic[T]):
    """Iterates over what a coroutine emits; it starts with the first item that is asked for.

    Any thread may close it: the coroutine is cancelled, and who waits for an item sees the end.
    """

    def __init__(self, thread: LoopThread, produce: Callable[[Emit[T]], Coroutine[Any, Any, None]]) -> None:
        self._thread = thread
        self._produce = produce
        self._items: SimpleQueue[T | BaseException | _End] = SimpleQueue()
        self._work: Future[None] | None = None
        self._closed = False
        self._lock = Lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        self._start()
        item = _END if self._closed else self._items.get()
        if self._closed or isinstance(item, _End):
            self.close()
            raise StopIteration
        if isinstance(item, BaseException):
            self.close()
            raise item
        return item

    def _start(self) -> None:
        with self._lock:
            if self._work is None and not self._closed:
                self._work = self._thread.begin(_filling(self._items, self._produce))

    def close(self) -> None:
        """End the work. Safe from any thread, and more than once."""
        with self._lock:
            self._closed = True
            if self._work is not None:
                self._work.cancel()
        self._items.put(_END)

    def __del__(self) -> None:
        self.close()


_END = _End()


async def _filling(
    items: SimpleQueue[T | BaseException | _End], produce: Callable[[Emit[T]], Coroutine[Any, Any, None]]
) -> None:
    try:
        await produce(items.put)
    except BaseException as error:
        items.put(_END if isinstance(error, asyncio.CancelledError) else error)
        raise
    items.put(_END)
