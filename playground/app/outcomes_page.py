"""The page of outcomes: its components and what they are wired to. Holds no logic: the handlers do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import gradio as gr

from playground.app.events import AT_ONCE
from playground.app.form import shipped
from playground.app.outcomes_form import MOST_SAMPLES, OutcomesForm
from playground.app.outcomes_handlers import OutcomesHandlers
from playground.app.relay_page import BUDGETS, RULES
from playground.app.theme import scripts, static
from playground.models import ModelCard, availability

ARMS = [("A alone", "A"), ("B alone", "B"), ("A → B", "A-B"), ("B → A", "B-A")]
STEERS = [
    ("none but what stands there", ""),
    ("a distractor", "distractor"),
    ("a guide", "guide"),
    ("own words", "text"),
]
BEHIND = [("both ways", "both"), ("with it", "with"), ("without it", "without")]


def outcomes_page(handlers: OutcomesHandlers, cards: Sequence[ModelCard]) -> None:
    """Draw the page on which the cards' models go on from one place, again and again."""
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="settings", min_width=0):
            components = {**_question(), **_models(cards), **_arms(), **_steer(), **_sampling()}
            _buttons()
        with gr.Column(elem_id="stage", min_width=0):
            notice, outcomes = _stage(handlers)
    _wire(handlers, components, notice, outcomes)


def _question() -> dict[str, Any]:
    known = list(shipped().values())
    with gr.Group():
        chosen = gr.Dropdown(_titles(), value=known[0].id, label="Question", filterable=True, elem_id="question")
        text = gr.Textbox(known[0].problem, label="Question", lines=4, max_lines=8, show_label=False, elem_id="asked")
        gold = gr.Textbox(known[0].answer, label="Correct answer", max_lines=1, placeholder="optional")
    chosen.input(lambda name: (shipped()[name].problem, shipped()[name].answer), chosen, [text, gold], **AT_ONCE)
    return {"question": text, "gold": gold}


def _titles() -> list[tuple[str, str]]:
    return [(f"{item.id} · {item.problem}"[:90], item.id) for item in shipped().values()]


def _models(cards: Sequence[ModelCard]) -> dict[str, Any]:
    """Those that can run here."""
    able = [card.name for card in cards if availability(card).available]
    first = next((name for name in able if name.endswith("oak-plain")), able[0] if able else None)
    second = next((name for name in able if name.endswith("elm-reflective")), first)
    with gr.Group():
        a = gr.Dropdown(able, value=first, label="Model A", elem_id="model-a")
        b = gr.Dropdown(able, value=second, label="Model B", elem_id="model-b")
    return {"model_a": a, "model_b": b}


def _arms() -> dict[str, Any]:
    with gr.Group():
        arms = gr.CheckboxGroup(ARMS, value=[value for _, value in ARMS], label="Who goes on", elem_id="arms")
        with gr.Row():
            kind = gr.Dropdown(RULES, value="steps", label="The first writes until", min_width=120)
            value = gr.Textbox("2", label="How many, or which", max_lines=1, min_width=90)
        n = gr.Number(
            20, label=f"Samples of each, at most {MOST_SAMPLES}", precision=0, min_width=60, elem_id="samples"
        )
    kind.change(lambda kind: gr.update(visible=kind != "close"), kind, value, **AT_ONCE)
    return {"arms": arms, "rule_kind": kind, "rule_value": value, "n": n}


def _steer() -> dict[str, Any]:
    with gr.Accordion("Steer", open=False, elem_id="steer"):
        kind = gr.Dropdown(STEERS, value="", label="Put in")
        behind = gr.Radio(BEHIND, value="both", label="Where there is a steer, draw")
        by = gr.Radio(["A", "B"], value="A", label="Cut from what this one thinks")
        titles = [("another question", ""), *_titles()]
        question = gr.Dropdown(titles, value="", label="Distractor from", filterable=True)
        share = gr.Number(20, label="First %", min_width=60)
        text = gr.Textbox("", label="Own words", lines=2)
    return {
        "steer": kind,
        "behind": behind,
        "steer_by": by,
        "steer_question": question,
        "steer_share": share,
        "steer_text": text,
    }


def _sampling() -> dict[str, Any]:
    with gr.Group():
        with gr.Row():
            seed = gr.Number(0, label="Seed", precision=0, min_width=60)
            temperature = gr.Number(0.6, label="Temperature", min_width=60, step=0.1)
            tokens = gr.Number(1024, label="Max tokens", precision=0, min_width=60)
        with gr.Row():
            budget = gr.Number(None, label="Thinking budget", precision=0, min_width=60, placeholder="tokens; none")
            then = gr.Dropdown(BUDGETS, value="answer", label="At the budget", min_width=120)
    return {
        "seed": seed,
        "temperature": temperature,
        "max_tokens": tokens,
        "thinking_budget": budget,
        "at_budget": then,
    }


def _buttons() -> None:
    """The script sends what is pressed, and says which can be."""
    with gr.Row(elem_id="draw"):
        gr.Button("Run", variant="primary", elem_id="run", min_width=40)
        gr.Button("Stop", variant="secondary", elem_id="stop", interactive=False, min_width=40)


def _stage(handlers: OutcomesHandlers) -> tuple[gr.HTML, gr.HTML]:
    async def look(data: Any) -> dict[str, Any]:
        return await handlers.look(data)

    def stop(data: Any) -> dict[str, str]:
        return handlers.stop(data)

    def open_sample(data: Any) -> dict[str, str]:
        return handlers.open(data)

    def file(data: Any) -> dict[str, str]:
        return handlers.file(data)

    def cut(data: Any) -> dict[str, Any]:
        return handlers.cut(data)[0]

    notice = gr.HTML(
        {"text": ""},
        html_template='<p class="notice" role="alert" hidden></p>',
        js_on_load=static("notice.js"),
        apply_default_css=False,
    )
    outcomes = gr.HTML(
        "",
        html_template=static("outcomes.html"),
        js_on_load=scripts("outcomes"),
        apply_default_css=False,
        server_functions=[look, stop, open_sample, file, cut],
        elem_id="outcomes",
    )
    return notice, outcomes


def _wire(handlers: OutcomesHandlers, components: Mapping[str, Any], notice: gr.HTML, outcomes: gr.HTML) -> None:
    names = [field.name for field in fields(OutcomesForm)]
    inputs = [components[name] for name in names]

    def start(event: gr.EventData, *values: Any) -> dict[str, str]:
        return {"text": handlers.start(dict(event._data), OutcomesForm(**dict(zip(names, values, strict=True))))}

    outcomes.start(start, inputs, notice, **AT_ONCE)

    def restore(event: gr.EventData) -> list[Any]:
        filled = handlers.cut(dict(event._data))[1]
        return [filled.get(name, gr.skip()) for name in names]

    outcomes.restore(restore, None, inputs, **AT_ONCE)
