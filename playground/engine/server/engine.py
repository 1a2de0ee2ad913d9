"""The engine for models on an OpenAI-compatible server: vLLM, SGLang, llama.cpp and others, by their address.

Finished prompts go to `/v1/completions` as they are; turns of a chat are a fallback for servers that take nothing
else, and the capabilities say so. What the server can do is asked when the engine is made. Every request streams
where the server can, so that closing an iterator ends the work there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Self, TypeVar

from playground.cards.server_address import short_name
from playground.engine.base import Capabilities, Completion, Delta, Engine, Failed, Identity, Indexed, Request, Token
from playground.engine.loop_thread import Emit, LoopThread, Produced
from playground.engine.server.client import ServerClient
from playground.engine.server.connection import PROBES, Place, place_of
from playground.engine.server.exchange import Exchange
from playground.engine.server.faults import context_fault
from playground.engine.server.probe import UNKNOWN_CONTEXT, Findings
from playground.engine.server.scoring import scored
from playground.engine.server.tokens import count_told, estimated_ends, most_tokens, server_ends, tokenized
from playground.errors import ContextTooLong, EngineError, InvalidInput, ServerError, Unsupported
from playground.models import ModelCard

T = TypeVar("T")


class ServerEngine(Engine):
    """One model of one server."""

    def __init__(self, place: Place, findings: Findings, name: str) -> None:
        self._place = place
        self._findings = findings
        self._name = name
        self._thread = LoopThread()
        self._client = ServerClient(place.address, place.settings)
        streaming = findings.capabilities.streaming
        self._exchange = Exchange(self._client, findings.dialect, streaming=streaming)

    @classmethod
    def load(cls, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Self:
        """The engine of a card: its source is the address; for its options see `connection.place_of`.

        Raises:
            ModelUnavailable: the server cannot be used; the message says why.
            InvalidInput: an option that there is not, or a model that the server does not have.
        """
        place = place_of(card)
        return cls(place, PROBES.findings(place, on_progress), card.name)

    @property
    def identity(self) -> Identity:
        model = self._findings.model
        return Identity(
            model=self._name,
            revision=short_name(model.root or model.id),
            engine="server",
            engine_version=f"{model.software} {model.version}".strip() or "unknown",
            device=self._place.address.host,
            dtype="unknown",
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._findings.capabilities

    def token_ends(self, text: str) -> list[int]:
        """As the server's tokenizer says; an estimate by words where `capabilities.token_counts` is off."""
        if not self.capabilities.token_counts:
            return estimated_ends(text)
        ask = self._exchange.patiently(
            lambda: server_ends(self._client, self._findings.model.id, text), may_repeat=lambda: True
        )
        return self._thread.run(ask)

    def stream(self, request: Request) -> Iterator[Delta | Completion]:
        room = self._room(request)

        async def produce(emit: Emit[Delta | Completion]) -> None:
            emit(await self._complete(request, room, emit))

        return Produced(self._thread, produce)

    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        room_of = cache(self._room)  # samples of a prompt share it
        rooms = {position: room_of(_seedless(request)) for position, request in enumerate(requests)}

        async def one(position: int, emit: Emit[Indexed]) -> None:
            emit(Indexed(position, await self._complete(requests[position], rooms[position], None)))

        return self._batch(list(rooms), one)

    def attempt(self, requests: Sequence[Request]) -> Iterator[Indexed | Failed]:
        room_of, rooms, refused = cache(self._room), dict[int, int](), dict[int, Failed]()
        for position, request in enumerate(requests):
            try:
                rooms[position] = room_of(_seedless(request))
            except EngineError as error:
                refused[position] = _told(position, error)

        async def one(position: int, emit: Emit[Indexed | Failed]) -> None:
            if position in refused:
                emit(refused[position])
                return
            try:
                emit(Indexed(position, await self._complete(requests[position], rooms[position], None)))
            except EngineError as error:
                emit(_told(position, error))

        return self._batch([*refused, *rooms], one)

    def _batch(self, positions: Sequence[int], one: Callable[[int, Emit[T]], Coroutine[Any, Any, None]]) -> Produced[T]:
        async def produce(emit: Emit[T]) -> None:
            left = iter(positions)

            async def write() -> None:
                for position in left:
                    await one(position, emit)

            at_once = min(self._place.settings.max_connections, len(positions))
            tasks = [asyncio.create_task(write()) for _ in range(at_once)]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

        return Produced(self._thread, produce)

    async def _complete(self, request: Request, room: int, show: Callable[[Delta], None] | None) -> Completion:
        try:
            made = await self._exchange.complete(request, room, show)
        except ServerError as error:
            too_long = context_fault(error, self.capabilities.context_length)
            if too_long is None:
                raise
            prompt = too_long.needed - min(request.params.max_tokens, room)  # the server counts both together
            fits = too_long.available - prompt
            if not 0 < fits < room or prompt < 1:
                raise too_long from error
            try:
                made = await self._exchange.complete(request, fits, show)
            except ServerError as again:  # it had counted the prompt alone
                raise context_fault(again, self.capabilities.context_length) or again from error
        if made.prompt_tokens:
            return made
        return replace(made, prompt_tokens=await self._count_once(request.prompt))

    def score(self, prompt: str, continuation: str) -> tuple[Token, ...]:
        if not self.capabilities.scoring:
            raise Unsupported(
                f"This server does not score: {self.capabilities.why.get('scoring', 'off')}.", "Choose another model."
            )
        if not prompt:
            raise InvalidInput("The prompt is empty.", "Ask a question.")
        needed = most_tokens(prompt + continuation)
        if needed > self.capabilities.context_length:
            needed = self._thread.run(self._count(prompt + continuation))
        if needed > self.capabilities.context_length:
            raise ContextTooLong(needed, self.capabilities.context_length)
        if not continuation:
            return ()
        ends = self.token_ends(prompt + continuation) if self.capabilities.token_counts else None
        return scored(self._thread.run(self._exchange.echo(prompt + continuation)), prompt, continuation, ends)

    def close(self) -> None:
        self._thread.close(last=self._client.close)

    def _room(self, request: Request) -> int:
        """How many new tokens fit after the prompt; asks for its length only where that matters."""
        self._check(request)
        context = self.capabilities.context_length
        if most_tokens(request.prompt) + request.params.max_tokens <= context or context == UNKNOWN_CONTEXT:
            return request.params.max_tokens
        if not self._findings.counts:
            return request.params.max_tokens  # the server refuses what does not fit
        count = self._thread.run(self._count(request.prompt))
        if count + 1 > context:
            raise ContextTooLong(count + 1, context)
        return context - count

    def _check(self, request: Request) -> None:
        params, can = request.params, self.capabilities
        if not request.prompt:
            raise InvalidInput("The prompt is empty.", "Ask a question.")
        if params.logprobs is not None and params.logprobs > can.logprobs:
            why = can.why.get("logprobs", f"it gives at most {can.logprobs} alternatives")
            raise Unsupported(f"This server does not give {params.logprobs} alternatives: {why}.", "Ask for fewer.")
        if params.logprobs is not None and not can.logprobs:
            raise Unsupported(f"This server gives no log-probabilities: {can.why['logprobs']}.", "Leave them out.")
        if params.top_k and not can.top_k:
            raise Unsupported(f"This server does not follow top_k: {can.why['top_k']}.", "Leave top_k at 0.")

    async def _count(self, text: str) -> int:
        if not self._findings.counts:
            return len(estimated_ends(text))
        told = await self._exchange.patiently(
            lambda: tokenized(self._client, self._findings.model.id, text), may_repeat=lambda: True
        )
        return count_told(told) or 0

    async def _count_once(self, text: str) -> int:
        """As `_count`, roughly where the server does not say so at once: an answer that is there must not be lost."""
        try:
            told = await tokenized(self._client, self._findings.model.id, text) if self._findings.counts else {}
        except ServerError:
            told = {}
        return count_told(told) or len(estimated_ends(text))


def _told(position: int, error: EngineError) -> Failed:
    """The fault of one request.

    Raises:
        EngineError: the same one, where every other request would meet it as well.
    """
    if isinstance(error, Unsupported) or (isinstance(error, ServerError) and error.kind in ("connect", "tls")):
        raise error
    return Failed(position, error)


def _seedless(request: Request) -> Request:
    return replace(request, params=replace(request.params, seed=None))
