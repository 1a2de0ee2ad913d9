"""The border between the page of outcomes and the work: what it asks, sends and looks at. Knows no component."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from playground.app.beginning import Continued, begin_session
from playground.app.keys import check_key
from playground.app.outcomes_form import CutPlace, OutcomesForm, cut_trajectory, fields_of, order, relay_fields
from playground.app.outcomes_run import OutcomesRun
from playground.app.questions import QuestionList, shipped
from playground.app.room import Limits, Room, Visitor
from playground.engine.pool import Pool
from playground.errors import InvalidInput, PlaygroundError
from playground.models import ModelCard
from playground.serialization import STRICT, from_dict
from playground.store import Store

UPDATE_SECONDS = 0.15
"""A page is told no more often than this."""
WAIT_SECONDS = 4.0
"""How long a page waits for news before it asks again."""
RUNS_AT_ONCE = 2
"""Of all visitors, one of each; further ones wait."""
FORGET_SECONDS = 3600.0
"""After which a run that nobody looks at is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Run was pressed."""

    __pydantic_config__ = STRICT

    key: str
    visitor: str
    cut: CutPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a page has seen so far."""

    __pydantic_config__ = STRICT

    key: str
    run: int = 0
    version: int = 0
    samples: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a page asks about its run."""

    __pydantic_config__ = STRICT

    key: str
    visitor: str
    arm: str = ""
    number: int = 0
    form: str = ""


class OutcomesHandlers:
    """What can be done on the page, for all visitors; a key names the run of one tab of one browser."""

    def __init__(
        self,
        pool: Pool,
        cards: Sequence[ModelCard],
        store: Store,
        questions: QuestionList | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`questions` are those to choose from, by default the shipped ones; drawing has a budget of its own."""
        self.questions = questions or shipped()
        self._pool = pool
        self._store = store
        self._cards: Mapping[str, ModelCard] = {card.name: card for card in cards}
        self._room = Room(replace(limits or Limits(), at_once=RUNS_AT_ONCE, visitor_at_once=1))
        self._runs: dict[str, OutcomesRun] = {}
        self._lock = Lock()

    def start(self, data: Any, form: OutcomesForm, address: str = "") -> str:
        """Begin a run of a page at a network address; returns what is wrong, or nothing."""
        try:
            start = from_dict(Start, data)
            check_key(start.key, start.visitor)
            here = None if start.cut is None else cut_trajectory(start.cut, self._store)
            asked = order(form, here, self._cards, self.questions)
            with self._lock:
                before = self._runs.get(start.key)
                if before is not None and before.running:
                    raise InvalidInput("The samples before are still being drawn.", "Stop them first.")
                self._forget()
                place = self._room.enter(Visitor(start.visitor or start.key, address))
                self._runs[start.key] = OutcomesRun(asked, form, self._pool, place)
        except PlaygroundError as error:
            return str(error)
        return ""

    async def look(self, data: Any) -> dict[str, Any]:
        """What is new for a page, as soon as there is something."""
        try:
            look = from_dict(Look, data)
        except InvalidInput as error:
            return {"error": str(error)}
        until = time.monotonic() + WAIT_SECONDS
        await asyncio.sleep(UPDATE_SECONDS)
        while time.monotonic() < until:
            run = self._runs.get(look.key)
            if run is not None:
                run.looked = time.monotonic()
                if (run.number, run.version) != (look.run, look.version):
                    return run.news(look.samples if run.number == look.run else 0)
            await asyncio.sleep(UPDATE_SECONDS / 2)
        return {"run": look.run}

    def busy(self, model: str) -> bool:
        """Whether somebody draws from a model."""
        with self._lock:
            return any(run.uses(model) for run in self._runs.values())

    def stop(self, data: Any) -> dict[str, str]:
        """Stop the run of a page."""
        run = self._runs.get(str(data.get("key", "")) if isinstance(data, dict) else "")
        if run is not None:
            run.stop()
        return {}

    def open(self, data: Any) -> dict[str, str]:
        """A session of the relay page that begins with a sample: its key."""
        try:
            ask, run = self._asked(data)
            sample = run.sample(ask.arm, ask.number)
            start = sample.trajectory.cut(sample.begun)
            continued = Continued(sample.trajectory, sample.ending, shown=True)
            fields = relay_fields(run.form, sample.seed)
            return {"session": begin_session(self._store, ask.visitor, start, fields, continued)}
        except InvalidInput as error:
            return {"error": str(error)}

    def file(self, data: Any) -> dict[str, str]:
        """A file of a run's samples."""
        try:
            ask, run = self._asked(data)
            name, kind, text = run.file(ask.form)
        except InvalidInput as error:
            return {"error": str(error)}
        return {"name": name, "type": kind, "text": text}

    def cut(self, data: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where a page is to begin: what it shows of the cut, and the fields that the session's form has."""
        try:
            place = from_dict(CutPlace, data)
            here = cut_trajectory(place, self._store)
        except InvalidInput as error:
            return {"error": str(error)}, {}
        steered = any(segment.author.kind == "steer" for segment in here.segments)
        told = {"question": here.question, "text": here.text, "steered": steered}
        fields = {**fields_of(place, self._store), "question": here.question, "gold": here.gold or ""}
        return told, fields

    def _asked(self, data: Any) -> tuple[Ask, OutcomesRun]:
        ask = from_dict(Ask, data)
        run = self._runs.get(ask.key)
        if run is None:
            raise InvalidInput("Nothing was drawn here, or it was long ago.", "Press Run.")
        return ask, run

    def _forget(self) -> None:
        now = time.monotonic()
        for key, run in list(self._runs.items()):
            if not run.running and now - run.looked > FORGET_SECONDS:
                del self._runs[key]
