"""The runs page's component and the calls its script makes. Holds no logic: the reader and the script do."""

from __future__ import annotations

from typing import Any

import gradio as gr

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

    def decide(data: Any) -> dict[str, Any]:
        return reader.decide(data)

    gr.HTML(
        "",
        html_template=static("runs.html"),
        js_on_load=scripts("runs"),
        apply_default_css=False,
        server_functions=[
            runs,
            overview,
            samples,
            sample,
            begin,
            condition,
            decide,
        ],  # Gradio marks them: a method it cannot
        elem_id="runs",
    )
