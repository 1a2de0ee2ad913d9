"""The value that the page draws: exact, only ever added to, and cheap."""

import json
from collections.abc import Iterator
from statistics import mean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.app.relay.cast import Cast
from playground.app.relay.form import Form, Setup, read
from playground.app.relay.notes import right
from playground.app.relay.view import Seen, View
from playground.engine.scripted import Script, ScriptedEngine
from playground.engine.story_script import story_script
from playground.models import ModelCard
from playground.relay import Participant, relay
from playground.steps import split_steps
from playground.thinking import QWEN3_TAGS
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory

QUESTION = "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers."
CARDS = {name: ModelCard(name=name, engine="scripted", source="", think=QWEN3_TAGS) for name in ("first", "second")}
LONG = "".join(f"Then {n} plus 2 makes {n + 2}.\n" for n in range(1000, 1200))
RULES = [
    "steps:1",
    "steps:3",
    "sentences:1",
    "tokens:1",
    "tokens:7",
    "percent:40",
    "cue:Wait",
    "cue:So(?=.*27)",
    "close",
]


def setup(rule: str = "steps:2", schedule: str | None = None, gold: str = "27", **fields: Any) -> Setup:
    kind, _, value = rule.partition(":")
    form = Form(
        model_a="first",
        model_b=fields.get("second", "second"),
        question=QUESTION,
        gold=gold,
        mode="schedule" if schedule else "hand-off",
        rule_kind=kind,
        rule_value=value,
        schedule=schedule or "",
        seed=fields.get("seed", 0),
        temperature=0.6,
        max_tokens=fields.get("max_tokens", 1024),
    )
    return read(form, CARDS)


def watch(asked: Setup, script: Script = story_script) -> Iterator[tuple[View, dict[str, Any]]]:
    """The view and its value after each event, one second apart."""
    writers = [Participant(card=card, engine=ScriptedEngine(script), params=asked.params[0]) for card in asked.cards]
    view = View(asked.start, Cast([card.name for card in asked.cards]))
    view.begin(asked.writers(), 0.0)
    second = 0.0
    for second, event in enumerate(relay(asked.start, asked.turns(writers), asked.seed), 1):
        view.add(event, second)
        yield view, view.news(Seen(), second)
    view.finish()
    yield view, view.news(Seen(), second)


def last(asked: Setup, script: Script = story_script) -> tuple[View, dict[str, Any]]:
    return list(watch(asked, script))[-1]


def text_of(value: dict[str, Any]) -> str:
    tail = [value["tail"]] if value["tail"] else []
    return "".join(row["text"] for row in [*value["rows"], *tail])


@settings(deadline=None)
@given(rule=st.sampled_from(RULES), seed=st.integers(0, 10**6), max_tokens=st.integers(1, 90))
def test_the_rows_join_to_the_trajectory(rule: str, seed: int, max_tokens: int) -> None:
    view, value = last(setup(rule, seed=seed, max_tokens=max_tokens))
    assert text_of(value) == view.trajectory.text


@settings(deadline=None)
@given(schedule=st.sampled_from(["A:1,B:1", "A:2,B:1", "B:3"]), seed=st.integers(0, 10**6))
def test_rows_and_notes_are_only_added_to(schedule: str, seed: int) -> None:
    before: dict[str, Any] = {"rows": [], "notes": []}
    for _, value in watch(setup(schedule=schedule, seed=seed)):
        assert value["drawing"] == before.get("drawing", value["drawing"])
        for name in ("rows", "notes"):
            assert value[name][: len(before[name])] == before[name]
        before = value


def test_what_a_cue_that_looks_ahead_takes_back_is_drawn_again() -> None:
    values = list(watch(setup("cue:24(?=[^€]*15)")))
    view, value = values[-1]
    assert value["drawing"] > values[0][1]["drawing"]
    assert text_of(value) == view.trajectory.text
    assert {row["writer"] for row in value["rows"]} == {0, 1}


def test_numbers_count_the_steps_of_the_thinking() -> None:
    view, value = last(setup("tokens:7", seed=3))
    numbers = [row["number"] for row in value["rows"] if row["number"] is not None]
    assert numbers == list(range(1, len(split_steps(view.trajectory.thinking)) + 1))


def test_each_row_has_its_writer_although_both_have_one_name() -> None:
    _, value = last(setup("steps:2", second="first"))
    assert [row["writer"] for row in value["rows"][:3]] == [0, 0, 1]
    assert value["rows"][2]["passed_by"] == "after 2 steps"


def test_a_note_stands_beside_the_row_it_is_about() -> None:
    _, value = last(setup("steps:2"))
    rows = [*value["rows"], value["tail"]]
    for note in value["notes"]:
        assert note["kind"] != "candidate" or note["text"] in rows[note["row"]]["text"]
    assert any(note["kind"] == "backtrack" and note["row"] == 2 for note in value["notes"])


def test_a_steer_behind_a_steer_says_what_it_is() -> None:
    guide = SteerSource(kind="guide", question="?", author=Author(kind="model", name="b"), proportion=0.2)
    words = SteerSource(kind="text", question="?", author=Author(kind="person", name="you"), proportion=1.0)
    by, transition = Author(kind="steer", name="b"), Author(kind="steer", name="transition")
    segments = (
        Segment(text="One.\n", author=by, provenance=Provenance(steer=guide)),
        Segment(text="Wait. ", author=transition),
        Segment(text="Two.\n", author=Author(kind="steer", name="you"), provenance=Provenance(steer=words)),
    )
    news = View(Trajectory(question="?", segments=segments), Cast(["a"])).news(Seen(), 0.0)
    told = [row["passed_by"] for row in [*news["rows"], news["tail"]]]
    assert told == ["the first 20 % of b on this question", "in your own words"]


@pytest.mark.parametrize(
    ("answer", "gold", "equal"),
    [
        ("1/6", r"\frac{1}{6}", True),
        ("0.5", r"\frac12", True),
        (r"-\dfrac{1}{2}", "-0.5", True),
        (r"\frac{10}{5}", "2", True),
        ("1/3", r"\frac{1}{2}", False),
        ("5", "1/2", False),
        ("2.5", "7", False),
        ("0.33", "1/3", None),
        (r"2\frac{1}{2}", "21/2", None),
        ("1/0", "2", None),
        ("x + 1", "5", None),
    ],
)
def test_a_fraction_is_held_against_the_gold_exactly(answer: str, gold: str, equal: bool | None) -> None:
    assert right(answer, gold) is equal


@pytest.mark.parametrize(("gold", "right"), [("27", True), ("28", False), ("", None)])
def test_a_candidate_is_held_against_the_gold(gold: str, right: bool | None) -> None:
    _, value = last(setup(gold=gold))
    assert value["notes"][-1]["text"] == "27"
    assert value["notes"][-1]["right"] is right


def test_the_legend_counts_tokens_and_seconds_of_each_writer() -> None:
    _, value = last(setup("tokens:7"))
    assert value["writers"][0] | {"rate": 1} == {
        "letter": "A", "name": "first", "kind": "model", "tokens": 7, "rate": 1, "writing": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("own", "told"), [("Mia gives away 9.", "at once"), ("Well. Mia gives 9.", "after about 1 tokens")]
)
def test_after_a_distractor_it_is_noted_when_the_text_leaves_it(own: str, told: str) -> None:
    model = Author(kind="model", name="first")
    source = SteerSource(kind="distractor", question="Zoe has 51 shells.", author=model, proportion=0.2)
    steer = Author(kind="steer", name="first")
    segments = (
        Segment(text="Zoe has 51 shells. ", author=steer, provenance=Provenance(steer=source)),
        Segment(text=own, author=model),
    )
    view = View(Trajectory(question=QUESTION, segments=segments), Cast(["first", "second"]))
    view.finish()
    (note,) = (note for note in view.news(Seen(), 0.0)["notes"] if note["kind"] == "returns")
    assert note["text"] == f"{told}, without a word"


def test_a_trajectory_is_drawn_again_as_it_was_drawn_live() -> None:
    view, value = last(setup("sentences:1", seed=3))
    again = View(view.trajectory, Cast(["first", "second"]))
    again.finish()
    redrawn = again.news(Seen(), 0.0)
    for row in (*redrawn["rows"], *value["rows"]):
        del row["tokens"]  # of a row that is drawn again they are not known
    for name in ("rows", "notes", "tail"):
        assert redrawn[name] == value[name]
    assert [writer["tokens"] for writer in redrawn["writers"]] == [writer["tokens"] for writer in value["writers"]]


def test_an_update_sends_what_is_new_however_long_the_trace() -> None:
    asked = setup("close", max_tokens=2000)
    sizes: list[int] = []
    seen = Seen()
    for view, _ in watch(asked, lambda _prompt, _seed: LONG):
        news = view.news(seen, 0.0)
        tail = news["tail"]
        seen = Seen(
            drawing=news["drawing"],
            rows=seen.rows + len(news["rows"]),
            notes=seen.notes + len(news["notes"]),
            tail=tail["end"] - tail["start"] if tail else 0,
        )
        sizes.append(len(json.dumps(news)))
    assert mean(sizes[-200:-100]) < 1.1 * mean(sizes[100:200])
    assert mean(sizes[-200:-100]) < 900
