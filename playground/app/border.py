"""Takes what a page's script sends, and sends it what it asked for, an error, or news. Knows no page."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from playground.errors import PlaygroundError

T = TypeVar("T")
Answer = dict[str, Any]

WAIT_SECONDS = 4.0
"""How long a page waits for news before it asks again."""


_HALF = re.compile("[\ud800-\udfff]")


def whole(sent: Any) -> Any:
    """What a page sent; half a character in a text, which nothing can write, becomes U+FFFD."""
    if isinstance(sent, dict):
        return {name: whole(value) for name, value in sent.items()}
    return _HALF.sub("\ufffd", sent) if isinstance(sent, str) else sent


def told(answer: Callable[[T, Any], Answer]) -> Callable[[T, Any], Answer]:
    """A method that answers a page: what is wrong with the request is returned under `error`."""

    @wraps(answer)
    def answered(self: T, data: Any) -> Answer:
        try:
            return answer(self, data)
        except PlaygroundError as error:
            return {"error": str(error)}

    return answered


async def wait_for_news(there_is: Callable[[], bool], pause: float) -> bool:
    """Whether there is news before the page has waited long enough; looks every `pause` seconds."""
    until = time.monotonic() + WAIT_SECONDS
    while not there_is():
        if time.monotonic() >= until:
            return False
        await asyncio.sleep(pause)
    return True
