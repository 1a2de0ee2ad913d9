"""The components of the relay page's form: what is asked, who writes until when, and how. Holds no logic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from playground.app.events import AT_ONCE
from playground.app.offer import Offer
from playground.app.questions import QuestionList
from playground.app.relay.form import MODEL_FIELDS
from playground.app.relay.models_form import models_form, sampling_form
from playground.app.relay.turns_picture import picture

RULES = [
    ("steps", "steps"),
    ("sentences", "sentences"),
    ("tokens", "tokens"),
    ("percent", "percent"),
    ("a cue", "cue"),
    ("it is unsure", "entropy"),
    ("its thinking ends", "close"),
]
HOW_MANY = "How many"
RULE_VALUES = {"percent": "% of its thinking", "cue": "Regular expression", "entropy": "Entropy over, bits"}
"""What a rule's value is, where it is not how many."""
BUDGETS = [("it answers", "answer"), ("it stops", "stop")]
BUTTONS = {
    "run": "Run",
    "hand-over": "Hand over now",
    "stop": "Stop",
    "pause": "Pause",
    "continue": "Continue",
    "retry": "Retry",
    "undo": "↶ Undo",
    "redo": "↷ Redo",
}


QUESTION_LIST = ("source", "listed")
"""The fields from which a question is chosen, which are no fields of `Form`."""


def relay_form(offer: Offer, questions: QuestionList) -> dict[str, Any]:
    """The components by the names of `Form`'s fields."""
    asked = question_form(questions)
    models = models_form(offer)
    fields = [models[name] for name in MODEL_FIELDS]
    form = {**asked, **models, **_hand_over(fields), **_sampling(fields), **_steer(questions)}
    _buttons()
    return form


def question_form(questions: QuestionList) -> dict[str, Any]:
    """A question that is chosen or written, its correct answer, and where it is chosen."""
    source = next(iter(questions.sources))
    first, *_ = questions.sources[source]
    with gr.Group(elem_id="question-form"):
        sources = gr.Radio(list(questions.sources), value=source, label="Questions", elem_id="sources")
        chosen = gr.Dropdown(
            question_titles(questions, source), value=first.id, label="Question", filterable=True, show_label=False
        )
        text = gr.Textbox(
            first.text, label="Question", lines=4, max_lines=8, placeholder="Choose one above or write your own."
        )
        gold = gr.Textbox(first.gold, label="Correct answer", max_lines=1, placeholder="optional")

    def of_source(source: str) -> tuple[Any, str, str]:
        first = questions.sources[source][0]
        return gr.Dropdown(question_titles(questions, source), value=first.id), first.text, first.gold

    def of_id(question_id: str) -> tuple[str, str]:
        return questions.by_id[question_id].text, questions.by_id[question_id].gold

    def own(text: str, question_id: str | None) -> list[Any]:
        # the chosen question's answer is not that of what is written over it
        written_over = question_id and text != questions.by_id[question_id].text
        return [None, ""] if written_over else [gr.skip(), gr.skip()]

    sources.input(of_source, sources, [chosen, text, gold], **AT_ONCE)
    chosen.input(of_id, chosen, [text, gold], **AT_ONCE)
    text.change(own, [text, chosen], [chosen, gold], **AT_ONCE)
    return {"question": text, "gold": gold, **dict(zip(QUESTION_LIST, (sources, chosen), strict=True))}


def in_list(questions: QuestionList, text: str | None) -> list[Any]:
    """The fields of `QUESTION_LIST` where a question is asked that nobody has just chosen there."""
    if text is None:
        return [gr.skip(), gr.skip()]
    found = questions.asking(text)
    if found is None:
        return [gr.skip(), gr.Dropdown(value=None)]
    source = next(name for name, listed in questions.sources.items() if found in listed)
    return [source, gr.Dropdown(question_titles(questions, source), value=found.id)]


def question_titles(questions: QuestionList, source: str) -> list[tuple[str, str]]:
    """The questions of one source as a list shows them, and their ids."""
    return [(f"{item.id} · {' '.join(item.text.split())}"[:90], item.id) for item in questions.sources[source]]


def _hand_over(models: Sequence[gr.Dropdown]) -> dict[str, Any]:
    with gr.Group():
        mode = gr.Radio([("in order", "hand-off"), ("taking turns", "schedule")], value="hand-off", label="Hand-over")
        with gr.Row() as rule:
            kind, value = rule_form("A writes until")
        schedule = gr.Textbox("A:2,B:1", label="Turns, in steps", max_lines=1, visible=False)
        drawn = gr.HTML(picture("hand-off", "steps:2", "", 2), elem_id="turns", padding=False)
    mode.change(
        lambda mode: (gr.update(visible=mode == "hand-off"), gr.update(visible=mode == "schedule")),
        mode,
        [rule, schedule],
        **AT_ONCE,
    )

    def draw(mode: str, kind: str, value: str, schedule: str, *names: str | None) -> str:
        rule = kind if kind == "close" else f"{kind}:{value.strip()}"
        return picture(mode, rule, schedule, 2 + sum(bool(name) for name in names[2:]))

    inputs = [mode, kind, value, schedule, *models]
    gr.on([field.change for field in inputs], draw, inputs, drawn, **AT_ONCE)
    return {"mode": mode, "rule_kind": kind, "rule_value": value, "schedule": schedule}


def rule_form(label: str) -> tuple[gr.Dropdown, gr.Textbox]:
    """When a writer hands over: the kind of rule and its value, which is named after the kind."""
    kind = gr.Dropdown(RULES, value="steps", label=label, min_width=120)
    value = gr.Textbox("2", label=HOW_MANY, max_lines=1, min_width=90)
    kind.change(
        lambda kind: gr.update(visible=kind != "close", label=RULE_VALUES.get(kind, HOW_MANY)), kind, value, **AT_ONCE
    )
    return kind, value


def _sampling(models: Sequence[gr.Dropdown]) -> dict[str, Any]:
    with gr.Group():
        return {**shared_sampling_form(), **sampling_form(models)}


def shared_sampling_form() -> dict[str, Any]:
    """How all models are sampled, and the limit on what they think."""
    with gr.Row():
        seed = gr.Number(0, label="Seed", precision=0, min_width=60)
        temperature = gr.Number(0.6, label="Temperature", min_width=60, step=0.1)
        tokens = gr.Number(1024, label="Max tokens", precision=0, min_width=60)
    with gr.Row():
        budget = gr.Textbox(label="Thinking budget", placeholder="no limit", max_lines=1, min_width=60)
        then = gr.Dropdown(BUDGETS, value="answer", label="At the budget", min_width=120)
    return {
        "seed": seed,
        "temperature": temperature,
        "max_tokens": tokens,
        "thinking_budget": budget,
        "at_budget": then,
    }


def _steer(questions: QuestionList) -> dict[str, Any]:
    """How the steers are cut that a click on a step puts in."""
    titles = [title for source in questions.sources for title in question_titles(questions, source)]
    with gr.Accordion("Steer", open=False, elem_id="steer"):
        question = gr.Dropdown([("another question", ""), *titles], value="", label="Distractor from", filterable=True)
        model = gr.Radio([("the model itself", "own"), ("the next one", "other")], value="own", label="Written by")
        with gr.Row():
            share = gr.Number(20, label="First %", min_width=60)
            position = gr.Textbox(label="Position %", placeholder="here", max_lines=1, min_width=60)
            protocol = gr.Dropdown(["paper", "release"], value="paper", label="Protocol", min_width=90)
        transition = gr.Dropdown(
            [("the protocol's own", ""), ("none", "none")], value="", label="Transition", allow_custom_value=True
        )
    return {
        "steer_transition": transition,
        "steer_question": question,
        "steer_model": model,
        "steer_share": share,
        "steer_position": position,
        "steer_protocol": protocol,
    }


def _buttons() -> None:
    """Pressed, each sends an act of its own name; the script says which can be pressed."""
    with gr.Row(elem_id="buttons"):
        for name, label in BUTTONS.items():
            kind = "primary" if name == "run" else "secondary"
            gr.Button(label, variant=kind, interactive=False, elem_id=name, elem_classes="act", min_width=40)
