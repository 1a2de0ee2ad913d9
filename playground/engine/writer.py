"""Turns one request's token ids into deltas and at last a completion. Runs no model."""

from __future__ import annotations

import time
from functools import lru_cache
from secrets import randbits
from typing import NamedTuple

from playground.engine.base import Alternative, Completion, Delta, Request, Token
from playground.engine.continuation import Continuation
from playground.engine.tokenizer import Tokenizer


class Scores(NamedTuple):
    """What the model thought of a token: natural log-probabilities of the raw distribution."""

    logprob: float
    best: list[tuple[int, float]]
    """The most probable tokens, best first."""


class Writer:
    """Turns a request's tokens into text as they come."""

    def __init__(self, request: Request, prompt: list[int], tokenizer: Tokenizer, limit: int) -> None:
        """`limit` is how many tokens fit; `max_tokens` may be less."""
        self.params = request.params
        self.prompt = prompt
        self.seed = randbits(31) if request.params.seed is None else request.params.seed
        self.cached_tokens = 0
        self._tokenizer = tokenizer
        self._text = tokenizer.stream()
        self.limit = min(limit, request.params.max_tokens)
        self._continuation = Continuation(request.params.stop, self.limit)
        self._begin = time.perf_counter()

    def __len__(self) -> int:
        """The tokens written so far."""
        return len(self._continuation)

    @property
    def finished(self) -> bool:
        return self._continuation.finish_reason is not None

    def add(self, token_id: int, scores: Scores | None = None) -> Delta | None:
        """Take the next token; what can be shown because of it."""
        if token_id in self._tokenizer.end_ids:
            self._continuation.end(self._token(token_id, "", scores), self._text.end())
            return None
        token = self._token(token_id, self._text.add(token_id), scores)
        return self._continuation.add(token, whole=self._text.whole)

    def close(self) -> Delta | None:
        """What was still held back."""
        return self._continuation.close(self._text.end())

    def completion(self) -> Completion:
        return self._continuation.completion(
            prompt_tokens=len(self.prompt),
            cached_tokens=self.cached_tokens,
            seed=self.seed,
            seconds=time.perf_counter() - self._begin,
        )

    def _token(self, token_id: int, text: str, scores: Scores | None) -> Token:
        if scores is None:
            return _unscored(token_id, text)
        vocabulary = self._tokenizer.vocabulary
        best = [Alternative(text=vocabulary.text_of(index), logprob=value) for index, value in scores.best]
        return Token(
            id=token_id, text=text, logprob=scores.logprob, alternatives=tuple(best[: self.params.logprobs or 0])
        )


@lru_cache(maxsize=1 << 17)
def _unscored(token_id: int, text: str) -> Token:
    """A token without scores; a text has few different ones, and finding one is quicker than making it."""
    return Token(id=token_id, text=text)
