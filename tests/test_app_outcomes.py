"""The work behind the page of outcomes: what may be asked, and who sees what. Without a browser."""

import asyncio
import time
from typing import Any

import pytest

from playground.app.outcomes.form import OutcomesForm
from playground.app.outcomes.handlers import OutcomesHandlers
from playground.app.questions import shipped
from playground.app.room import Limits, Room
from playground.branches import Branch, Tree
from playground.engine.base import Engine
from playground.engine.pool import Pool
from playground.engine.scripted import ScriptedEngine
from playground.models import ModelCard
from playground.store import Store, Work
from playground.thinking import QWEN3_TAGS
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory

QUESTION = "Mia has 3 eggs. She buys 4 eggs. How many eggs does Mia have?"
OAK = Author(kind="model", name="quick")
CARDS = {name: ModelCard(name=name, engine="scripted", source="", think=QWEN3_TAGS) for name in ("quick", "slow")}
SOURCE = SteerSource(kind="distractor", question="?", question_id="t1-0003", author=OAK, proportion=0.2)
STEERED = Trajectory(question=QUESTION, gold="7").extend(
    Segment(text="3 + 4 = 7.\n", author=OAK),
    Segment(text="Ann has 5.\n", author=Author(kind="steer", name="quick"), provenance=Provenance(steer=SOURCE)),
    Segment(text="So 5.\n", author=OAK),
)


class KnownPool(Pool):
    def get(self, card: ModelCard, on_progress: Any = None) -> Engine:
        if card.name == "quick":
            return ScriptedEngine(name="quick")
        return ScriptedEngine(script=lambda prompt, seed: "word " * 9_000, name="slow", token_seconds=0.02)


def form(**fields: Any) -> OutcomesForm:
    usual = {"model_a": "quick", "model_b": "quick", "question": QUESTION, "gold": "7", "rule_kind": "steps"}
    numbers = {"rule_value": "1", "n": 3, "arms": [], "seed": 0, "temperature": 0.6, "max_tokens": 100}
    return OutcomesForm(**{**usual, **numbers, **fields})


@pytest.fixture
def handlers() -> OutcomesHandlers:
    return OutcomesHandlers(KnownPool(), CARDS, Store(None), shipped(), Room())


def start(handlers: OutcomesHandlers, key: str = "mine", cut: Any = None, visitor: str = "me", **fields: Any) -> str:
    return handlers.start({"key": key, "visitor": visitor, "cut": cut}, form(**fields))


def news(handlers: OutcomesHandlers, key: str = "mine") -> dict[str, Any]:
    return asyncio.run(handlers.look({"key": key}))


def finished(handlers: OutcomesHandlers, key: str = "mine") -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = news(handlers, key)
        if found.get("status") in ("finished", "stopped", "failed"):
            return found
    raise AssertionError("it never ended")


def test_every_arm_has_its_samples_and_figures(handlers: OutcomesHandlers) -> None:
    assert start(handlers) == ""
    found = finished(handlers)
    assert [arm["arm"] for arm in found["arms"]] == ["A", "B", "A-B", "B-A"]
    assert len(found["samples"]) == found["progress"]["finished"] == 12
    assert handlers.file({"key": "mine", "visitor": "me", "form": "condition"})["name"].startswith("condition-")
    assert "error" in handlers.file({"key": "mine", "visitor": "me", "form": "exe"})
    assert all(arm["n"] == 3 and arm["correct"]["n"] == 3 for arm in found["arms"])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"n": 0}, "number of samples"),
        ({"n": 101}, "Give 1 to 100"),
        ({"n": None}, "number of samples"),
        ({"n": 100, "max_tokens": 32_000}, "might take 12,800,000 tokens"),
        ({"max_tokens": 10**6}, "token limit"),
        ({"arms": ["C"]}, "is not an arm"),
        ({"question": " "}, "question is empty"),
        ({"model_a": "nobody"}, "not chosen"),
        ({"rule_value": "x"}, "is not a hand-over rule"),
        ({"steer": "distractor", "steer_share": 0}, "between 0 and 100"),
    ],
)
def test_what_is_too_much_or_makes_no_sense_is_refused(handlers: OutcomesHandlers, fields: dict, says: str) -> None:
    assert says in start(handlers, **fields)
    assert handlers.file({"key": "mine", "visitor": "me", "form": "csv"})["error"].startswith("Nothing was drawn")


def test_what_only_shows_when_it_is_drawn_is_told(handlers: OutcomesHandlers) -> None:
    assert start(handlers, steer="text", steer_text=" ") == ""
    assert "The steer is empty" in finished(handlers)["why"]


def test_a_session_is_cut_and_its_steer_makes_the_arms(handlers: OutcomesHandlers) -> None:
    branch = Branch(made="steer", trajectory=STEERED)
    handlers._store.save("work", "me", Work(form={"model_a": "quick", "seed": 5.0}, tree=Tree().grow(branch)), [0])
    place = {"work": "work", "branch": 0, "offset": 22}
    told, fields = handlers.cut(place)
    assert (told["text"], told["steered"]) == ("3 + 4 = 7.\nAnn has 5.\n", True)
    assert (fields["model_a"], fields["seed"], fields["question"]) == ("quick", 5.0, QUESTION)
    assert start(handlers, cut=place, arms=["A"]) == ""
    found = finished(handlers)
    assert [arm["arm"] for arm in found["arms"]] == ["A", "A+steer"]
    assert [arm.get("adopted") is not None for arm in found["arms"]] == [False, True]
    for wrong in ({"work": "other"}, {"branch": 1}, {"branch": -1}, {"offset": 10**6}, {"odd": 1}):
        assert "error" in handlers.cut({**place, **wrong})[0]


def test_a_sample_becomes_a_session_that_writes_the_same(handlers: OutcomesHandlers) -> None:
    start(handlers, arms=["A-B"])
    finished(handlers)
    key = handlers.open({"key": "mine", "visitor": "me", "arm": "A-B", "number": 1})["session"]
    work = handlers._store.load(key)
    sample = handlers._runs.find("mine").sample("A-B", 1)
    assert work is not None
    assert work.tree.current is not None
    assert work.tree.current.trajectory == sample.trajectory
    assert work.tree.branches[0].trajectory.text == ""
    assert work.form["seed"] == sample.seed
    assert "error" in handlers.open({"key": "mine", "visitor": "me", "arm": "A-B", "number": 9})


def test_stop_ends_what_is_drawn_and_what_waits(handlers: OutcomesHandlers) -> None:
    keys = [f"key {number}" for number in range(Limits().comparisons_at_once + 1)]
    for key in keys:
        assert start(handlers, key, visitor=key, model_a="slow", arms=["A"], max_tokens=9_000, n=2) == ""
    while news(handlers, keys[0])["status"] != "drawing":
        time.sleep(0.05)
    assert news(handlers, keys[-1])["status"] == "waiting"
    assert news(handlers, keys[-1])["before"] == 0
    assert "still being drawn" in start(handlers, keys[0])
    assert "One of your comparisons is already writing or waiting" in start(handlers, "another", visitor=keys[0])
    begun = time.monotonic()
    for key in keys:
        handlers.stop({"key": key})
    assert {finished(handlers, key)["status"] for key in keys} == {"stopped"}
    assert time.monotonic() - begun < 5


def test_a_visitor_has_a_budget_and_what_is_finished_stays() -> None:
    limited = OutcomesHandlers(KnownPool(), CARDS, Store(None), shipped(), Room(Limits(tokens_per_hour=200)))
    assert start(limited, n=30, arms=["A"]) == ""
    found = finished(limited)
    assert found["status"] == "stopped"
    assert "200 tokens of this hour are spent" in found["why"]
    assert 0 < found["progress"]["finished"] < 30
    assert "are spent" in start(limited)


def test_a_steer_is_of_the_budget() -> None:
    limited = OutcomesHandlers(KnownPool(), CARDS, Store(None), shipped(), Room(Limits(tokens_per_hour=10)))
    assert start(limited, arms=["A"], steer="distractor", steer_question="t1-0003") == ""
    found = finished(limited)
    assert (found["status"], found["samples"]) == ("stopped", [])
    assert "10 tokens of this hour are spent" in found["why"]


def test_stop_ends_the_writing_of_a_steer(handlers: OutcomesHandlers) -> None:
    wanted = {"steer": "distractor", "steer_question": "t1-0003", "max_tokens": 9_000}
    assert start(handlers, model_a="slow", arms=["A"], n=1, **wanted) == ""
    while not news(handlers)["progress"]["tokens"]:
        time.sleep(0.05)
    handlers.stop({"key": "mine"})
    begun = time.monotonic()
    assert (finished(handlers)["status"], finished(handlers)["why"]) == ("stopped", "")
    assert time.monotonic() - begun < 5


def test_nobody_without_the_key_sees_or_stops_a_run(
    handlers: OutcomesHandlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.app.border.WAIT_SECONDS", 0.3)
    start(handlers, model_a="slow", arms=["A"], max_tokens=9_000, n=1)
    assert "arms" not in news(handlers, "another's")
    handlers.stop({"key": "another's"})
    assert news(handlers)["status"] in ("waiting", "loading", "drawing")
    assert "error" in handlers.file({"key": "another's", "visitor": "me", "form": "csv"})
    assert "error" in handlers.open({"key": "another's", "visitor": "me", "arm": "A", "number": 0})
    handlers.stop({"key": "mine"})
    finished(handlers)


def test_a_model_that_is_drawn_from_is_busy(handlers: OutcomesHandlers) -> None:
    assert start(handlers, model_b="slow", arms=["B"]) == ""
    assert (handlers.busy("slow"), handlers.busy("another")) == (True, False)
    handlers.stop({"key": "mine"})
    finished(handlers)
    assert not handlers.busy("slow")
