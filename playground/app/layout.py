"""The page's components and what they are wired to. Holds no logic: the handlers and the view do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from playground.app.form import Form, shipped
from playground.app.handlers import Handlers
from playground.app.theme import static
from playground.app.view import EMPTY
from playground.engine.pool import Pool
from playground.errors import PlaygroundError
from playground.models import ModelCard, availability
from playground.reasoners.questions import TIERS

Values = Mapping[Any, Any]

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE: dict[str, Any] = {**PRIVATE, "queue": False}
RUNS_AT_ONCE = 16
"""Relays that are written side by side; further ones wait."""

TITLE = "Off-Trajectory"
RULES = [
    ("steps", "steps"),
    ("sentences", "sentences"),
    ("tokens", "tokens"),
    ("percent of its own thinking", "percent"),
    ("a cue (regular expression)", "cue"),
    ("end of thinking", "close"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """What a visitor can press."""

    run: gr.Button
    hand_over: gr.Button
    stop: gr.Button

    def while_running(self, running: bool) -> dict[Any, Any]:
        """Which of them can be pressed."""
        others = {button: gr.update(interactive=running) for button in (self.hand_over, self.stop)}
        return {self.run: gr.update(interactive=not running), **others}


def build_app(pool: Pool, cards: Sequence[ModelCard]) -> gr.Blocks:
    """The page on which the cards' models write; engines stay in the pool, never in the page's state."""
    handlers = Handlers(pool, cards)
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as page:
        gr.HTML(html_template=static("header.html"), apply_default_css=False, js_on_load=static("keys.js"))
        with gr.Row(elem_id="page"):
            with gr.Column(elem_id="settings", min_width=0):
                components = {**_question(), **_models(cards), **_hand_over(), **_sampling()}
                buttons = _buttons()
            with gr.Column(elem_id="stage", min_width=0):
                notice, trace = _stage()
        _wire_run(handlers, components, buttons, (notice, trace))
        page.unload(_for_visitor(handlers.stop))
    return page


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
    tier.change(_first_of_tier, tier, chosen, **AT_ONCE)
    chosen.change(_text_and_gold, chosen, [text, gold], **AT_ONCE)
    return {"question": text, "gold": gold}


def _titles(tier: int) -> list[tuple[str, str]]:
    return [(f"{item.id} · {item.problem}"[:90], item.id) for item in shipped().values() if item.tier == tier]


def _first_of_tier(tier: int) -> Any:
    titles = _titles(tier)
    return gr.Dropdown(titles, value=titles[0][1])


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
    return {"model_a": a, "model_b": b}


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
    with gr.Group(), gr.Row():
        seed = gr.Number(0, label="Seed", precision=0, min_width=60)
        temperature = gr.Number(0.6, label="Temperature", min_width=60, step=0.1)
        tokens = gr.Number(1024, label="Max tokens", precision=0, min_width=60)
    return {"seed": seed, "temperature": temperature, "max_tokens": tokens}


def _buttons() -> Buttons:
    with gr.Row(elem_id="buttons"):
        run = gr.Button("Run", variant="primary", elem_id="run", min_width=70)
        hand_over = gr.Button("Hand over now", interactive=False, elem_id="hand-over", min_width=120)
        stop = gr.Button("Stop", interactive=False, elem_id="stop", min_width=70)
    return Buttons(run=run, hand_over=hand_over, stop=stop)


def _stage() -> tuple[gr.HTML, gr.HTML]:
    """The line for what is wrong with the form, and the trace."""
    notice = gr.HTML(
        {"text": ""},
        html_template='<p class="notice" role="alert" hidden></p>',
        js_on_load=static("notice.js"),
        apply_default_css=False,
    )
    trace = gr.HTML(
        EMPTY,
        html_template=static("trace.html"),
        js_on_load=static("trace.js"),
        apply_default_css=False,
        elem_id="trace",
    )
    return notice, trace


def _wire_run(
    handlers: Handlers, components: Mapping[str, Any], buttons: Buttons, stage: tuple[gr.HTML, gr.HTML]
) -> None:
    notice, trace = stage

    def run(values: Values, request: gr.Request) -> Iterator[dict[Any, Any]]:
        form = Form(**{field.name: values[components[field.name]] for field in fields(Form)})
        try:
            for value in handlers.run(form, _visitor(request)):  # every output each time: the browser may skip values
                running = value["status"] != "over"
                yield {trace: value, notice: {"text": ""}, **buttons.while_running(running)}
        except PlaygroundError as error:
            yield {notice: {"text": str(error)}, **buttons.while_running(False)}

    pressed = [buttons.run, buttons.hand_over, buttons.stop]
    running = buttons.run.click(
        run,
        set(components.values()),
        [notice, trace, *pressed],
        concurrency_limit=RUNS_AT_ONCE,
        trigger_mode="once",
        **PRIVATE,
    )
    running.then(lambda: buttons.while_running(False), None, pressed, **AT_ONCE)
    for button, act in ((buttons.stop, handlers.stop), (buttons.hand_over, handlers.hand_over)):
        button.click(_for_visitor(act), None, None, **AT_ONCE)


def _for_visitor(act: Callable[[str], None]) -> Callable[[gr.Request], None]:
    def handler(request: gr.Request) -> None:
        act(_visitor(request))

    return handler


def _visitor(request: gr.Request) -> str:
    return str(request.session_hash)
