"""Decides by Host and Origin whether a request comes from the page itself. Knows nothing of what is served.

A page on another site can point a name of its own at this machine's address and would then pass for the same origin;
so a request must name a host of ours, and where it says where it comes from, that must be the page itself. Headers
that say either twice, or that overrule it, are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final

from playground.errors import InvalidInput

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
_ONCE: Final = ("host", "origin", "x-forwarded-host", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")
_WILDCARDS: Final = ("0.0.0.0", "::")

asking: ContextVar[str] = ContextVar("asking", default="")
"""The network address that the request comes from which is being answered; empty where there is none."""


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


@dataclass(slots=True)
class Hosts:
    """The names under which the page answers."""

    bound: str = "127.0.0.1"
    """The address that it listens on; any of this machine's own where that is a wildcard."""
    named: set[str] = field(default_factory=set)
    """Further ones that the operator gave."""

    def __post_init__(self) -> None:
        for name in self.named:
            if not _HOST.fullmatch(name) or hostname(name) != name.lower():
                raise InvalidInput(f"{name[:80]!r} is not a host name.", "Give one such as lab.example.org.")
        self.named = {name.lower() for name in self.named}

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the page."""
        return is_loopback(self.bound) and all(map(is_loopback, self.named))

    def has(self, host: str, reached: str) -> bool:
        """Whether a Host header is ours, of a connection that reached this machine at an address."""
        name = hostname(host)
        if is_loopback(name) or name in self.named:
            return True
        if is_loopback(self.bound):
            return False
        return name in (self.bound, reached) if self.bound in _WILDCARDS else name == self.bound


def hostname(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    found = _HOST.fullmatch(host)
    return found[1].strip("[]").lower() if found else ""


def refusal(scope: Mapping[str, Any], hosts: Hosts, pages: Sequence[str]) -> str:
    """Why a request is not answered; empty where it is.

    `pages` are the paths that a link on another site may lead to.
    """
    try:
        headers = _read(scope["headers"])
    except ValueError as error:
        return f"The request has more than one {error}."
    host, forwarded = headers.get("host", ""), headers.get("x-forwarded-host")
    reached = str((scope.get("server") or ("",))[0])
    if not hosts.has(host, reached):
        return "The page does not answer to this host's name. If it is yours, serve it with --allowed-host NAME."
    if "x-gradio-server" in headers or (forwarded is not None and hostname(forwarded) not in hosts.named):
        return "The page is not behind a proxy of this name. If it is, serve it with --allowed-host NAME."
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] not in {host, forwarded or host}:
        return "The request comes from another page."
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _follows_link(
        scope, headers, pages
    ):
        return "The request comes from another site."
    return ""


def _read(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name.

    Raises:
        ValueError: one of those that say who asks is there twice; its name.
    """
    found: dict[str, str] = {}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        if name in found and name in _ONCE:
            raise ValueError(name)
        found[name] = value.decode("latin-1")
    return found


def _follows_link(scope: Mapping[str, Any], headers: Mapping[str, str], pages: Sequence[str]) -> bool:
    """Whether somebody clicked on a link to a page, which does nothing but show it."""
    document = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
    return document and scope.get("method") == "GET" and scope["path"] in pages
