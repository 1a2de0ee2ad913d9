"""The border between the page and the work: what the page asks, sends and looks at. Knows no component.

A visitor's page names its work by a key that it made itself and keeps; a key is as good as a password, and nobody
else is told it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import Any

from playground.app.acts import perform
from playground.app.desk import Desk
from playground.app.doing import Act, Doing
from playground.app.form import Form
from playground.app.inquiries import Ask, answered
from playground.app.keys import check_key
from playground.app.questions import QuestionList, shipped
from playground.app.room import Limits, Room
from playground.app.shelf import Shelf
from playground.app.view import Seen
from playground.engine.pool import Pool
from playground.errors import InvalidInput, PlaygroundError
from playground.models import ModelCard
from playground.serialization import STRICT, from_dict
from playground.store import Store
from playground.trajectory import Trajectory

UPDATE_SECONDS = 0.08
"""A page is told no more often than this."""
WAIT_SECONDS = 4.0
"""How long a page waits for news before it asks again."""
LONGEST_NAME = 60
LONGEST_TEXT = 20_000
"""Characters that an act may bring; a file may have more (see `opening`)."""
FORGET_SECONDS = 600.0
"""After which work that nobody looks at is taken out of memory."""
MOST_DESKS = 256
"""In memory; of more, those that nobody has looked at for longest are forgotten first."""
MOST_SOLOS = 64
ALONE = ("distract", "guide", "probe")
"""Acts for which a model writes before they return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a page has seen so far."""

    __pydantic_config__ = STRICT

    key: str
    visitor: str = ""
    version: int = 0
    tree: int = 0
    drawing: int = 0
    rows: int = 0
    notes: int = 0
    tail: int = 0


class Handlers:
    """What can be done on the page, for all visitors; the pool is shared, everything else is a visitor's own."""

    def __init__(
        self,
        pool: Pool,
        cards: Sequence[ModelCard],
        store: Store,
        questions: QuestionList | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`questions` are those to choose from, by default the shipped ones."""
        self.questions = questions or shipped()
        self.room = Room(limits)
        self._pool = pool
        self._store = store
        self._cards: Mapping[str, ModelCard] = {card.name: card for card in cards}
        self._desks: dict[str, Desk] = {}
        self._lock = Lock()
        self._solos: dict[tuple[str, str, int], Trajectory] = {}

    async def look(self, data: Any) -> dict[str, Any]:
        """What is new for a page, as soon as there is something; `data` says what it has seen."""
        try:
            look = from_dict(Look, data)
            desk = self._desk(look.key, look.visitor)
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

    def ask(self, data: Any) -> dict[str, Any]:
        """The answer to a question about a piece of work, or what is wrong with the question."""
        try:
            ask = from_dict(Ask, data)
            return answered(ask, self._desk(ask.key, ask.visitor))
        except InvalidInput as error:
            return {"error": str(error)}

    def sessions(self, data: Any) -> list[dict[str, Any]]:
        """The visitor's sessions, the one changed last first."""
        visitor = str(data.get("visitor", ""))
        return [asdict(entry) for entry in self._store.entries(visitor)] if visitor else []

    def rename(self, data: Any) -> dict[str, str]:
        """Give a session another name."""
        try:
            desk = self._desk(str(data.get("key", "")), str(data.get("visitor", "")))
        except InvalidInput as error:
            return {"error": str(error)}
        desk.rename(str(data.get("text", "")).strip()[:LONGEST_NAME])
        return {}

    def form(self, key: str, visitor: str) -> Mapping[str, Any]:
        """The form as it was last sent for a session; empty for a new one."""
        try:
            return self._desk(key, visitor).form
        except InvalidInput:
            return {}

    def act(self, data: Any, form: Form, address: str = "") -> str:
        """Do what the page at a network address sent; returns what is wrong, or nothing."""
        try:
            desk = self._desk(str(data.pop("key", "")), str(data.pop("visitor", "")))
            act = from_dict(Act, data)
            if act.verb != "open" and len(act.text) > LONGEST_TEXT:
                raise InvalidInput(
                    f"The text has {len(act.text):,} characters.", f"At most {LONGEST_TEXT:,} are taken here."
                )
            desk.form = asdict(form)
            desk.visitor = desk.visitor._replace(address=address)
            self._perform(
                Doing(
                    act=act,
                    desk=desk,
                    form=form,
                    cards=self._cards,
                    pool=self._pool,
                    solos=self._solos,
                    questions=self.questions,
                )
            )
        except PlaygroundError as error:
            return str(error)
        return ""

    def busy(self, model: str) -> bool:
        """Whether somebody writes with a model."""
        with self._lock:
            writing = [desk for desk in self._desks.values() if desk.writing]
        return any(member.name == model for desk in writing for member in desk.cast.members)

    def _perform(self, doing: Doing) -> None:
        if doing.act.verb not in ALONE:
            perform(doing)
            return
        with self.room.free_place(doing.desk.visitor) as place:
            perform(replace(doing, spend=place.spend))
        with self._lock:
            while len(self._solos) > MOST_SOLOS:
                del self._solos[next(iter(self._solos))]

    def _desk(self, key: str, visitor: str = "") -> Desk:
        """The desk of a session; one that nobody has looked at for long is only in the store.

        Raises:
            InvalidInput: no key, or what was saved under it cannot be read.
        """
        check_key(key, visitor)
        with self._lock:
            if key not in self._desks:
                self._forget()
                self._desks[key] = Desk(self._pool, self.room, Shelf(store=self._store, key=key, visitor=visitor))
            return self._desks[key]

    def _forget(self) -> None:
        now = time.monotonic()
        idle = sorted((desk.looked, key) for key, desk in self._desks.items() if not desk.writing)
        for looked, key in idle:
            if now - looked > FORGET_SECONDS or len(self._desks) >= MOST_DESKS:
                del self._desks[key]
