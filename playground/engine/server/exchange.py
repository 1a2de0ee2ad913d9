"""Sends one request to one server, reads the answer, and tries again where that makes sense.

An answer that was finished is never asked for again; one that broke off after something of it was shown is never
begun anew, but told as an error. Knows no batch and no probe.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from secrets import randbits
from typing import Any, TypeVar

from playground.engine.base import Completion, Delta, Request, Token
from playground.engine.server.chunks import MalformedAnswer, chunk_of
from playground.engine.server.client import Need, ServerClient
from playground.engine.server.concurrency import AdaptiveLimit
from playground.engine.server.dialect import Dialect
from playground.engine.server.faults import translated
from playground.engine.server.reading import Reading
from playground.engine.server.retry import Patience
from playground.engine.server.scoring import echo_body, echoed
from playground.errors import ServerError

T = TypeVar("T")
Show = Callable[[Delta], None]


class Exchange:
    """Sends requests to a server, as many at once as it bears; all in one event loop."""

    def __init__(self, client: ServerClient, dialect: Dialect, *, streaming: bool) -> None:
        self._client = client
        self._dialect = dialect
        self._streaming = streaming
        self._url = client.address.base_url + dialect.path
        self.limit = AdaptiveLimit(client.settings.max_connections)

    async def complete(self, request: Request, room: int, show: Show | None = None) -> Completion:
        """The finished answer to a request; `room` is how many new tokens fit, `show` gets what can be shown.

        Raises:
            ServerError: the server failed for good, or after something had been shown.
        """
        seed = randbits(31) if request.params.seed is None else request.params.seed
        body = self._dialect.body(request, seed=seed, room=room, stream=self._streaming)
        shown: list[Delta] = []

        async def attempt() -> Reading:
            reading = Reading(request.params, seed, room)
            await self._send(body, reading, lambda delta: _hand_on(delta, shown, show))
            return reading

        reading = await self.patiently(attempt, lambda: show is None or not shown)
        rest = reading.close()
        if rest is not None and show is not None:
            show(rest)
        return reading.completion()

    async def echo(self, text: str) -> list[Token]:
        """The tokens of a text with their log-probabilities, as far as the server tells them.

        Raises:
            ServerError: as `complete`.
        """
        body = echo_body(self._dialect, text)

        async def attempt() -> list[Token]:
            with translated(self._client.address.host):
                return echoed(await self._client.post_object(self._url, body))

        return await self.patiently(attempt, lambda: True)

    async def patiently(self, attempt: Callable[[], Awaitable[T]], may_repeat: Callable[[], bool]) -> T:
        """What the attempt brings, within the limit of connections; again after a fault that may pass.

        Waiting for one of the connections costs no patience: a request that others keep back is not the server's fault.

        Raises:
            ServerError: the last one, when the patience is over.
        """
        settings = self._client.settings
        patience = Patience(settings.retry_seconds, settings.first_pause)
        while True:
            queued = time.monotonic()
            try:
                async with self.limit:
                    patience.excuse(time.monotonic() - queued)
                    began = self.limit.round
                    found = await attempt()
                self.limit.recover()
                return found
            except ServerError as error:
                if error.kind == "busy":
                    self.limit.back_off(began)
                if not may_repeat():
                    raise
                pause = patience.pause(error)
            await asyncio.sleep(pause)

    async def _send(self, body: dict[str, Any], reading: Reading, show: Show) -> None:
        def take(event: dict[str, Any]) -> Need:
            deltas, need = reading.take(chunk_of(event, alternatives=reading.alternatives))
            for delta in deltas:
                show(delta)
            return need

        try:
            with translated(self._client.address.host):
                if self._streaming:
                    await self._client.stream(self._url, body, take)
                elif take(await self._client.post_object(self._url, body)) == "more":
                    raise MalformedAnswer("sent an answer without its end")
        except ServerError:
            if not reading.finished:  # what goes wrong after the end of an answer does not matter
                raise


def _hand_on(delta: Delta, shown: list[Delta], show: Show | None) -> None:
    if show is not None:
        shown.append(delta)
        show(delta)
