"""Reads one answer of a server as it arrives: chunks in, deltas and at last a completion out. Knows no network.

Stop strings are found here, not by the server: only then is it known which one it was, and none of it is lost.
"""

from __future__ import annotations

import time
from dataclasses import replace

from playground.engine.base import UNKNOWN_ID, Completion, Delta, Token
from playground.engine.continuation import Continuation
from playground.engine.server.chunks import Chunk, MalformedAnswer, Usage
from playground.engine.server.client import Need
from playground.sampling import SamplingParams
from playground.trajectory import FinishReason

_REASONS: dict[str, FinishReason] = {"stop": "stop", "eos": "stop", "length": "length"}
_EMPTY_CHUNKS = 1000
"""Chunks without any token that a stream may have, beside as many as it has tokens."""


class Reading:
    """Collects the chunks of one answer."""

    def __init__(self, params: SamplingParams, seed: int, room: int) -> None:
        """`room` is how many new tokens fit."""
        self.alternatives = params.logprobs
        self._limit = min(params.max_tokens, room)
        self._continuation = Continuation(params.stop, self._limit)
        self._seed = seed
        self._usage: Usage | None = None
        self._reason: FinishReason | None = None
        self._chunks = 0
        self._begin = time.perf_counter()

    def take(self, chunk: Chunk) -> tuple[list[Delta], Need]:
        """Take the next chunk; what can be shown because of it, and what is still needed.

        Raises:
            MalformedAnswer: the server ends for a reason that is none, or never ends.
        """
        self._chunks += 1
        if self._chunks > 2 * self._limit + _EMPTY_CHUNKS:
            raise MalformedAnswer("sends events without end", "endless")
        self._usage = chunk.usage or self._usage
        tokens = chunk.tokens or ((Token(id=UNKNOWN_ID, text=chunk.text),) if chunk.text else ())
        if tokens and self._continuation.finish_reason is not None:
            return [], "nothing"  # beyond max_tokens
        deltas = self._add(tokens)
        if chunk.finish_reason is not None:
            self._finish(chunk.finish_reason)
        if self._continuation.stop_string is not None:
            return deltas, "nothing"
        return deltas, "more" if self._reason is None else "end"

    def _add(self, tokens: tuple[Token, ...]) -> list[Delta]:
        deltas = []
        for token in tokens:
            delta = self._continuation.add(token)
            if delta is not None:
                deltas.append(delta)
            if self._continuation.finish_reason is not None:
                break
        return deltas

    def _finish(self, reason: str) -> None:
        if reason not in _REASONS:
            broken = reason in ("abort", "error")  # vLLM, when it fails or is told to
            raise MalformedAnswer(f"ended the answer by {reason[:40]!r}", "failed" if broken else "refused")
        self._reason = _REASONS[reason]

    @property
    def finished(self) -> bool:
        """Whether the answer is complete, whatever still happens to the stream."""
        return self._reason is not None or self._continuation.stop_string is not None

    def close(self) -> Delta | None:
        """What was still held back; only for an answer that is finished."""
        if self._continuation.stop_string is None:
            self._continuation.finish_reason = self._reason or self._continuation.finish_reason
        return self._continuation.close()

    def completion(self) -> Completion:
        """The finished answer, with as many tokens as the server counted: those that it does not show are last.

        It cannot have written more than it was asked for, whatever it says.
        """
        usage = self._usage
        made = self._continuation.completion(
            prompt_tokens=usage.prompt_tokens if usage else 0,
            cached_tokens=(usage.cached_tokens or 0) if usage else 0,
            seed=self._seed,
            seconds=time.perf_counter() - self._begin,
        )
        told = min(usage.completion_tokens, self._limit) if usage and made.stop_string is None else 0
        missing = told - len(made.tokens)
        if missing <= 0:
            return made
        tokens = made.tokens + (Token(id=UNKNOWN_ID, text=""),) * missing
        return replace(made, tokens=tokens, completion_tokens=len(tokens))
