"""Who may talk to the page: browsers that opened it from this machine. Knows nothing of what is served.

A page on another site can point a name of its own at this machine's loopback address and would then pass for the same
origin. So requests must name a loopback host and, where they say where they come from, the very same origin. Answers
carry a content security policy that keeps the browser from contacting anybody else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
_REFUSAL = b"This page answers only to this machine's own address, such as 127.0.0.1 or localhost.\n"


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def network_address(host: str) -> str:
    """The address of a visitor in the network; empty for one at this machine."""
    return "" if is_loopback(host) else host


class OwnOrigin:
    """ASGI middleware that refuses requests from elsewhere with 403, before anything sees them."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif _is_own(dict(scope["headers"])):
            await self._app(scope, receive, _with_policy(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL})


def _is_own(headers: dict[bytes, bytes]) -> bool:
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin")
    if b"x-forwarded-host" in headers or not is_loopback(_hostname(f"//{host}")):
        return False
    return origin is None or origin.decode("latin-1").partition("://")[2] == host


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _with_policy(send: Send) -> Send:
    async def send_with_policy(message: Message) -> None:
        if message["type"] == "http.response.start":
            policy = (b"content-security-policy", _POLICY.encode())
            message = {**message, "headers": [*message["headers"], policy]}
        await send(message)

    return send_with_policy
