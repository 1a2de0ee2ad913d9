"""A fixed group of requests written side by side: prefill, then one token for every row at a time.

Prompts that are equal are prefilled once. A row that is finished makes room at once: the last row moves into its
place, and waiting requests enter in a fixed order. Everything follows from the group and the number of slots, so the
same group gives the same texts. Knows no text: writers say when a request is finished.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from threading import Event

import torch
from torch import Tensor

from playground.engine.transformers.causal_model import CausalModel
from playground.engine.transformers.kv_cache import KeyValueCache
from playground.engine.transformers.prefill import PREFILL_TOKENS, prefill_padded
from playground.engine.transformers.sampler import Sampler
from playground.engine.transformers.scores import scores_of
from playground.engine.writer import Writer

ROOM = 256
"""Columns after the prompts for which room is made at first; it grows with the texts."""


@dataclass(slots=True)
class _Prompt:
    """A prompt and the requests that wait for it."""

    ids: list[int]
    waiting: list[int]


@dataclass(slots=True)
class _Entry:
    """A prompt that has been prefilled: its row in a cache, and the logits after it."""

    prompt: _Prompt
    cache: KeyValueCache
    row: int
    logits: Tensor


class Batch:
    """The rows that are being written, and the requests that wait."""

    def __init__(self, model: CausalModel, writers: Sequence[Writer], slots: int) -> None:
        self._model = model
        self._writers = writers
        self._slots = slots
        self._cache = model.new_cache(slots)
        self._prompts = _by_prompt(writers)
        self._entries: list[_Entry] = []
        self._rows: list[int] = []
        self._starts: list[int] = []
        self._sampler: Sampler | None = None
        longest = max((len(writer.prompt) for writer in writers), default=0)
        self._cache.reserve(ROOM, longest)

    def run(self, closed: Event) -> Generator[int]:
        """Write until every request is finished, yielding the position of each when it is."""
        logits = self._admit(None, closed)
        while logits is not None and not closed.is_set():
            ids = self._write(logits)
            finished = [row for row, position in enumerate(self._rows) if self._writers[position].finished]
            yield from [self._rows[row] for row in finished]
            logits = self._forward(ids[self._remove(finished)])
            logits = self._admit(logits, closed)

    def _write(self, logits: Tensor) -> Tensor:
        """Give every row its next token: [rows]."""
        writers = [self._writers[position] for position in self._rows]
        if self._sampler is None:
            self._sampler = Sampler(writers, self._model.device)
        ids = self._sampler.choose(logits)
        scored = scores_of(logits, ids, writers)
        for writer, token_id, score in zip(writers, ids.tolist(), scored, strict=True):
            writer.add(token_id, score)
        return ids

    def _remove(self, finished: list[int]) -> list[int]:
        """Take finished rows out; which of the old rows stand in the remaining ones."""
        order = list(range(len(self._rows)))
        for row in reversed(finished):
            last = len(order) - 1
            if row != last:
                self._cache.move_row(last, row)
                order[row], self._rows[row], self._starts[row] = order[last], self._rows[last], self._starts[last]
            del order[last], self._rows[last], self._starts[last]
        if finished:
            if self._sampler is not None:
                self._sampler.keep(order)
            self._cache.begin_at(min(self._starts, default=self._cache.end))
        return order

    def _forward(self, ids: Tensor) -> Tensor | None:
        if not self._rows:
            return None
        self._reserve(1, 0)
        aligned = all(start == self._cache.begin for start in self._starts)
        starts = None if aligned else torch.tensor(self._starts, device=self._model.device)
        return self._model.forward(ids[:, None], self._cache, starts)[:, -1]

    def _reserve(self, count: int, width: int) -> None:
        moved = self._cache.reserve(count, width)
        if moved:
            self._starts = [start + moved for start in self._starts]

    def _admit(self, logits: Tensor | None, closed: Event) -> Tensor | None:
        """Let waiting requests in when a quarter of the slots is free; the logits of all rows then."""
        free = self._slots - len(self._rows)
        if not (self._entries or self._prompts) or (self._rows and 4 * free < self._slots):
            return logits
        found = [] if logits is None else [logits]
        while free and (self._entries or self._prompts):
            if not self._entries:
                self._entries = self._prefill(free, closed)
            if closed.is_set():
                return None
            entry = self._entries[0]
            entering = entry.prompt.waiting[:free]
            del entry.prompt.waiting[:free]
            for position in entering:
                self._enter(position, entry)
            found.append(entry.logits.expand(len(entering), -1))
            free -= len(entering)
            if not entry.prompt.waiting:
                del self._entries[0]
        self._sampler = None
        return torch.cat(found)

    def _enter(self, position: int, entry: _Entry) -> None:
        width = len(entry.prompt.ids)
        if not self._rows:
            self._cache.begin_at(self._cache.end)
        self._reserve(1, width)
        self._cache.put_row(len(self._rows), entry.cache, entry.row, width)
        self._rows.append(position)
        self._starts.append(self._cache.end - width)
        self._cache.begin_at(min(self._starts))

    def _prefill(self, free: int, closed: Event) -> list[_Entry]:
        """Prefill the next prompts, as many as there is room for and as fit one forward pass."""
        prompts: list[_Prompt] = []
        while self._prompts and len(prompts) < free:
            longest = max(len(self._prompts[0].ids), *(len(prompt.ids) for prompt in prompts), 1)
            if prompts and longest * (len(prompts) + 1) > PREFILL_TOKENS:
                break
            prompts.append(self._prompts.pop(0))
        cache = self._model.new_cache(len(prompts))
        logits = prefill_padded(self._model, cache, [prompt.ids for prompt in prompts], closed)
        return [
            _Entry(prompt=prompt, cache=cache, row=row, logits=logits[row : row + 1])
            for row, prompt in enumerate(prompts)
        ]


def _by_prompt(writers: Sequence[Writer]) -> list[_Prompt]:
    """Equal prompts together, the shortest first, so that little is padded."""
    prompts: dict[tuple[int, ...], _Prompt] = {}
    for position, writer in enumerate(writers):
        prompts.setdefault(tuple(writer.prompt), _Prompt(ids=writer.prompt, waiting=[])).waiting.append(position)
    return sorted(prompts.values(), key=lambda prompt: len(prompt.ids))
