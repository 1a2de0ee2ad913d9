"""Heat maps of models against positions, each cell with its rate and its interval."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from evaluator.reporting.plots.lines import DRAWN, rows_of
from evaluator.reporting.plots.style import DARK, LIGHT, PAPER
from evaluator.reporting.tables import span

COLOUR_MAP = "cividis"
"""From dark to light alone, the same to all colour vision."""


def position_map(figures: pd.DataFrame, models: Sequence[str]) -> Figure | None:
    """Recoverability by model and position, a panel for each subset."""
    present = [subset for subset in DRAWN if not rows_of(figures, "recoverability", subset, "position").empty]
    if not present:
        return None
    height = 0.52 * len(models) + 1.1
    figure = Figure(figsize=(5.4 * len(present) + 1.2, height), layout="constrained")
    for axes, subset in zip(figure.subplots(1, len(present), squeeze=False)[0], present, strict=True):
        rows = rows_of(figures, "recoverability", subset, "position")
        shown = [model for model in models if model in set(rows["model"])]
        _panel(axes, rows, shown)
        axes.set_title(f"{subset} questions, %", loc="left")
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, models: Sequence[str]) -> None:
    places = sorted(rows["at"].unique(), key=float)
    colours = Normalize(0, 1)
    cells = rows.pivot_table(index="model", columns="at", values="rate").reindex(index=list(models), columns=places)
    axes.pcolormesh(cells.to_numpy(), cmap=COLOUR_MAP, norm=colours, edgecolors=PAPER, linewidth=1.5)
    for row in rows.to_dict("records"):
        x, y = places.index(row["at"]) + 0.5, models.index(row["model"]) + 0.5
        ink = LIGHT if row["rate"] < 0.55 else DARK
        axes.text(x, y - 0.14, f"{100 * row['rate']:.0f}", ha="center", va="center", color=ink, fontsize=10)
        limits = f"{100 * row['low']:.0f}–{100 * row['high']:.0f}"
        axes.text(x, y + 0.24, limits, ha="center", va="center", color=ink, fontsize=7)
    names = [f"{model}\nn = {span(rows.loc[rows['model'] == model, 'n'])} a cell" for model in models]
    axes.set_yticks([i + 0.5 for i in range(len(models))], names)
    axes.set_xticks([i + 0.5 for i in range(len(places))], [f"{100 * float(at):g}" for at in places])
    axes.set_xlabel("position of the distraction, %")
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
