"""Stacked bars of the outcome classes: what became of the continuations."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from evaluator.reporting.plots.style import DARK, LIGHT
from playground.records import OUTCOME_CLASSES, SUBSETS, TESTS

FILLS = (
    ("#0173b2", "", LIGHT),
    ("#e69f01", "//", DARK),
    ("#666667", "..", LIGHT),
    ("#cc79a8", "xx", DARK),
    ("#56b4ea", "--", DARK),
    ("#44484d", "++", LIGHT),
)
"""Colour, hatch and colour of the number of each class; they stay as they are on a dark page, as their numbers do."""
LEAST_NUMBER = 6.0
"""Per cent of a bar that a part must have to carry its number."""


def class_figure(figures: pd.DataFrame, models: Sequence[str]) -> Figure | None:
    """A bar for each model, test and subset, the interval of the correct ones on it."""
    rows = figures[(figures["cell"] == "all") & (figures["metric"] == "accuracy")]
    if rows.empty:
        return None
    kinds = [(test, subset) for test in TESTS for subset in ("", *SUBSETS)]
    panels = [
        (test, subset, part)
        for test, subset in kinds
        if not (part := rows[(rows["test"] == test) & (rows["subset"] == subset)]).empty
    ]
    sizes = [len(part) + 0.9 for _, _, part in panels]
    figure = Figure(figsize=(8.6, 0.36 * sum(sizes) + 1.2), layout="constrained")
    grid = figure.subplots(len(panels), 1, squeeze=False, sharex=True, height_ratios=sizes)
    for axes, (test, subset, part) in zip(grid[:, 0], panels, strict=True):
        ordered = part.set_index("model").reindex([model for model in models if model in set(part["model"])])
        _bars(axes, ordered)
        axes.set_title(f"{test}, {subset}" if subset else "alone", loc="left", fontsize=10)
    grid[-1, 0].set_xlabel("share of the outcomes, %; the bar across: interval of the correct ones")
    present = [name for name in OUTCOME_CLASSES if rows[name].sum()]
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=DARK, linewidth=0.5, label=name.replace("_", " "))
        for name, (colour, hatch, _) in zip(OUTCOME_CLASSES, FILLS, strict=True)
        if name in present
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), frameon=False)
    return figure


def _bars(axes: Axes, rows: pd.DataFrame) -> None:
    for place, row in enumerate(rows.to_dict("records")):
        total = sum(row[name] for name in OUTCOME_CLASSES)
        left = 0.0
        for name, (colour, hatch, ink) in zip(OUTCOME_CLASSES, FILLS, strict=True):
            width = 100 * row[name] / total
            if width:
                axes.barh(
                    place, width, left=left, color=colour, hatch=hatch, edgecolor=DARK, linewidth=0.5, height=0.72
                )
            if width >= LEAST_NUMBER:
                box = {"boxstyle": "round,pad=0.15", "facecolor": colour, "edgecolor": "none"}
                axes.text(
                    left + width / 2, place, f"{width:.0f}", ha="center", va="center", color=ink, fontsize=8, bbox=box
                )
            left += width
        share = row["correct"] / total / row["rate"] if row["rate"] else 1.0
        middle = 100 * row["rate"] * share
        axes.errorbar(
            middle,
            place + 0.25,
            xerr=[[middle - 100 * row["low"] * share], [100 * row["high"] * share - middle]],
            color=DARK,
            capsize=2,
            elinewidth=1.4,
        )
        axes.annotate(f"n = {total}", (101, place), va="center", fontsize=8, annotation_clip=False)
    axes.set_yticks(range(len(rows)), list(rows.index))
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0, 100)
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0)
