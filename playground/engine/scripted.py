"""An engine without a model, which writes what a function of prompt and seed returns.

It has every verb and every limit of the contract, at no cost, so that everything above it can be tried without
weights. Its log-probabilities are made up, and say nothing. Does not know what its script writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from secrets import randbits
from threading import Event
from typing import Self

import playground
from playground.engine.abortable import Abortable
from playground.engine.base import Capabilities, Completion, Delta, Engine, Identity, Indexed, Request, Token
from playground.engine.pieces import LOGPROBS, Excerpt, check, excerpt, piece_ends, split, token
from playground.engine.story_script import story_script
from playground.errors import ContextTooLong, InvalidInput
from playground.models import ModelCard

Script = Callable[[str, int], str]
"""The whole continuation of a prompt, from the prompt and a seed (0 where sampling is greedy)."""
_WHY = {"prefix_reuse": "nothing is prefilled", "continuous_batching": "requests are written one after the other"}


class ScriptedEngine(Engine):
    """Continues prompts by a script; the same prompt and seed give the same text everywhere."""

    def __init__(
        self,
        script: Script = story_script,
        name: str = "scripted",
        context_length: int = 32_768,
        token_seconds: float = 0.0,
    ) -> None:
        """`token_seconds` is how long each token takes, so that a stream can be watched."""
        if token_seconds < 0:
            raise InvalidInput("token_seconds is below 0.", "Give the seconds for a token.")
        self._script = script
        self._name = name
        self._token_seconds = token_seconds
        self._capabilities = Capabilities(
            context_length=context_length, logprobs=LOGPROBS, scoring=True, seeds=True, prefix_reuse=False, why=_WHY
        )

    @classmethod
    def load(cls, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Self:
        """The engine of a card; its options are `token_seconds` and `context_length`."""
        seconds = float(card.options.get("token_seconds", 0.0))
        return cls(
            name=card.name, token_seconds=seconds, context_length=int(card.options.get("context_length", 32_768))
        )

    @property
    def identity(self) -> Identity:
        return Identity(
            model=self._name,
            revision=self._script.__name__,
            engine="scripted",
            engine_version=playground.__version__,
            device="cpu",
            dtype="text",
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def token_ends(self, text: str) -> list[int]:
        return piece_ends(text)

    def stream(self, request: Request) -> Iterator[Delta | Completion]:
        prompt_tokens = self._check(request)
        return Abortable(lambda closed: self._steps(request, prompt_tokens, closed))

    def _steps(self, request: Request, prompt_tokens: int, closed: Event) -> Generator[Delta | Completion]:
        begin = time.perf_counter()
        seed, written = self._write(request, prompt_tokens)
        shown = 0
        for delta in written.deltas():
            if closed.wait(self._token_seconds) if self._token_seconds else closed.is_set():
                break
            shown += 1
            yield delta
        if closed.is_set():
            written = replace(written, tokens=written.tokens[:shown], finish_reason="abort", stop_string=None)
        seconds = time.perf_counter() - begin
        yield written.completion(prompt_tokens=prompt_tokens, seed=seed, seconds=seconds)

    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        prompt_tokens = [self._check(request) for request in requests]
        return Abortable(lambda closed: self._group(requests, prompt_tokens, closed))

    def _group(self, requests: Sequence[Request], prompt_tokens: list[int], closed: Event) -> Generator[Indexed]:
        """As a batch would run: all side by side, so that the group takes as long as its longest text."""
        begin = time.perf_counter()
        done: list[tuple[int, int, Completion]] = []
        for position, (request, tokens) in enumerate(zip(requests, prompt_tokens, strict=True)):
            seed, written = self._write(request, tokens)
            seconds = len(written.tokens) * self._token_seconds
            completion = written.completion(prompt_tokens=tokens, seed=seed, seconds=seconds)
            if not self._token_seconds:
                yield Indexed(position, completion)
            else:
                done.append((len(written.tokens), position, completion))
        for count, position, completion in sorted(done, key=lambda entry: entry[:2]):
            if closed.wait(max(0.0, begin + count * self._token_seconds - time.perf_counter())):
                return
            yield Indexed(position, completion)

    def score(self, prompt: str, continuation: str) -> tuple[Token, ...]:
        pieces = split(continuation)
        needed = len(split(prompt)) + len(pieces)
        if needed > self._capabilities.context_length:
            raise ContextTooLong(needed, self._capabilities.context_length)
        return tuple(token(piece, 0) for piece in pieces)

    def _check(self, request: Request) -> int:
        limits = self._capabilities
        return check(request.prompt, request.params, context_length=limits.context_length, logprobs=limits.logprobs)

    def _write(self, request: Request, prompt_tokens: int) -> tuple[int, Excerpt]:
        params = request.params
        seed = randbits(31) if params.seed is None else params.seed
        text = self._script(request.prompt, seed if params.temperature else 0)
        return seed, excerpt(text, params, self._capabilities.context_length - prompt_tokens)
