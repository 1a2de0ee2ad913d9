"""The models as the models page shows them: what each can do, how much memory it takes, and its exact prompts.

Anybody may look. Visitors add models only where the operator allows it. Only operators load and unload models: the
named users or, where nobody else can reach the page, whoever is at this machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from playground.app.border import Answer, told
from playground.app.network.address import Network
from playground.app.offer import Offer, told_availability
from playground.engine.base import Engine
from playground.engine.pool import Pool
from playground.errors import InvalidInput, PlaygroundError
from playground.machine import this_machine
from playground.model_report import report_on, report_unloaded
from playground.models import ModelCard


class Catalogue:
    """The models on offer, and their engines in the pool. Safe to use from several threads."""

    def __init__(self, pool: Pool, offer: Offer, network: Network, busy: Callable[[str], bool]) -> None:
        """`busy` says whether somebody writes with a model."""
        self._pool = pool
        self._offer = offer
        self._network = network
        self._busy = busy
        self._loading: set[str] = set()

    def models(self) -> Answer:
        """All models in short, and the memory of the machine."""
        machine = this_machine()
        rows = [self._row(card) for card in self._offer.values()]
        held = sum(row["held_bytes"] or 0 for row in rows)
        memory = {"memory_bytes": machine.memory_bytes, "device": machine.device, "held_bytes": held}
        return {"models": rows, "open": self._offer.open, **memory}

    @told
    def add(self, data: Any) -> Answer:
        """Offer a model that a visitor names, where the operator allows it; returns the name."""
        return {"name": self._offer.add(str(data.get("name", ""))).name}

    def model(self, name: str, user: str) -> dict[str, Any]:
        """One model with its exact prompts; what is wrong with the request is returned under `error`.

        Where it lies on the machine is told to operators alone.
        """
        try:
            card = self._card(name)
            engine = self._pool.loaded_engine(card)
            here = told_availability(card)
            if card.unavailable:
                report: dict[str, Any] = {
                    "prompts": {},
                    "capabilities": None,
                    "sampling": {},
                    "think": {},
                    "contradictions": [],
                }
            else:
                why = here.why or "it is loaded when somebody writes with it"
                report = (report_on(card, engine) if engine else report_unloaded(card, why)).to_dict()
        except PlaygroundError as error:
            return {"error": str(error)}
        operator = self.operates(user)
        return {**report, **self._row(card), "source": card.source if operator else "", "operator": operator}

    def act(self, verb: str, name: str, user: str) -> str:
        """Load or unload a model; returns what is wrong, or nothing."""
        try:
            card = self._card(name)
            if not self.operates(user):
                raise InvalidInput("Only an operator may do that.", "Ask whoever serves the page.")
            if verb == "load":
                self._load(card)
            elif verb == "unload":
                self._unload(card)
            else:
                raise InvalidInput(f"There is nothing called {verb[:40]!r} to do.", "Load the page again.")
        except PlaygroundError as error:
            return str(error)
        return ""

    def operates(self, user: str) -> bool:
        """Whether a user may load and unload."""
        return self._network.local or user in self._network.operators

    def _load(self, card: ModelCard) -> None:
        self._loading.add(card.name)
        try:
            self._pool.get(card)
        finally:
            self._loading.discard(card.name)

    def _unload(self, card: ModelCard) -> None:
        if self._busy(card.name):
            raise InvalidInput(f"Somebody is writing with {card.name}.", "Unload it when nobody is.")
        self._pool.unload(card)

    def _card(self, name: str) -> ModelCard:
        if name not in self._offer:
            raise InvalidInput(f"There is no model called {name[:40]!r}.", "Choose one from the list.")
        return self._offer[name]

    def _row(self, card: ModelCard) -> dict[str, Any]:
        engine = self._pool.loaded_engine(card)
        here = told_availability(card)
        return {
            "name": card.name,
            "engine": card.engine,
            "state": self._state(card, engine, here.available),
            "why": here.why,
            "note": here.note,
            "needs_bytes": here.needs_bytes,
            "held_bytes": engine.memory_bytes if engine else None,
            "identity": asdict(engine.identity) if engine else None,
        }

    def _state(self, card: ModelCard, engine: Engine | None, available: bool) -> str:
        if card.name in self._loading:
            return "loading"
        if engine is not None:
            return "in use" if self._busy(card.name) else "loaded"
        return "not loaded" if available else "not here"
