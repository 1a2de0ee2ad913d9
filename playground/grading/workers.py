"""Starts the processes that compare answers, and kills one that takes too long. Knows no mathematics.

Any thread may ask; each request has a process to itself while it lasts. A process that was killed, or died, is
replaced at the next request.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Final, Self

from playground.errors import EngineError
from playground.grading.finding import Finding
from playground.serialization import from_json

SECONDS: Final = 2.5
"""Processor time of one comparison. With a new process and its library after a kill, hostile input costs less than 5 s
on a processor of its own."""
PATIENCE: Final = 8.0
"""How many times as long a process is waited for, since it shares the processors with others."""
MEMORY_BYTES: Final = 1_500_000_000
"""Address space of one process, its libraries included."""
START_SECONDS: Final = 60.0
"""How long a process may take to start, or to load its library, on a machine that is busy with other things."""


class Worker:
    """One process, for one request at a time."""

    def __init__(self, seconds: float, memory_bytes: int) -> None:
        self._seconds = seconds
        self._loaded = False
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-P", "-m", "playground.grading.worker", str(memory_bytes), str(seconds)]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, env=environment, bufsize=0)
        self.kill = weakref.finalize(self, _end, self._process)
        if self._line(START_SECONDS) is None:
            self.kill()
            raise EngineError("The grader's process does not start.", f"Run: {' '.join(command)}")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def compare(self, given: str, gold: str) -> Finding:
        """What the process finds. Where that took too long, it is dead afterwards."""
        pair = {"given": given, "gold": gold}
        finding = self._ask(pair, self._seconds * PATIENCE)
        if finding is None and not self._loaded:
            finding = self._ask({"load": True}, START_SECONDS)
            self._loaded = finding is None
        finding = finding or self._ask({**pair, "again": True}, self._seconds * PATIENCE)
        assert finding is not None  # Math-Verify always decides
        return finding

    def _ask(self, request: Mapping[str, object], seconds: float) -> Finding | None:
        with suppress(BrokenPipeError):  # then no line comes back either
            assert self._process.stdin is not None
            self._process.stdin.write((json.dumps(request) + "\n").encode())
        begin = time.monotonic()
        line = self._line(seconds)
        if line is None:
            return self._lost(seconds - (time.monotonic() - begin))
        return None if line == b"null\n" else from_json(Finding, line)

    def _lost(self, left: float) -> Finding:
        """What is found when no line comes: out of time, or else the process has ended by itself."""
        code = self._process.poll() if left <= 0 else self._process.wait()
        self.kill()
        if code is not None and code > 0:
            return Finding(outcome="error", why="made the grader fail, which is a defect of this program")
        return Finding(
            outcome="grader_timeout", why=f"takes more than {self._seconds:g} s or too much memory to compare"
        )

    def _line(self, seconds: float) -> bytes | None:
        """The next line the process writes; None when it has not written one in that time, or has ended."""
        assert self._process.stdout is not None
        descriptor, deadline, line = self._process.stdout.fileno(), time.monotonic() + seconds, b""
        waiting = select.poll()  # select() refuses the descriptors of a program with many open files
        waiting.register(descriptor, select.POLLIN)
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.poll(left * 1000):
                return None
            piece = os.read(descriptor, 65536)
            if not piece:
                return None
            line += piece
        return line


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


class Workers:
    """As many processes as there are processors, at most; started when they are first needed."""

    def __init__(self, count: int | None = None, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        self._seconds, self._memory_bytes = seconds, memory_bytes
        self._idle: list[Worker] = []
        self._lock = Lock()
        self._places = BoundedSemaphore(count or os.cpu_count() or 1)

    def compare(self, given: str, gold: str) -> Finding:
        """What a process finds. Waits for a free one.

        Raises:
            EngineError: no process can be started here.
        """
        with self._places:
            worker = self._take()
            finding = worker.compare(given, gold)
            if worker.alive:
                with self._lock:
                    self._idle.append(worker)
            return finding

    def close(self) -> None:
        """End the processes that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()

    def _take(self) -> Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.kill()
        return Worker(self._seconds, self._memory_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def shared_workers() -> Workers:
    """The processes that the whole program shares."""
    return Workers()
