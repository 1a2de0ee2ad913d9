"""A server's API key: read from the environment, sent in one header, and shown nowhere. Knows no request."""

from __future__ import annotations

import os
from collections.abc import Generator

import httpx

from playground.errors import InvalidInput

VARIABLE = "OPENAI_API_KEY"


class Key(httpx.Auth):
    """Signs requests; without a key it leaves them as they are. It can be neither printed nor pickled."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "<a key>" if self._value else "<no key>"

    def __reduce__(self) -> str:
        raise TypeError("A key is not to be saved.")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Put the key into the request's header."""
        if self._value:
            request.headers["Authorization"] = f"Bearer {self._value}"
        yield request

    def hidden(self, text: str) -> str:
        """The text without the key: servers like to repeat it in their errors."""
        return text.replace(self._value, "[key]") if self._value else text


def key_from_environment() -> Key:
    """The key that OPENAI_API_KEY holds, or none.

    Raises:
        InvalidInput: it holds what no header can.
    """
    value = os.environ.get(VARIABLE, "").strip()
    if not (value.isascii() and value.isprintable()):
        raise InvalidInput(f"{VARIABLE} holds characters that no key has.", "Set it again.")
    return Key(value)
