"""The border between the page and the work: what the page asks, sends and looks at. Knows no component.

A visitor's page names its work by a key that it made itself and keeps; a key is as good as a password, and nobody
else is told it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Semaphore
from typing import Any

from playground.app.acts import perform
from playground.app.desk import Desk
from playground.app.doing import Act, Doing
from playground.app.form import Form
from playground.app.origins import origin
from playground.app.view import Seen
from playground.engine.pool import Pool
from playground.errors import InvalidInput, PlaygroundError
from playground.models import ModelCard
from playground.serialization import STRICT, from_dict
from playground.trajectory import Trajectory

UPDATE_SECONDS = 0.05
"""A page is told no more often than this."""
WAIT_SECONDS = 4.0
"""How long a page waits for news before it asks again."""
RELAYS_AT_ONCE = 16
"""Further ones wait."""
LONGEST_KEY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a page has seen so far."""

    __pydantic_config__ = STRICT

    key: str
    version: int = 0
    tree: int = 0
    drawing: int = 0
    rows: int = 0
    notes: int = 0
    tail: int = 0


class Handlers:
    """What can be done on the page, for all visitors; the pool is shared, everything else is a visitor's own."""

    def __init__(self, pool: Pool, cards: Sequence[ModelCard]) -> None:
        self._pool = pool
        self._cards: Mapping[str, ModelCard] = {card.name: card for card in cards}
        self._room = Semaphore(RELAYS_AT_ONCE)
        self._desks: dict[str, Desk] = {}
        self._solos: dict[tuple[str, str, int], Trajectory] = {}

    async def look(self, data: Any) -> dict[str, Any]:
        """What is new for a page, as soon as there is something; `data` says what it has seen."""
        try:
            look = from_dict(Look, data)
            desk = self._desk(look.key)
        except InvalidInput as error:
            return {"error": str(error)}
        until = time.monotonic() + WAIT_SECONDS
        desk.looked = time.monotonic()
        if desk.writing:
            await asyncio.sleep(UPDATE_SECONDS)
        while desk.version == look.version and time.monotonic() < until:
            await asyncio.sleep(UPDATE_SECONDS / 2)
        seen = Seen(drawing=look.drawing, rows=look.rows, notes=look.notes, tail=look.tail)
        return desk.news(seen, look.tree)

    def take(self, data: Any) -> dict[str, str]:
        """A file of what one looks at; `data` says of whose work, and in which form."""
        trajectory = self._desk(str(data.get("key", ""))).shown
        text = json.dumps(trajectory.to_dict(), ensure_ascii=False, indent=2) + "\n"
        return {"name": "trajectory.json", "type": "application/json", "text": text}

    def tell(self, data: Any) -> dict[str, Any]:
        """Where the text at an offset comes from, in lines."""
        trajectory = self._desk(str(data.get("key", ""))).shown
        return {"lines": origin(trajectory, int(data.get("offset", 0)))}

    def act(self, data: Any, form: Form) -> str:
        """Do what the page sent; returns what is wrong, or nothing."""
        try:
            key = str(data.pop("key", ""))
            act = from_dict(Act, data)
            doing = Doing(
                act=act, desk=self._desk(key), form=form, cards=self._cards, pool=self._pool, solos=self._solos
            )
            perform(doing)
        except PlaygroundError as error:
            return str(error)
        return ""

    def _desk(self, key: str) -> Desk:
        if not key or len(key) > LONGEST_KEY:
            raise InvalidInput("The page has no key.", "Load it again.")
        return self._desks.setdefault(key, Desk(self._pool, self._room))
