"""The style of the figures: colours, markers, files, and the same drawing on a dark page. Draws no data."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#111111")
"""Okabe and Ito's, told apart with any colour vision. None is pure black, which SVG files leave out."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")
INK, GREY, GRID, PAPER = "#1a1a1a", "#666666", "#e3e3e3", "#ffffff"
LIGHT, DARK = "#fefefe", "#010101"
"""Text on a filled cell, whatever the page."""
ON_DARK: Mapping[str, str] = {
    "#0072b2": "#4fa8e3",
    "#d55e00": "#f28b4c",
    "#009e73": "#3ac79b",
    "#cc79a7": "#e5a3ca",
    "#56b4e9": "#93d2f6",
    "#e69f00": "#f3bf4e",
    "#111111": "#f0f0f0",
    INK: "#e6e6e6",
    GREY: "#a6adb5",
    GRID: "#353b42",
    PAPER: "#15191e",
}
"""What each colour becomes on a dark page."""
FILES = ("png", "svg")
_STYLE = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "off-trajectory",
    "text.parse_math": False,  # a dollar sign in a model's name is one
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color", "ytick.color"), INK
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is drawn, the same in every figure."""

    colour: str
    marker: str
    dash: str


def looks(models: Sequence[str]) -> dict[str, Look]:
    """A look for each model, by its place in the run."""
    return {
        model: Look(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)], DASHES[i % len(DASHES)])
        for i, model in enumerate(models)
    }


@contextmanager
def styled() -> Iterator[None]:
    """The context in which figures are drawn and saved; a sign that the font lacks is a box, and no warning."""
    with rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")
        yield


def per_cent(axes: Axes, label: str, ticks: Sequence[float]) -> None:
    """Shares in per cent upwards, and what stands along the other axis."""
    axes.set_xlabel(label)
    axes.set_xticks(list(ticks))
    axes.set_ylim(-3, 103)


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{kind}" for kind in FILES]
    for path in paths:
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
    return paths


def inline_svg(figure: Figure, name: str) -> str:
    """A figure as an SVG element for a page with the style sheet of `page_colours`; `name` keeps its ids its own.

    It has no ground of its own, so that the page's shows, and what the page draws there.
    """
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, transparent=True)
    element = text.getvalue()[text.getvalue().index("<svg") :]
    element = re.sub(r'\bid="', f'id="{name}-', element)
    element = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", element)
    for colour in ON_DARK:
        element = element.replace(colour, f"var(--c{colour[1:]})")
    width = figure.get_figwidth() * 72
    return re.sub(r' (width|height)="[\d.]+pt"', "", element, count=2).replace(
        "<svg", f'<svg style="min-width:{width:.0f}px;max-width:{width:.0f}pt"', 1
    )


def page_colours() -> tuple[str, str]:
    """The declarations that give `inline_svg` its colours, on a light and on a dark page."""
    light = "".join(f"--c{colour[1:]}:{colour};" for colour in ON_DARK)
    dark = "".join(f"--c{colour[1:]}:{other};" for colour, other in ON_DARK.items())
    return light, dark
