"""The engine for checkpoints run in this process with transformers, on a CPU or a CUDA device.

`stream` and `score` keep the keys and values of the last sequences: a prompt that begins like one of them prefills
only what is new, after a hand-over and back, an edit, an undo. Streams that are read at the same time share forward
passes. `generate` writes a group side by side.

A request with a seed gives the same text again; `generate` repeats exactly for the same group, `stream` up to the
rounding of the arithmetic, which depends on how much of the prompt was in the cache and on which streams are read
beside it. Log-probabilities are those of the raw distribution, before temperature, as vLLM gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from threading import Event
from typing import Self

import torch
import transformers

from playground.engine.abortable import Abortable
from playground.engine.base import Capabilities, Completion, Delta, Engine, Identity, Indexed, Request, Token
from playground.engine.intake import LOGPROBS, Intake
from playground.engine.transformers.batch import Batch
from playground.engine.transformers.checkpoint import Checkpoint, Source, load_checkpoint
from playground.engine.transformers.decoder import Decoder
from playground.engine.transformers.prefill import CHUNK
from playground.engine.transformers.prefix_cache import KeptSequence, PrefixCache
from playground.engine.transformers.sampler import Sampler
from playground.engine.transformers.scores import scores, scores_of
from playground.engine.writer import Scores, Writer
from playground.models import ModelCard

SCORED = 128
"""Tokens that are scored in one forward pass."""
CACHE_BYTES = 1 << 30
"""Memory for the sequences that are kept."""
BATCH_SIZE = 256
"""Requests that are written side by side where memory allows."""
BATCH_BYTES = 4 << 30
"""Memory for the keys and values of a batch on a CPU; on a CUDA device it is half of the device's."""


class TransformersEngine(Engine):
    """One checkpoint."""

    def __init__(self, checkpoint: Checkpoint, name: str, batch_size: int = BATCH_SIZE) -> None:
        """`batch_size` is the largest number of requests that `generate` writes side by side."""
        self._model = checkpoint.model
        self._tokenizer = checkpoint.tokenizer
        self._intake = Intake(checkpoint.tokenizer, checkpoint.model.context_length)
        self._batch_size = batch_size
        self._prefixes = PrefixCache(self._model.layers, CACHE_BYTES)
        self._decoder = Decoder(self._model)
        self._identity = Identity(
            model=name,
            revision=checkpoint.revision,
            engine="transformers",
            engine_version=transformers.__version__,
            device=self._model.device_name,
            dtype=str(self._model.dtype).removeprefix("torch."),
        )

    @classmethod
    def load(cls, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Self:
        """The engine of a card; its options are `device`, `dtype`, `revision`, `batch_size` and `trust_remote_code`.

        Raises:
            ModelUnavailable: the checkpoint cannot be loaded; the message says what is missing.
        """
        checkpoint = load_checkpoint(Source.of(card), on_progress)
        return cls(checkpoint, card.name, int(card.options.get("batch_size", BATCH_SIZE)))

    @property
    def identity(self) -> Identity:
        return self._identity

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            context_length=self._model.context_length,
            logprobs=LOGPROBS,
            scoring=True,
            seeds=True,
            prefix_reuse=True,
            why={"continuous_batching": "a group is written side by side, and its members may change the rounding"},
        )

    @property
    def memory_bytes(self) -> int:
        return self._model.nbytes

    def token_ends(self, text: str) -> list[int]:
        return self._tokenizer.token_ends(text)

    def stream(self, request: Request) -> Iterator[Delta | Completion]:
        (writer,) = self._intake.writers([request])
        return Abortable(lambda closed: self._steps(writer, closed))

    def _steps(self, writer: Writer, closed: Event) -> Generator[Delta | Completion]:
        sequence = self._prefixes.take(writer.prompt)
        try:
            yield from self._continue(writer, sequence, closed)
        finally:
            self._prefixes.give(sequence)
        delta = writer.close()
        if delta is not None:
            yield delta
        yield writer.completion()

    def _continue(self, writer: Writer, sequence: KeptSequence, closed: Event) -> Generator[Delta]:
        writer.cached_tokens = len(sequence.ids)
        logits = self._prefill(sequence, writer.prompt[len(sequence.ids) :], closed)
        sampler = Sampler([writer], self._model.device)
        while logits is not None and not closed.is_set():
            ids = sampler.choose(logits)
            delta = writer.add(int(ids), scores_of(logits, ids, [writer])[0])
            if delta is not None:
                yield delta
            if writer.finished:
                return
            logits = self._decoder.write(sequence, int(ids))

    def _prefill(self, sequence: KeptSequence, ids: list[int], closed: Event) -> torch.Tensor | None:
        """The logits [1, vocabulary] after a sequence and `ids`, which are written on it; None if closed before."""
        logits = None
        for start in range(0, len(ids), CHUNK):
            if closed.is_set():
                return None
            chunk = torch.tensor([ids[start : start + CHUNK]], device=self._model.device)
            logits = self._write(sequence, chunk, keep=1)
        return None if logits is None else logits[:, -1]

    def _write(self, sequence: KeptSequence, ids: torch.Tensor, keep: int = 0) -> torch.Tensor:
        """Write `ids` [1, tokens] on a sequence, whose tokens are what its cache holds even if this fails."""
        sequence.cache.reserve(ids.shape[1])
        logits = self._model.forward(ids, sequence.cache, keep=keep)
        sequence.ids.extend(ids[0].tolist())
        return logits

    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        writers = self._intake.writers(requests)
        return Abortable(lambda closed: self._group(writers, closed))

    def _group(self, writers: list[Writer], closed: Event) -> Generator[Indexed]:
        for position in Batch(self._model, writers, self._slots(writers)).run(closed):
            writers[position].close()
            yield Indexed(position, writers[position].completion())

    def _slots(self, writers: list[Writer]) -> int:
        """How many of a group's requests are written side by side, so that even the longest fit the memory."""
        longest = max((len(writer.prompt) + writer.limit for writer in writers), default=1)
        rows = self._model.memory(BATCH_BYTES) // (longest * self._model.column_bytes)
        return max(1, min(rows, self._batch_size, len(writers)))

    def score(self, prompt: str, continuation: str) -> tuple[Token, ...]:
        before = self._intake.encode(prompt)
        ids = self._tokenizer.encode_after(before, prompt, continuation)
        self._intake.check_room(len(before) + len(ids))
        sequence = self._prefixes.take(before)
        try:
            self._prefill(sequence, before[len(sequence.ids) : -1], Event())
            found = self._score(sequence, before[-1:] + ids)
        finally:
            self._prefixes.give(sequence)
        texts = self._tokenizer.texts(continuation, ids)
        return tuple(
            Token(id=index, text=text, logprob=each.logprob)
            for index, text, each in zip(ids, texts, found, strict=True)
        )

    def _score(self, sequence: KeptSequence, ids: list[int]) -> list[Scores]:
        """The scores of all ids but the first, which are written on the sequence."""
        found: list[Scores] = []
        for start in range(0, len(ids) - 1, SCORED):
            part = torch.tensor([ids[start : start + SCORED + 1]], device=self._model.device)
            logits = self._write(sequence, part[:, :-1])
            found += scores(logits[0], part[0, 1:], 0)
        return found

    def close(self) -> None:
        self._prefixes.clear()
        self._model.close()
