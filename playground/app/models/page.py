"""The models page's component and the calls its script makes. Holds no logic: the catalogue and the script do."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.app.events import AT_ONCE
from playground.app.models.catalogue import Catalogue
from playground.app.theme import scripts, static


def models_page(catalogue: Catalogue) -> None:
    """Draw the page on which the models are looked at, added, loaded and unloaded."""

    def models(_data: Any) -> dict[str, Any]:
        return catalogue.models()

    def add(data: Any) -> dict[str, Any]:
        return catalogue.add(data)

    page = gr.HTML(
        {"done": 0, "text": "", "model": None},
        html_template=static("models.html"),
        js_on_load=scripts("models"),
        apply_default_css=False,
        server_functions=[models, add],  # Gradio marks them: a method it cannot
        elem_id="models",
    )

    def act(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        verb, name, user = str(event.verb), str(event.name), request.username or ""
        wrong = "" if verb == "show" else catalogue.act(verb, name, user)
        return {"done": event.number, "text": wrong, "model": catalogue.model(name, user)}

    page.act(act, None, page, trigger_mode="multiple", **AT_ONCE)
