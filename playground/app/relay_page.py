"""The relay page's components and what they are wired to. Holds no logic: the handlers and the view do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from html import escape
from typing import Any

import gradio as gr

from playground.app.events import AT_ONCE
from playground.app.form import Form, shipped
from playground.app.handlers import Handlers
from playground.app.links import linked
from playground.app.theme import scripts, static
from playground.engine.pool import shortcomings
from playground.models import ModelCard, availability
from playground.reasoners.questions import TIERS

RULES = [
    ("steps", "steps"),
    ("sentences", "sentences"),
    ("tokens", "tokens"),
    ("percent of its own thinking", "percent"),
    ("a cue (regular expression)", "cue"),
    ("end of thinking", "close"),
]
BUDGETS = [("the model answers", "answer"), ("the text stops", "stop")]

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


def relay_page(handlers: Handlers, cards: Sequence[ModelCard]) -> None:
    """Draw the page on which the cards' models write one trajectory."""
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="settings", min_width=0):
            components = {**_question(), **_models(cards), **_hand_over(), **_sampling(), **_steer()}
            _buttons()
        with gr.Column(elem_id="stage", min_width=0):
            notice, trace = _stage(handlers)
    _wire(handlers, components, notice, trace)


def _question() -> dict[str, Any]:
    first = _titles(1)
    with gr.Group():
        tier = gr.Radio([(f"tier {tier}", tier) for tier in TIERS], value=1, label="Shipped questions")
        chosen = gr.Dropdown(first, value=first[0][1], label="Question", filterable=True, show_label=False)
        known = shipped()[first[0][1]]
        text = gr.Textbox(
            known.problem, label="Question", lines=4, max_lines=8, placeholder="Choose one above or write your own."
        )
        gold = gr.Textbox(known.answer, label="Correct answer", max_lines=1, placeholder="optional")
    tier.input(_first_of_tier, tier, [chosen, text, gold], **AT_ONCE)
    chosen.input(_text_and_gold, chosen, [text, gold], **AT_ONCE)
    return {"question": text, "gold": gold}


def _titles(tier: int) -> list[tuple[str, str]]:
    return [(f"{item.id} · {item.problem}"[:90], item.id) for item in shipped().values() if item.tier == tier]


def _first_of_tier(tier: int) -> tuple[Any, str, str]:
    titles = _titles(tier)
    return gr.Dropdown(titles, value=titles[0][1]), *_text_and_gold(titles[0][1])


def _text_and_gold(question_id: str) -> tuple[str, str]:
    known = shipped()[question_id]
    return known.problem, known.answer


def _models(cards: Sequence[ModelCard]) -> dict[str, Any]:
    """Those that can run here first; the others say why they cannot."""
    here = {card.name: availability(card) for card in cards}
    able = [name for name, state in here.items() if state.available]
    titles = [(name, name) for name in able]
    titles += [(f"{name} – not here: {state.why}", name) for name, state in here.items() if not state.available]
    first = next((name for name in able if name.endswith("oak-plain")), able[0] if able else None)
    second = next((name for name in able if name.endswith("elm-reflective")), first)
    with gr.Group():
        a = gr.Dropdown(titles, value=first, label="Model A", elem_id="model-a")
        b = gr.Dropdown(titles, value=second, label="Model B", elem_id="model-b")
    lines = {card.name: shortcomings(card) for card in cards}
    off = gr.HTML(_off(lines, first, second), elem_id="off")
    for chosen in (a, b):
        chosen.change(lambda *names: _off(lines, *names), [a, b], off, **AT_ONCE)
    return {"model_a": a, "model_b": b}


def _off(lines: Mapping[str, Sequence[str]], *chosen: str | None) -> str:
    """What the servers of the chosen models cannot do."""
    told = [line for name in dict.fromkeys(chosen) if name is not None for line in lines.get(name, ())]
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in told)}</ul>" if told else ""


def _hand_over() -> dict[str, Any]:
    with gr.Group():
        mode = gr.Radio([("A, then B", "hand-off"), ("taking turns", "schedule")], value="hand-off", label="Hand-over")
        with gr.Row() as rule:
            kind = gr.Dropdown(RULES, value="steps", label="A writes until", min_width=120)
            value = gr.Textbox("2", label="How many, or which", max_lines=1, min_width=90)
        schedule = gr.Textbox("A:2,B:1", label="Turns, in steps", max_lines=1, visible=False)
    mode.change(
        lambda mode: (gr.update(visible=mode == "hand-off"), gr.update(visible=mode == "schedule")),
        mode,
        [rule, schedule],
        **AT_ONCE,
    )
    kind.change(lambda kind: gr.update(visible=kind != "close"), kind, value, **AT_ONCE)
    return {"mode": mode, "rule_kind": kind, "rule_value": value, "schedule": schedule}


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


def _steer() -> dict[str, Any]:
    """How the steers are cut that a click on a step puts in."""
    titles = [("another question", "")] + [title for tier in TIERS for title in _titles(tier)]
    with gr.Accordion("Steer", open=False, elem_id="steer"):
        question = gr.Dropdown(titles, value="", label="Distractor from", filterable=True)
        model = gr.Radio([("the model itself", "own"), ("the other", "other")], value="own", label="Written by")
        with gr.Row():
            share = gr.Number(20, label="First %", min_width=60)
            position = gr.Number(None, label="Position %", min_width=60, placeholder="at the step")
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


def _stage(handlers: Handlers) -> tuple[gr.HTML, gr.HTML]:
    """The line for what is wrong, and the trace."""

    async def look(data: Any) -> dict[str, Any]:
        return await handlers.look(data)

    def ask(data: Any) -> dict[str, Any]:
        return handlers.ask(data)

    def sessions(data: Any) -> list[dict[str, Any]]:
        return handlers.sessions(data)

    def rename(data: Any) -> dict[str, str]:
        return handlers.rename(data)

    notice = gr.HTML(
        {"text": ""},
        html_template='<p class="notice" role="alert" hidden></p>',
        js_on_load=static("notice.js"),
        apply_default_css=False,
    )
    trace = gr.HTML(
        "",
        html_template=static("trace.html"),
        js_on_load=scripts("trace"),
        apply_default_css=False,
        server_functions=[look, ask, sessions, rename],  # Gradio marks them: a method it cannot
        elem_id="trace",
    )
    return notice, trace


def _wire(handlers: Handlers, components: Mapping[str, Any], notice: gr.HTML, trace: gr.HTML) -> None:
    names = [field.name for field in fields(Form)]

    def act(event: gr.EventData, *values: Any) -> dict[str, str]:
        return {"text": handlers.act(dict(event._data), Form(**dict(zip(names, values, strict=True))))}

    inputs = [components[name] for name in names]
    trace.act(act, inputs, notice, trigger_mode="multiple", **AT_ONCE)

    def restore(event: gr.EventData) -> list[Any]:
        filled = {**handlers.form(str(event.key), str(event.visitor)), **linked(event.link)}
        return [filled.get(name, gr.skip()) for name in names]

    trace.restore(restore, None, inputs, **AT_ONCE)
