"""The relay page's components and what they are wired to. Holds no logic: the handlers and the view do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import gradio as gr

from playground.app.border import whole
from playground.app.events import AT_ONCE, filling, takes
from playground.app.network.origin import network_address
from playground.app.notice import notice_line
from playground.app.offer import Offer
from playground.app.relay.fields import QUESTION_LIST, in_list, relay_form
from playground.app.relay.form import MODEL_FIELDS, Form
from playground.app.relay.handlers import Handlers
from playground.app.relay.links import linked, unknown
from playground.app.theme import scripts, static


def relay_page(handlers: Handlers, offer: Offer) -> None:
    """Draw the page on which the models on offer write one trajectory."""
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="settings", min_width=0):
            components = relay_form(offer, handlers.questions)
        with gr.Column(elem_id="stage", min_width=0):
            notice, trace = _stage(handlers)
    _wire(handlers, components, notice, trace)


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

    notice = notice_line()
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

    def act(event: gr.EventData, request: gr.Request, *values: Any) -> dict[str, str]:
        form = Form(**whole(dict(zip(names, values, strict=True))))
        return {"text": handlers.act(whole(dict(event._data)), form, network_address(request.client.host))}

    inputs = [components[name] for name in names]
    trace.act(act, inputs, notice, trigger_mode="multiple", **AT_ONCE)

    def restore(event: gr.EventData) -> list[Any]:
        asked = {**handlers.form(str(event.key), str(event.visitor)), **linked(event.link, handlers.questions)}
        models = [name for name in MODEL_FIELDS if asked.get(name)]
        lacking = [str(asked[name])[:60] for name in models if not takes(components[name], asked[name])]
        lacking += unknown(event.link, handlers.questions)
        told = {"text": f"Not offered here: {', '.join(lacking)}."} if lacking else gr.skip()
        return [*filling(inputs, names, asked), *in_list(handlers.questions, asked.get("question")), told]

    trace.restore(restore, None, [*inputs, *(components[name] for name in QUESTION_LIST), notice], **AT_ONCE)
