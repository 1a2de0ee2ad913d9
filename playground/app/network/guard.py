"""The outermost middleware, which refuses requests that are not for the page and sets headers.

Knows no page and no handler. It stands before Gradio's own middleware, whose check of origins trusts the Host header.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import Any, Final

from starlette.requests import ClientDisconnect

from playground.app.network.origin import Hosts, asking, refusal
from playground.app.network.routes import is_open, longest_body

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Of every answer: nobody else is contacted, frames the page, guesses types, or learns the address of a session."""


class _Body:
    """A request's body, as long as no more than so many bytes come; their number may not have been told before."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    @property
    def too_long(self) -> bool:
        return self._left < 0

    async def receive(self) -> Message:
        message = {"type": "http.disconnect"} if self.too_long else await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.too_long else message


class Guard:
    """ASGI middleware. What it refuses nothing else has seen."""

    def __init__(self, app: Application, hosts: Hosts, pages: Sequence[str]) -> None:
        """`pages` are the paths of the application's pages."""
        self._app = app
        self._hosts = hosts
        self._pages = pages

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif why := refusal(scope, self._hosts, self._pages):
            await _refuse(_with_headers(send), 403, why)
        elif not is_open(scope["method"], scope["path"], self._pages):
            await _refuse(_with_headers(send), 404, "There is nothing here.")
        else:
            asking.set((scope.get("client") or ("",))[0])
            await self._answer(scope, receive, _with_headers(send))

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        most = longest_body(scope["path"])
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if not told.isdigit() or int(told) > most:
            await _refuse(send, 413, f"A request may have at most {most:,} bytes.")
            return
        body = _Body(receive, most)

        async def send_unless_too_long(message: Message) -> None:
            if not body.too_long:
                await send(message)

        with suppress(ClientDisconnect):
            await self._app(scope, body.receive, send_unless_too_long)
        if body.too_long:
            await _refuse(send, 413, f"A request may have at most {most:,} bytes.")


def _with_headers(send: Send) -> Send:
    own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            others = [header for header in message.get("headers", []) if header[0].decode().lower() not in HEADERS]
            message = {**message, "headers": [*others, *own]}
        await send(message)

    return send_with_headers


async def _refuse(send: Send, status: int, why: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
