"""The look of the pages: Gradio's own components in our colours, and the files beside them. Loads no font."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from gradio.themes.utils.fonts import Font

STATIC = Path(__file__).parent / "static"

_SANS = [Font(name) for name in ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")]
_MONO = [Font(name) for name in ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")]


def static(name: str) -> str:
    """A file of the page, such as `trace.html`."""
    return (STATIC / name).read_text(encoding="utf-8")


def scripts(page: str) -> str:
    """A page's script, one function's body: the files of `static/common` and of its own folder, by their names."""
    paths = [path for folder in ("common", page) for path in sorted((STATIC / folder).glob("*.js"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths).replace("/* katex */", mathematics())


def mathematics() -> str:
    """Where the page finds the KaTeX that Gradio ships, relative to the page's address; empty where it ships none."""
    found = sorted((Path(gr.__file__).parent / "templates" / "frontend" / "assets").glob("katex-*.js"))
    return f"./assets/{found[0].name}" if found else ""


def styles() -> str:
    """The page's style sheets."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.css")))


def theme() -> gr.themes.Base:
    """The theme, light and dark, from the fonts of the visitor's own system."""
    return gr.themes.Base(
        primary_hue="blue", neutral_hue="zinc", font=_SANS, font_mono=_MONO, text_size="md", radius_size="md"
    ).set(
        body_background_fill="#fbfbfa",
        body_background_fill_dark="#131416",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1a1c1f",
        block_label_text_color="#5f636a",
        block_label_text_color_dark="#a4aab2",
        block_info_text_color="#5f636a",
        block_info_text_color_dark="#a4aab2",
        input_background_fill="#fbfbfa",
        input_background_fill_dark="#131416",
        input_border_color="#d9d9d5",
        input_border_color_dark="#3a3e44",
        checkbox_label_background_fill="#fbfbfa",
        checkbox_label_background_fill_dark="#131416",
        checkbox_label_background_fill_hover="#eef4ff",
        checkbox_label_background_fill_hover_dark="#18233a",
        checkbox_label_background_fill_selected="#eef4ff",
        checkbox_label_background_fill_selected_dark="#18233a",
        button_border_width="1px",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_dark="#1a1c1f",
        button_secondary_background_fill_hover="#eef4ff",
        button_secondary_background_fill_hover_dark="#18233a",
        button_secondary_border_color="#d9d9d5",
        button_secondary_border_color_dark="#3a3e44",
        button_secondary_border_color_hover="#1f5fd0",
        button_secondary_border_color_hover_dark="#7aa7ff",
        button_primary_background_fill="#1f5fd0",
        button_primary_background_fill_hover="#184ea8",
        button_primary_background_fill_dark="#2f6fde",
        button_primary_background_fill_hover_dark="#2863cc",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )
