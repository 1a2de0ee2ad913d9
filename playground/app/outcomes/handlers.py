"""The outcomes page's handlers, which answer what its script asks and sends. Know no component."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.app.beginning import Continued, begin_session
from playground.app.border import Answer, told, wait_for_news
from playground.app.kept import Kept, Most
from playground.app.keys import check_key
from playground.app.outcomes.form import CutPlace, OutcomesForm, cut_trajectory, fields_of, order, relay_fields
from playground.app.outcomes.run import OutcomesRun
from playground.app.questions import QuestionList
from playground.app.room import Room, Visitor
from playground.engine.pool import Pool
from playground.errors import InvalidInput, PlaygroundError
from playground.models import ModelCard
from playground.serialization import STRICT, from_dict
from playground.store import Store

UPDATE_SECONDS = 0.15
"""A page is told no more often than this."""
IN_MEMORY = Most(seconds=3600, pieces=256, tokens=8_000_000)
"""A run that is let go is gone: its samples are kept as files and sessions alone."""


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
        self, pool: Pool, cards: Mapping[str, ModelCard], store: Store, questions: QuestionList, room: Room
    ) -> None:
        self.questions = questions
        self._pool = pool
        self._store = store
        self._cards = cards
        self._room = room
        self._runs = Kept[OutcomesRun](IN_MEMORY)

    def start(self, data: Any, form: OutcomesForm, address: str = "") -> str:
        """Begin a run of a page at a network address; returns what is wrong, or nothing."""
        try:
            start = from_dict(Start, data)
            check_key(start.key, start.visitor)
            here = None if start.cut is None else cut_trajectory(start.cut, self._store)
            asked = order(form, here, self._cards, self.questions)
            before = self._runs.find(start.key)
            if before is not None and before.writing:
                raise InvalidInput("The previous samples are still being drawn.", "Stop them first.")
            place = self._room.enter(Visitor(start.visitor or start.key, address), "comparison")
            self._runs.put(start.key, OutcomesRun(asked, form, self._pool, place))
        except PlaygroundError as error:
            return str(error)
        return ""

    async def look(self, data: Any) -> Answer:
        """What is new for a page, as soon as there is something."""
        try:
            look = from_dict(Look, data)
        except InvalidInput as error:
            return {"error": str(error)}

        def news() -> OutcomesRun | None:
            run = self._runs.find(look.key)
            return run if run is not None and (run.number, run.version) != (look.run, look.version) else None

        await asyncio.sleep(UPDATE_SECONDS)
        await wait_for_news(lambda: news() is not None, UPDATE_SECONDS / 2)
        run = news()
        return run.news(look.samples if run.number == look.run else 0) if run is not None else {"run": look.run}

    def busy(self, model: str) -> bool:
        """Whether somebody draws from a model."""
        return any(run.uses(model) for run in self._runs.pieces())

    def stop(self, data: Any) -> dict[str, str]:
        """Stop the run of a page."""
        run = self._runs.find(str(data.get("key", "")) if isinstance(data, dict) else "")
        if run is not None:
            run.stop()
        return {}

    @told
    def open(self, data: Any) -> Answer:
        """A session of the relay page that begins with a sample: its key."""
        ask, run = self._asked(data)
        sample = run.sample(ask.arm, ask.number)
        start = sample.trajectory.cut(sample.begun)
        continued = Continued(sample.trajectory, sample.ending, shown=True)
        fields = relay_fields(run.form, sample.seed)
        return {"session": begin_session(self._store, ask.visitor, start, fields, continued)}

    @told
    def file(self, data: Any) -> Answer:
        """A file of a run's samples."""
        ask, run = self._asked(data)
        name, kind, text = run.file(ask.form)
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
        run = self._runs.find(ask.key)
        if run is None:
            raise InvalidInput("Nothing was drawn here, or it was long ago.", "Press Run.")
        return ask, run
