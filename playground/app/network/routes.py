"""Which of Gradio's routes are open: those that the pages need. Knows no page but by its path.

Gradio also serves files, takes uploads, asks other hosts on a visitor's behalf and more. The pages use none of that:
what is not named here is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LONGEST_BODY: Final = 32_000_000
"""Bytes of a request: the longest file that may be opened, as JSON."""
LONGEST_LOGIN: Final = 10_000
_API: Final = "/gradio_api"
_READ: Final = (
    *("/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt", "/logout"),
    *(f"{_API}/{name}" for name in ("info", "theme.css", "startup-events", "queue/data", "queue/status")),
    *(f"{_API}/{name}" for name in ("user", "login_check")),
)
_READ_BELOW: Final = ("/assets/", "/static/", f"{_API}/heartbeat/")
_WRITTEN: Final = (
    "/login",
    *(f"{_API}/{name}" for name in ("run/predict", "component_server", "queue/join", "cancel", "reset")),
)


def is_open(method: str, path: str, pages: Sequence[str]) -> bool:
    """Whether there is such a route for the visitors of the pages."""
    if ".." in path or "\\" in path or "\0" in path or "//" in path:
        return False
    bare = path.rstrip("/") or "/"
    if method in ("GET", "HEAD"):
        return bare in (*pages, *_READ) or path.startswith(_READ_BELOW)
    return method == "POST" and bare in _WRITTEN


def longest_body(path: str) -> int:
    """Bytes that a request may have."""
    return LONGEST_LOGIN if path.startswith("/login") else LONGEST_BODY
