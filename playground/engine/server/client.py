"""HTTP requests to one server, with its key, its time limits and its faults. Knows no model and no prompt.

Redirections are not followed, so that the key reaches no other server.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from playground.cards.server_address import ServerAddress
from playground.engine.server.event_stream import EventParser
from playground.engine.server.faults import event_fault, prepared, status_fault, translated
from playground.engine.server.key import Key, key_from_environment
from playground.errors import InvalidInput, ServerError

LONGEST_BODY = 64 << 20
"""Bytes of an answer that comes in one piece."""
LONGEST_ERROR = 1 << 16
ASKING_SECONDS = 30.0
"""How long a server may take to say what it is and has."""
DRAINED_BLOCKS = 16
"""Blocks that are read after the end of a stream, so that its connection can be used again."""
GRACE_SECONDS = 2.0
"""How long is waited for what follows a finished answer: the usage and the end of the stream."""
DONE = "[DONE]"

Body = Mapping[str, Any]
Need = Literal["more", "end", "nothing"]
"""What a reader still needs of a stream: more of the answer; only its end; or nothing, so that it is broken off."""
Take = Callable[[dict[str, Any]], Need]
"""Takes an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How patient a client is, in seconds, and how much it asks for at once."""

    max_connections: int = 32
    connect_seconds: float = 10.0
    timeout: float = 300.0
    """How long a stream may be silent."""
    answer_seconds: float = 3600.0
    """How long an answer in one piece may take."""
    retry_seconds: float = 120.0
    """How long one request is tried again."""
    first_pause: float = 0.5
    trusted: bool = True
    """Whether whoever serves here named the server: then it gets the key, and the directory that it names is read."""

    def __post_init__(self) -> None:
        if self.max_connections < 1:
            raise InvalidInput(f"max_connections is {self.max_connections}.", "Give at least 1.")
        limits = (self.connect_seconds, self.timeout, self.answer_seconds)
        if not all(seconds > 0 for seconds in limits) or not self.retry_seconds >= 0:
            raise InvalidInput("A server's time limit is not above 0.", "Give seconds.")


class ServerClient:
    """The connections to one server; all its coroutines run in one event loop."""

    def __init__(self, address: ServerAddress, settings: ServerSettings) -> None:
        self.address = address
        self.settings = settings
        self._key = key_from_environment() if settings.trusted else Key("")
        with prepared(address):
            self._http = httpx.AsyncClient(
                auth=self._key,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=settings.max_connections),
                headers={"User-Agent": "off-trajectory"},
            )

    def __repr__(self) -> str:
        return f"ServerClient({self.address.base_url})"

    async def get(self, url: str) -> Any:
        """The JSON value at an address.

        Raises:
            ServerError: as `translated`, for a status that is no success, and for what is not JSON.
        """
        seconds = min(ASKING_SECONDS, self.settings.timeout)
        async with self._opened("GET", url, None, seconds) as response:
            return await self._json(response, seconds)

    async def post_object(self, url: str, body: Body, seconds: float | None = None) -> dict[str, Any]:
        """The JSON object that answers a request, within `answer_seconds` where nothing shorter is given.

        Raises:
            ServerError: as `get`, also for an error that comes as a success.
        """
        seconds = self.settings.answer_seconds if seconds is None else seconds
        async with self._opened("POST", url, body, seconds) as response:
            return self._object(await self._json(response, seconds))

    async def stream(self, url: str, body: Body, take: Take) -> None:
        """Hand on the events that answer a request, until no more of them is needed or the stream has ended.

        Raises:
            ServerError: as `get`; "cut" if the stream ends before the answer does.
        """
        need: Need = "more"
        async with self._opened("POST", url, body, self.settings.timeout) as response:
            self._check_type(response, "text/event-stream")
            async with asyncio.timeout(self.settings.timeout) as silence, aclosing(_events(response)) as events:
                async for data in events:
                    need = need if data == DONE else take(self._object(self._parsed(data)))
                    if need == "nothing":
                        return
                    wait = self.settings.timeout if need == "more" and data != DONE else GRACE_SECONDS
                    silence.reschedule(asyncio.get_running_loop().time() + wait)
        if need == "more":
            raise ServerError(self.address.host, "cut", "ended the stream before the answer was finished")

    async def close(self) -> None:
        await self._http.aclose()

    @asynccontextmanager
    async def _opened(self, method: str, url: str, body: Body | None, seconds: float) -> AsyncIterator[httpx.Response]:
        """A response that began well, and `seconds` after the connection at the latest, however slowly it comes."""
        connect = self.settings.connect_seconds
        timeout = httpx.Timeout(seconds, connect=connect, pool=None)
        with translated(self.address.host):
            async with (
                asyncio.timeout(connect + seconds) as beginning,
                self._http.stream(method, url, json=body, timeout=timeout) as response,
            ):
                if not response.is_success:
                    said = await _beginning(response)
                    raise status_fault(self.address.host, response, said, self._key)
                beginning.reschedule(None)
                yield response

    async def _json(self, response: httpx.Response, seconds: float) -> Any:
        self._check_type(response, "application/json")
        async with asyncio.timeout(seconds):
            blocks, size = [], 0
            async for block in response.aiter_bytes():
                blocks.append(block)
                size += len(block)
                if size > LONGEST_BODY:
                    raise ServerError(self.address.host, "endless", "sends an answer without end")
        return self._parsed(b"".join(blocks))

    def _object(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise ServerError(self.address.host, "malformed", "sent what is not a JSON object")
        error = data.get("error") or (data if data.get("object") == "error" else None)
        if error is not None:
            raise event_fault(self.address.host, error, self._key)
        return data

    def _parsed(self, body: bytes | str) -> Any:
        try:
            return json.loads(body)
        except (ValueError, RecursionError):  # not UTF-8, not JSON, or nested without end
            raise ServerError(self.address.host, "malformed", "sent what is not JSON") from None

    def _check_type(self, response: httpx.Response, wanted: str) -> None:
        given = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given != wanted:
            raise ServerError(self.address.host, "malformed", f"sent {given[:60] or 'no type'} instead of {wanted}")


async def _events(response: httpx.Response) -> AsyncGenerator[str]:
    """The data of each event; what comes after the last one is read and forgotten."""
    parser = EventParser()
    left: int | None = None
    async for block in response.aiter_bytes():
        if left is None:
            for data in parser.feed(block):
                yield data
                if data == DONE:
                    left = DRAINED_BLOCKS
                    break
        elif left == 0:
            return
        else:
            left -= 1


async def _beginning(response: httpx.Response) -> bytes:
    said = b""
    async for block in response.aiter_bytes():
        said += block
        if len(said) > LONGEST_ERROR:
            break
    return said
