"""Shares forward passes among the sequences that several threads write at the same time.

A pass through a model's weights takes nearly the same time for many sequences as for one. There is no thread for it:
whoever waits first leads the next pass, for all that wait by then, and passes the lead on. A sequence that is written
alone is written as if this did not exist. Knows no text and no request.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Event, Lock

import torch
from torch import Tensor

from playground.engine.transformers.causal_model import CausalModel
from playground.engine.transformers.joined_cache import JoinedCache
from playground.engine.transformers.prefix_cache import KeptSequence
from playground.errors import EngineError, PlaygroundError

JOINED_BYTES = 1 << 28
"""Keys and values that are put side by side for one pass, padding among them, where the weights are smaller than that:
copying them must not take longer than what sharing the pass saves."""
PATIENCE = 0.25
"""How long those of the last pass are waited for, as a part of the time that it took."""


class _Lead:
    """Told to a waiting step: lead the next pass."""


class _Step:
    """One token to be written on a sequence; the logits after it come to its inbox."""

    def __init__(self, sequence: KeptSequence, token_id: int) -> None:
        self.sequence = sequence
        self.token_id = token_id
        self.inbox: SimpleQueue[Tensor | PlaygroundError | _Lead] = SimpleQueue()
        self.written = False
        """Whether a pass is writing it."""


class Decoder:
    """Writes single tokens with one model."""

    def __init__(self, model: CausalModel) -> None:
        self._model = model
        self._columns = max(model.nbytes, JOINED_BYTES) // model.column_bytes
        self._lock = Lock()
        self._waiting: list[_Step] = []
        self._leader: _Step | None = None
        self._expected = 1
        self._complete = Event()
        self._seconds = 0.0

    def write(self, sequence: KeptSequence, token_id: int) -> Tensor:
        """The logits [1, vocabulary] after a sequence and a token, which is written on it.

        Raises:
            EngineError: the pass failed; the sequence is as it was.
        """
        step = _Step(sequence, token_id)
        with self._lock:
            self._waiting.append(step)
            if len(self._waiting) >= self._expected:
                self._complete.set()
            if self._leader is None:
                self._pass_on()
        try:
            while isinstance(found := step.inbox.get(), _Lead):
                self._lead()
        except BaseException:  # an interrupt: the sequence must be written on no more, and nobody wait for this thread
            self._leave(step)
            raise
        if isinstance(found, PlaygroundError):
            raise found
        return found

    def _leave(self, step: _Step) -> None:
        with self._lock:
            if step in self._waiting:
                self._waiting.remove(step)
            if self._leader is step:
                self._pass_on()
            written = step.written
        if written:
            step.inbox.get()

    def _pass_on(self) -> None:
        """The lead to who has waited longest; the caller holds the lock."""
        self._leader = self._waiting[0] if self._waiting else None
        if self._leader is not None:
            self._leader.inbox.put(_Lead())

    def _lead(self) -> None:
        """One pass for those that wait, and the lead to one of those that wait then."""
        steps: list[_Step] = []
        found: Sequence[Tensor | PlaygroundError] = ()
        begin = time.perf_counter()
        try:
            self._complete.wait(PATIENCE * self._seconds)
            with self._lock:
                steps = self._take()
            begin = time.perf_counter()
            found = self._run(steps)
        except PlaygroundError as error:
            found = [error] * len(steps)
        finally:  # whatever happens, those who wait must not wait for ever
            self._seconds = time.perf_counter() - begin
            self._finish(steps, found or [EngineError("The pass was cut off.", "Try again.")] * len(steps))

    def _finish(self, steps: list[_Step], found: Sequence[Tensor | PlaygroundError]) -> None:
        with self._lock:
            self._expected = max(1, len(steps) + len(self._waiting))
            self._complete.clear()
            for step, each in zip(steps, found, strict=True):
                step.written = False
                step.inbox.put(each)
            self._pass_on()

    def _take(self) -> list[_Step]:
        """The first of the waiting steps, as many as may stand side by side."""
        count = longest = 0
        for step in self._waiting:
            longest = max(longest, step.sequence.cache.length + 1)
            if count and (count + 1) * longest > self._columns:
                break
            count += 1
        taken = self._waiting[:count]
        del self._waiting[:count]
        for step in taken:
            step.written = True
        return taken

    def _run(self, steps: list[_Step]) -> list[Tensor]:
        for step in steps:
            step.sequence.cache.reserve(1)
        ids = torch.tensor([[step.token_id] for step in steps], device=self._model.device)
        if len(steps) == 1:
            logits = self._model.forward(ids, steps[0].sequence.cache)
        else:
            joined = JoinedCache([step.sequence.cache for step in steps])
            logits = self._model.forward(ids, joined, joined.starts(self._model.device))
        for step in steps:
            step.sequence.ids.append(step.token_id)
        return list(torch.split(logits[:, -1], 1))
