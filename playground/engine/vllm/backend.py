"""vLLM's asynchronous engine in a thread of its own, for callers that know no event loop.

A job is what one caller asked for: one request, or a batch. Its items come out of a queue. Knows no card.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from threading import Thread, current_thread
from typing import Any

from vllm.config import VllmConfig
from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.exceptions import VLLMClientError
from vllm.inputs.engine import tokens_input
from vllm.outputs import RequestOutput
from vllm.sampling_params import SamplingParams
from vllm.usage.usage_lib import UsageContext
from vllm.v1.engine.async_llm import AsyncLLM
from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

from playground.engine.vllm.counters import Counters
from playground.engine.vllm.guard import Guard
from playground.errors import EngineError, PlaygroundError

AT_ONCE = 64
"""Requests that are handed over before others get a turn."""
CLOSING_SECONDS = 5.0
"""How long the engine's processes have for ending by themselves."""

Write = Callable[[RequestOutput], bool]
"""Takes what the engine wrote; says whether the request needs no more."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a job."""

    prompt: list[int]
    params: SamplingParams
    write: Write


class Job:
    """The requests of one caller, until all are finished or the job is closed."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._items: SimpleQueue[object] = SimpleQueue()
        self.running: set[str] = set()
        self.closed = False

    def put(self, item: object) -> None:
        self._items.put(item)

    def end(self, error: PlaygroundError | None = None) -> None:
        """No more items; after an error the reader gets it."""
        self._items.put(_End(error))

    def items(self) -> Generator[object]:
        """What was put, until the end.

        Raises:
            EngineError: the engine failed.
        """
        while not isinstance(item := self._items.get(), _End):
            yield item
        if item.error is not None:
            raise item.error

    def close(self) -> None:
        """Abort what is running. Safe from any thread, and more than once."""
        if not self.closed:
            self.closed = True
            self._backend.abort(self)


@dataclass(frozen=True, slots=True)
class _End:
    error: PlaygroundError | None


class Backend:
    """One running engine."""

    def __init__(self, arguments: dict[str, Any], name: str) -> None:
        """Start the engine's processes and load the model; takes as long as that takes. Raises what vLLM raises."""
        self._name = name
        self._jobs: set[Job] = set()
        self._numbers = count()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        thread = Thread(target=_run, args=(self._loop,), name=f"vllm {name}", daemon=True)
        thread.start()
        try:
            self._llm = asyncio.run_coroutine_threadsafe(_started(arguments), self._loop).result()
        except BaseException:
            self._loop.call_soon_threadsafe(self._loop.stop)
            raise
        self.pids = tuple(process.pid for process in self._llm.engine_core.resources.engine_manager.processes)
        """The processes of the engine's core, which end all others of the engine with them."""
        self._finalizer = weakref.finalize(self, _finish, self._llm, self._loop, thread, Guard(self.pids))
        self.config: VllmConfig = self._llm.vllm_config

    @property
    def counters(self) -> Counters:
        """vLLM's own counters."""
        return Counters.of(self._llm)

    @property
    def usable(self) -> bool:
        """Whether the engine's processes are there."""
        return not self._closed and not self._llm.errored

    def start(self, job: Job, calls: Sequence[Call]) -> None:
        """Hand a job's requests to the engine.

        Raises:
            EngineError: the engine is closed, or its processes have ended.
        """
        if self._closed:
            raise _unloaded()
        if self._llm.errored:
            raise self._dead()
        asyncio.run_coroutine_threadsafe(self._feed(job, calls), self._loop)

    def abort(self, job: Job) -> None:
        """End a job's requests in the engine."""
        if not self._closed:
            asyncio.run_coroutine_threadsafe(self._abort(job), self._loop)

    async def _abort(self, job: Job) -> None:
        await self._llm.abort(list(job.running))

    async def _feed(self, job: Job, calls: Sequence[Call]) -> None:
        self._jobs.add(job)
        error: PlaygroundError | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                for number, call in enumerate(calls):
                    tasks.create_task(self._write(job, call))
                    if number % AT_ONCE == AT_ONCE - 1:
                        await asyncio.sleep(0)
        except BaseExceptionGroup as group:
            told = [each for each in group.exceptions if isinstance(each, PlaygroundError)]
            error = told[0] if told else EngineError(f"vLLM failed: {group.exceptions[0]!r}.")
            if not told:
                raise
        finally:
            self._jobs.discard(job)
            job.end(error)

    async def _write(self, job: Job, call: Call) -> None:
        if job.closed:
            return
        request_id = str(next(self._numbers))
        job.running.add(request_id)
        try:
            outputs = self._llm.generate(tokens_input(call.prompt), call.params, request_id)
            async with aclosing(outputs):
                async for output in outputs:
                    if call.write(output):
                        return
        except EngineDeadError:
            raise self._dead() from None
        except (EngineGenerateError, VLLMClientError) as error:
            raise EngineError(f"vLLM failed: {error or error.__cause__}.", "Try again, or reload the model.") from error
        finally:
            job.running.discard(request_id)
        if not job.closed:  # an engine that is told to end says that its requests are over, and nothing more
            raise self._dead()

    def _dead(self) -> EngineError:
        return EngineError(
            f"The vLLM engine process of {self._name} has ended while it was needed.",
            "Try again: the model is loaded anew, and a run goes on where it stopped."
            " If memory was short, give less --gpu-memory-utilization or --max-num-seqs.",
        )

    def close(self) -> None:
        """End the engine's processes; whoever waits for a request gets an error."""
        self._closed = True
        for job in list(self._jobs):
            job.end(_unloaded())
        self._finalizer()
        vars(self).pop("_llm", None)  # or it would try to close itself once more, when it is too late for that


def _unloaded() -> EngineError:
    return EngineError("The model has been unloaded.", "Load it again.")


def _run(loop: asyncio.AbstractEventLoop) -> None:
    # The engine's processes inherit this: a Ctrl-C is for whoever closes the stream, not for them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    asyncio.set_event_loop(loop)
    loop.run_forever()


class _Uncounted(AsyncLLM):  # type: ignore[misc]
    """vLLM's engine without the figures that it takes of every single token, which nobody reads here."""

    def _run_output_handler(self) -> None:
        self.log_stats = False
        super()._run_output_handler()


async def _started(arguments: dict[str, Any]) -> AsyncLLM:
    engine = _Uncounted.from_engine_args(
        AsyncEngineArgs(**arguments), usage_context=UsageContext.LLM_CLASS, stat_loggers=[Counters]
    )
    for name in ("vllm.v1.engine.async_llm", "vllm.v1.engine.core_client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they trace what is told as an error here
    await engine.get_supported_tasks()  # kept by the engine: from now on a request is known to it as soon as it is made
    return engine


def _finish(engine: AsyncLLM, loop: asyncio.AbstractEventLoop, thread: Thread, guard: Guard) -> None:
    """End an engine and its thread, from whatever thread finds that nobody needs it any more."""
    if thread is current_thread():
        engine.shutdown(timeout=CLOSING_SECONDS)
        loop.stop()
    else:
        asyncio.run_coroutine_threadsafe(_shut(engine), loop).result(2 * CLOSING_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSING_SECONDS)
    guard.dismiss()


async def _shut(engine: AsyncLLM) -> None:
    engine.shutdown(timeout=CLOSING_SECONDS)
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=1)
