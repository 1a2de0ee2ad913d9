"""The outcomes page's components and what they are wired to. Holds no logic: the handlers do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import gradio as gr

from playground.app.border import whole
from playground.app.events import AT_ONCE, filling
from playground.app.network.origin import network_address
from playground.app.notice import notice_line
from playground.app.offer import Offer
from playground.app.outcomes.form import MOST_SAMPLES, OutcomesForm
from playground.app.outcomes.handlers import OutcomesHandlers
from playground.app.questions import QuestionList
from playground.app.relay.fields import (
    QUESTION_LIST,
    in_list,
    question_form,
    question_titles,
    rule_form,
    shared_sampling_form,
)
from playground.app.relay.models_form import models_form
from playground.app.theme import scripts, static

ARMS = [("A alone", "A"), ("B alone", "B"), ("A → B", "A-B"), ("B → A", "B-A")]
STEERS = [
    ("only what is there already", ""),
    ("a distractor", "distractor"),
    ("a guide", "guide"),
    ("own words", "text"),
]
WITH_STEER = [("both ways", "both"), ("with it", "with"), ("without it", "without")]


def outcomes_page(handlers: OutcomesHandlers, offer: Offer) -> None:
    """Draw the page on which the models on offer go on from one place, again and again."""
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="settings", min_width=0):
            components = {
                **question_form(handlers.questions),
                **models_form(offer, most=2),
                **_arms(),
                **_steer(handlers.questions),
                **_sampling(),
            }
            _buttons()
        with gr.Column(elem_id="stage", min_width=0):
            notice, outcomes = _stage(handlers)
    _wire(handlers, components, notice, outcomes)


def _arms() -> dict[str, Any]:
    with gr.Group():
        arms = gr.CheckboxGroup(ARMS, value=[value for _, value in ARMS], label="Who goes on", elem_id="arms")
        with gr.Row():
            kind, value = rule_form("The first writes until")
        n = gr.Number(
            20, label=f"Samples of each, at most {MOST_SAMPLES}", precision=0, min_width=60, elem_id="samples"
        )
    return {"arms": arms, "rule_kind": kind, "rule_value": value, "n": n}


def _steer(questions: QuestionList) -> dict[str, Any]:
    with gr.Accordion("Steer", open=False, elem_id="steer"):
        kind = gr.Dropdown(STEERS, value="", label="Put in")
        with_steer = gr.Radio(WITH_STEER, value="both", label="Where there is a steer, draw")
        by = gr.Radio(["A", "B"], value="A", label="Cut from what this one thinks")
        known = [title for source in questions.sources for title in question_titles(questions, source)]
        question = gr.Dropdown([("another question", ""), *known], value="", label="Distractor from", filterable=True)
        share = gr.Number(20, label="First %", min_width=60)
        text = gr.Textbox("", label="Own words", lines=2)
    return {
        "steer": kind,
        "with_steer": with_steer,
        "steer_by": by,
        "steer_question": question,
        "steer_share": share,
        "steer_text": text,
    }


def _sampling() -> dict[str, Any]:
    with gr.Group():
        return shared_sampling_form()


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

    notice = notice_line()
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

    def start(event: gr.EventData, request: gr.Request, *values: Any) -> dict[str, str]:
        form = OutcomesForm(**whole(dict(zip(names, values, strict=True))))
        return {"text": handlers.start(dict(event._data), form, network_address(request.client.host))}

    outcomes.start(start, inputs, notice, **AT_ONCE)

    def restore(event: gr.EventData) -> list[Any]:
        fields = handlers.cut(dict(event._data))[1]
        return [*filling(inputs, names, fields), *in_list(handlers.questions, fields.get("question"))]

    outcomes.restore(restore, None, [*inputs, *(components[name] for name in QUESTION_LIST)], **AT_ONCE)
