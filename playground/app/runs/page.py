"""The runs page's component and the calls its script makes. Holds no logic: the reader and the script do."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.app.border import whole
from playground.app.events import AT_ONCE
from playground.app.runs.reader import RunReader
from playground.app.theme import scripts, static


def runs_page(reader: RunReader) -> None:
    """Draw the page on which the runs of a directory are read."""

    def runs(data: Any) -> dict[str, Any]:
        return reader.runs(data)

    def overview(data: Any) -> dict[str, Any]:
        return reader.overview(data)

    def samples(data: Any) -> dict[str, Any]:
        return reader.samples(data)

    def sample(data: Any) -> dict[str, Any]:
        return reader.sample(data)

    def begin(data: Any) -> dict[str, Any]:
        return reader.begin(data)

    def condition(data: Any) -> dict[str, Any]:
        return reader.condition(data)

    page = gr.HTML(
        {"done": 0, "error": ""},
        html_template=static("runs.html"),
        js_on_load=scripts("runs"),
        apply_default_css=False,
        server_functions=[runs, overview, samples, sample, begin, condition],  # Gradio marks them: a method it cannot
        elem_id="runs",
    )

    def decide(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        return {"done": event.number, "error": reader.decide(whole(event.decision), request.username or "")}

    page.decide(decide, None, page, trigger_mode="multiple", **AT_ONCE)
