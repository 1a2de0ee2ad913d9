"""The relay page's handlers, which answer what its script asks and sends. Know no component.

A visitor's page names its work by a key that it made itself and keeps; a key is as good as a password, and nobody
else is told it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from playground.app.border import Answer, told, wait_for_news, whole
from playground.app.kept import Kept, Most
from playground.app.keys import check_key
from playground.app.questions import QuestionList
from playground.app.relay.acts import perform
from playground.app.relay.desk import Desk
from playground.app.relay.doing import Act, Doing, Solo
from playground.app.relay.form import Form
from playground.app.relay.inquiries import Ask, answered
from playground.app.relay.shelf import Shelf
from playground.app.relay.view import Seen
from playground.app.room import Room, Visitor
from playground.engine.pool import Pool
from playground.errors import InvalidInput, PlaygroundError
from playground.models import ModelCard
from playground.serialization import STRICT, from_dict
from playground.store import Store
from playground.trajectory import Trajectory

UPDATE_SECONDS = 0.08
"""A page is told no more often than this."""
LONGEST_NAME = 60
LONGEST_TEXT = 20_000
"""Characters that an act may bring; a file may have more (see `opening`)."""
IN_MEMORY = Most(seconds=600, pieces=256, tokens=250_000)
"""The rest is in the store alone, but for the probabilities of its tokens."""
MOST_SOLOS = 64


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
        self, pool: Pool, cards: Mapping[str, ModelCard], store: Store, questions: QuestionList, room: Room
    ) -> None:
        self.questions = questions
        self._room = room
        self._pool = pool
        self._store = store
        self._cards = cards
        self._desks = Kept[Desk](IN_MEMORY)
        self._lock = Lock()
        self._solos: dict[Solo, Trajectory] = {}

    async def look(self, data: Any) -> Answer:
        """What is new for a page, as soon as there is something; `data` says what it has seen."""
        try:
            look = from_dict(Look, data)
            desk = self._desk(look.key, look.visitor)
        except InvalidInput as error:
            return {"error": str(error)}
        if desk.writing:
            await asyncio.sleep(UPDATE_SECONDS)
        await wait_for_news(lambda: desk.version != look.version, UPDATE_SECONDS / 2)
        seen = Seen(drawing=look.drawing, rows=look.rows, notes=look.notes, tail=look.tail)
        return desk.news(seen, look.tree)

    @told
    def ask(self, data: Any) -> Answer:
        """The answer to a question about a piece of work."""
        ask = from_dict(Ask, data)
        return answered(ask, self._desk(ask.key, ask.visitor))

    def sessions(self, data: Any) -> list[dict[str, Any]]:
        """The visitor's sessions, the one changed last first."""
        visitor = str(data.get("visitor", ""))
        return [asdict(entry) for entry in self._store.entries(visitor)] if visitor.isascii() and visitor else []

    @told
    def rename(self, data: Any) -> Answer:
        """Give a session another name."""
        desk = self._desk(str(data.get("key", "")), str(data.get("visitor", "")))
        desk.rename(whole(str(data.get("text", ""))).strip()[:LONGEST_NAME])
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
            key, visitor = str(data.pop("key", "")), str(data.pop("visitor", ""))
            desk = self._desk(key, visitor)
            act = from_dict(Act, data)
            if act.verb != "open" and len(act.text) > LONGEST_TEXT:
                raise InvalidInput(
                    f"The text has {len(act.text):,} characters.", f"At most {LONGEST_TEXT:,} are allowed here."
                )
            desk.form = asdict(form)
            desk.visitor = Visitor(visitor or key, address)  # of several who share a session, the one who acts
            perform(
                Doing(
                    act=act,
                    desk=desk,
                    form=form,
                    cards=self._cards,
                    pool=self._pool,
                    solos=self._solos,
                    free_place=lambda: self._room.free_place(desk.visitor),
                    questions=self.questions,
                )
            )
        except PlaygroundError as error:
            return str(error)
        finally:
            self._let_go()
        return ""

    def busy(self, model: str) -> bool:
        """Whether somebody writes with a model."""
        writing = [desk for desk in self._desks.pieces() if desk.writing]
        return any(member.name == model for desk in writing for member in desk.cast.members)

    def _let_go(self) -> None:
        """Let go of what models have written alone, where that is much."""
        with self._lock:
            while len(self._solos) > MOST_SOLOS:
                del self._solos[next(iter(self._solos))]

    def _desk(self, key: str, visitor: str = "") -> Desk:
        """The desk of a session; one that nobody has looked at for long is only in the store.

        Raises:
            InvalidInput: no key, or what was saved under it cannot be read.
        """
        check_key(key, visitor)
        shelf = Shelf(store=self._store, key=key, visitor=visitor)
        return self._desks.find_or_make(key, lambda: Desk(self._pool, self._room, shelf))
