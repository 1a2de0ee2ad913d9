"""Runs one model in several processes that share a batch; this process alone writes the ledger. Knows no trial.

The requests are dealt out before the work begins, a few neighbours at a time, so that prompts with a common beginning
mostly stay together. What a process has finished comes back at once; when one of them dies, the others are ended.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, NoReturn, Self

from evaluator.running.worker import Place, Ready, work
from playground.engine.base import Capabilities, Identity, Indexed, Request
from playground.errors import EngineError, InvalidInput, PlaygroundError
from playground.models import ModelCard

DEALT = 64
"""Neighbouring requests dealt to one process at a time, at most."""
CLOSING_SECONDS = 20.0

AGAIN = "The same command goes on from the last group that was finished."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker:
    process: BaseProcess
    link: Connection


class Workers:
    """The processes, for as long as the context lasts."""

    def __init__(self, card: ModelCard, count: int) -> None:
        """Load the card's model in `count` processes.

        Raises:
            ModelUnavailable: it cannot be loaded here.
            InvalidInput: there are not so many GPUs.
        """
        self._name = card.name
        size = int(card.options.get("tensor_parallel_size", 1))
        places = [
            Place(index, count, devices(os.environ.get("CUDA_VISIBLE_DEVICES"), index, count, size))
            for index in range(count)
        ]
        from playground.engine.transformers.checkpoint import Source, load_text  # torch

        self.token_ends = load_text(Source.of(card)).tokenizer.token_ends
        self._workers: list[_Worker] = []
        try:
            self._workers += [_started(card, place) for place in places]
            ready = [self._ready(worker) for worker in self._workers]
        except BaseException:
            self.close()
            raise
        self.identity: Identity = ready[0].identity
        self.capabilities: Capabilities = ready[0].capabilities

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes' numbers."""
        return tuple(worker.process.pid or 0 for worker in self._workers)

    def _ready(self, worker: _Worker) -> Ready:
        message = self._receive(worker)
        assert isinstance(message, Ready)
        return message

    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        """As an engine does; the order of the results is that in which the processes finish them.

        Raises:
            EngineError: a process failed or died.
        """
        hands = deal(len(requests), len(self._workers))
        busy = {}
        for worker, hand in zip(self._workers, hands, strict=True):
            self._send(worker, [requests[position] for position in hand])
            busy[worker.link] = (worker, hand)
        while busy:
            for link in wait(list(busy)):
                assert isinstance(link, Connection)
                worker, hand = busy[link]
                found = self._receive(worker)
                if found is None:
                    del busy[link]
                else:
                    yield Indexed(hand[found.position], found.completion)

    def attempt(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        """As `generate`: a process that failed has lost all that was dealt to it, and ends the run.

        Raises:
            EngineError: a process failed or died.
        """
        return self.generate(requests)

    def _send(self, worker: _Worker, requests: Sequence[Request]) -> None:
        try:
            worker.link.send(requests)
        except OSError:
            self._died(worker)

    def _receive(self, worker: _Worker) -> Any:
        try:
            message = worker.link.recv()
        except (EOFError, OSError):
            self._died(worker)
        if isinstance(message, PlaygroundError):
            raise message
        return message

    def _died(self, worker: _Worker) -> NoReturn:
        worker.process.join(CLOSING_SECONDS)
        code = worker.process.exitcode or 0
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        raise EngineError(
            f"Worker process {self._workers.index(worker) + 1} of {self._name} {how} while it was needed.", AGAIN
        )

    def close(self) -> None:
        """End the processes and all that they have started."""
        for worker in self._workers:
            worker.link.close()
        for worker in self._workers:
            worker.process.join(CLOSING_SECONDS)
            if worker.process.pid is not None:
                with suppress(ProcessLookupError):
                    os.killpg(worker.process.pid, signal.SIGKILL)
            worker.process.join()
        self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _started(card: ModelCard, place: Place) -> _Worker:
    context = get_context("spawn")  # a fork would copy the threads of the libraries that are loaded here
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, card, place), name=f"worker {place.index + 1}")
    process.start()
    theirs.close()
    return _Worker(process=process, link=ours)


def deal(count: int, hands: int) -> list[list[int]]:
    """The positions 0 … count − 1 for each process: neighbours stay together, and nobody gets much more than others."""
    size = max(1, min(DEALT, count // (4 * hands)))
    dealt: list[list[int]] = [[] for _ in range(hands)]
    for turn, start in enumerate(range(0, count, size)):
        dealt[turn % hands] += range(start, min(start + size, count))
    return dealt


def devices(visible: str | None, index: int, count: int, size: int) -> str:
    """The GPUs of one process as `CUDA_VISIBLE_DEVICES` has them: `size` of those that are visible, none if none is.

    Raises:
        InvalidInput: `count` processes with `size` GPUs each need more than are visible.
    """
    if visible == "":
        return ""
    names = [str(number) for number in range(count * size)] if visible is None else visible.split(",")
    if len(names) < count * size:
        raise InvalidInput(
            f"{count} processes with {size} GPUs each need {count * size}; CUDA_VISIBLE_DEVICES names {len(names)}.",
            "Give a smaller --data-parallel or --tensor-parallel-size.",
        )
    return ",".join(names[index * size : (index + 1) * size])
