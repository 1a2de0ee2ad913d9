"""The form: what it accepts, and how it says what is wrong."""

import re
from dataclasses import replace

import pytest

from playground.app.form import LONGEST_QUESTION, MOST_TOKENS, Form, read, shipped
from playground.errors import PlaygroundError
from playground.hand_over import Rule
from playground.models import ModelCard
from playground.thinking import QWEN3_TAGS, ThinkTags
from playground.thinking_budget import ThinkingBudget

CARDS = {
    "here": ModelCard(name="here", engine="scripted", source="", think=QWEN3_TAGS),
    "silent": ModelCard(name="silent", engine="scripted", source="", think=ThinkTags(open=None, close=None)),
    "away": ModelCard(name="away", engine="transformers", source="no-such-folder", think=QWEN3_TAGS),
}
FORM = Form(
    model_a="here",
    model_b="here",
    question="How many?",
    gold="",
    mode="hand-off",
    rule_kind="steps",
    rule_value="2",
    schedule="A:2,B:1",
    seed=0,
    temperature=0.6,
    max_tokens=100,
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"question": " \n"}, "question is empty"),
        ({"question": "x" * (LONGEST_QUESTION + 1)}, "20,001 characters"),
        ({"gold": "many"}, "not an integer"),
        ({"model_a": None}, "Model A is not chosen"),
        ({"model_b": "away"}, "Model B, away, cannot run here"),
        ({"rule_value": "0"}, "'steps:0' is no hand-over rule"),
        ({"rule_kind": "cue", "rule_value": "("}, "no regular expression"),
        ({"mode": "schedule", "schedule": "A:1,C:2"}, "names C"),
        ({"seed": None}, "seed is not a whole number"),
        ({"temperature": None}, "temperature is empty"),
        ({"temperature": -1}, "temperature must be at least 0"),
        ({"max_tokens": 0}, "max_tokens must be at least 1"),
        ({"max_tokens": MOST_TOKENS + 1}, "token limit is 32,769"),
        ({"thinking_budget": 1.5}, "thinking budget is not a whole number"),
        ({"thinking_budget": -1}, "thinking budget of -1 tokens is impossible"),
        ({"thinking_budget": 9, "model_b": "silent"}, "silent has no think tags"),
    ],
)
def test_what_cannot_be_is_said(change: dict[str, object], says: str) -> None:
    with pytest.raises(PlaygroundError, match=re.escape(says)) as raised:
        read(replace(FORM, **change), CARDS)
    assert raised.value.hint


def test_a_thinking_budget_is_read_with_what_happens_then() -> None:
    assert read(FORM, CARDS).budget is None
    asked = replace(FORM, thinking_budget=40.0, at_budget="stop")
    assert read(asked, CARDS).budget == ThinkingBudget(tokens=40, then="stop")


def test_a_shipped_question_keeps_its_id_until_it_is_changed() -> None:
    known = shipped()["t1-0001"]
    form = replace(FORM, question=known.problem, gold=known.answer)
    assert read(form, CARDS).start.question_id == "t1-0001"
    assert read(replace(form, question=known.problem + " Say why."), CARDS).start.question_id is None


def test_close_needs_no_value() -> None:
    assert read(replace(FORM, rule_kind="close", rule_value=""), CARDS).plan == Rule("close")
