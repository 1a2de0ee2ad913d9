"""The line of a page that says what is wrong. Knows no page and writes no word of its own."""

from __future__ import annotations

import gradio as gr

from playground.app.theme import static


def notice_line() -> gr.HTML:
    """An alert that stays hidden until its value's `text` is not empty."""
    return gr.HTML(
        {"text": ""},
        html_template='<p class="notice" role="alert" hidden></p>',
        js_on_load=static("notice.js"),
        apply_default_css=False,
    )
