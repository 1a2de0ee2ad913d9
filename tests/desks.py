"""Desks over scripted engines, for tests of the work behind the page: how an act is done, and waited for."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from playground.app.relay.acts import perform
from playground.app.relay.desk import Desk
from playground.app.relay.doing import Act, Doing, Solo
from playground.app.relay.form import Form
from playground.app.relay.shelf import Shelf
from playground.app.room import Limits, Room
from playground.branches import Branch
from playground.engine.base import Engine
from playground.engine.pool import Pool
from playground.engine.scripted import ScriptedEngine
from playground.models import ModelCard
from playground.store import Store
from playground.thinking import NO_TAGS, QWEN3_TAGS
from playground.trajectory import Author, Trajectory

OAK = Author(kind="model", name="oak")
QUESTION = "Mia has 4 figs. She buys 5 more figs. She eats 2 figs."
LONG = "".join(f"Line {n} adds {n}.\n" for n in range(2000))
CARDS = {
    "oak": ModelCard(name="oak", engine="scripted", source="", think=QWEN3_TAGS),
    "slow": ModelCard(name="slow", engine="scripted", source="", think=QWEN3_TAGS),
    "bare": ModelCard(name="bare", engine="scripted", source="", think=NO_TAGS),
    "counts": ModelCard(name="counts", engine="scripted", source="", think=QWEN3_TAGS),
}
ROOM = Room(Limits(visitor_at_once=1))


class KnownPool(Pool):
    """The scripted engines by name."""

    def get(self, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Engine:
        if card.name == "slow":
            return ScriptedEngine(lambda _prompt, _seed: LONG, "slow", token_seconds=0.01)
        if card.name == "counts":
            return ScriptedEngine(lambda prompt, _seed: rf"\boxed{{{prompt.count('Line')}}}", "counts")
        return ScriptedEngine(name=card.name)


def form(**fields: Any) -> Form:
    usual = {"model_a": "oak", "model_b": "oak", "question": QUESTION, "gold": "7", "mode": "hand-off", "seed": 0}
    rule = {"rule_kind": "steps", "rule_value": "2", "schedule": "A:1,B:1", "temperature": 0.6, "max_tokens": 2000}
    return Form(**{**usual, **rule, **fields})


def new_desk(store: Store, key: str = "key") -> Desk:
    return Desk(KnownPool(), ROOM, Shelf(store=store, key=key, visitor=uuid4().hex))


def do(desk: Desk, verb: str, filled: Form | None = None, **details: Any) -> None:
    act = Act(verb=verb, **details)
    perform(doing(desk, act, filled or form()))


def doing(desk: Desk, act: Act, filled: Form, solos: dict[Solo, Trajectory] | None = None) -> Doing:
    return Doing(
        act=act,
        desk=desk,
        form=filled,
        cards=CARDS,
        pool=KnownPool(),
        solos={} if solos is None else solos,
        free_place=lambda: ROOM.free_place(desk.visitor),
    )


def wait(desk: Desk) -> Branch:
    deadline = time.monotonic() + 30
    while desk.writing and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not desk.writing
    assert desk.tree.current is not None
    return desk.tree.current
