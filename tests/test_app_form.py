"""The form: what it accepts, and how it says what is wrong."""

import json
import re
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from playground.app.events import filling
from playground.app.questions import QuestionList, shipped, with_folder
from playground.app.relay.form import LONGEST_QUESTION, MOST_TOKENS, Form, read
from playground.errors import InvalidInput, PlaygroundError
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
        ({"gold": "x" * 3000}, "3,000 characters"),
        ({"model_a": None}, "Model A is not chosen"),
        ({"model_b": "away"}, "Model B, away, cannot run here"),
        ({"rule_value": "0"}, "'steps:0' is not a hand-over rule"),
        ({"rule_kind": "cue", "rule_value": "("}, "not a regular expression"),
        ({"rule_kind": "cue", "rule_value": "(a+)+b"}, "too long to look for"),
        ({"mode": "schedule", "schedule": "A:1,C:2"}, "names C"),
        ({"seed": None}, "seed is not a whole number"),
        ({"temperature": None}, "temperature is empty"),
        ({"temperature_b": "hot"}, "temperature of B is not a number: 'hot'"),
        ({"top_p_a": "0"}, "top_p must be above 0"),
        ({"model_c": "away"}, "Model C, away, cannot run here"),
        ({"temperature": -1}, "temperature must be at least 0"),
        ({"max_tokens": 0}, "max_tokens must be at least 1"),
        ({"max_tokens": MOST_TOKENS + 1}, "token limit is 32,769"),
        ({"thinking_budget": "1.5"}, "thinking budget is not a whole number"),
        ({"thinking_budget": "nan"}, "thinking budget is not a number"),
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
    assert read(replace(FORM, thinking_budget=" "), CARDS).budget is None
    asked = replace(FORM, thinking_budget="40", at_budget="stop")
    assert read(asked, CARDS).budget == ThinkingBudget(tokens=40, then="stop")


def test_a_shipped_question_keeps_its_id_until_it_is_changed() -> None:
    known = shipped().by_id["t1-0001"]
    form = replace(FORM, question=known.text, gold=known.gold)
    assert read(form, CARDS).start.question_id == "t1-0001"
    assert read(replace(form, question=known.text + " Say why."), CARDS).start.question_id is None


def test_each_model_is_sampled_as_asked_of_it_or_else_as_asked_of_all() -> None:
    form = replace(FORM, model_c="here", temperature_b="0", top_p_c=0.5)
    params = read(form, CARDS).params
    assert [each.temperature for each in params] == [0.6, 0.0, 0.6]
    assert [each.top_p for each in params] == [0.95, 0.95, 0.5]


def test_three_models_write_one_after_the_other() -> None:
    setup = read(replace(FORM, model_c="silent"), CARDS)
    assert [card.name for card in setup.cards] == ["here", "here", "silent"]
    assert [place for place, _ in zip(setup.writers(), range(5), strict=False)] == [0, 1, 2, 0, 1]


def test_a_fourth_model_needs_a_third() -> None:
    with pytest.raises(InvalidInput, match="Model C is not chosen"):
        read(replace(FORM, model_d="here"), CARDS)


def test_questions_come_from_the_files_of_a_folder(tmp_path: Path) -> None:
    rows = [{"id": "q1", "problem": "How many?", "answer": "3"}, {"id": "q2", "problem": "Which?", "answer": "1/2"}]
    (tmp_path / "mine.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    found = with_folder(tmp_path)
    assert list(found.sources) == ["tier 1", "tier 2", "tier 3", "mine"]
    assert read(replace(FORM, question="Which?", gold="1/2"), CARDS, found).start.question_id == "q2"
    assert found.after("q1", "3") == found.by_id["q2"]
    assert QuestionList({"mine": found.sources["mine"][:1]}).after("q1", "3") is None


@pytest.mark.parametrize("folder", ["absent", "."])
def test_a_folder_without_questions_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(InvalidInput, match="Give another --data-dir"):
        with_folder(tmp_path / folder)


def test_close_needs_no_value() -> None:
    assert read(replace(FORM, rule_kind="close", rule_value=""), CARDS).plan == Rule("close")


def test_a_list_is_filled_with_what_it_holds_alone() -> None:
    names = ["listed", "unlisted", "own", "text", "left"]
    lists = [gr.Dropdown(["a", "b"], value="b") for _ in range(2)]
    fields = [*lists, gr.Dropdown(["a"], allow_custom_value=True), gr.Textbox(), gr.Number()]
    values = {"listed": "a", "unlisted": "\x1b]0;title\x07", "own": "c", "text": "\x1b[31m", "other": 1}
    assert filling(fields, names, values) == ["a", gr.skip(), "c", "\x1b[31m", gr.skip()]
