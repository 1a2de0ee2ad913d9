"""Line charts of rates by position, by length, and by how often a question is solved alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluator.numbers.metrics import Cell, Metric, Place, pick
from evaluator.reporting.plots.labels import End, label_ends
from evaluator.reporting.plots.style import COLOURS, GREY, Look, looks, per_cent
from playground.records import Subset, Test

MOST_TOGETHER = 6
"""With more models each has a panel of its own."""
PANELS_A_ROW = 3
DRAWN: tuple[Subset, ...] = ("shared", "individual")
"""The subsets that have figures."""
POSITION = "position of the distraction, % of the model's own reasoning"
RECOVERED = "answered correctly after the distraction, %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: what it shows, how, and under which name."""

    test: Test
    subset: Subset
    cell: Cell
    metric: Metric = "accuracy"
    look: Look
    label: str
    scale: float = 100.0
    """What a unit of `at` is on the axis: per cent of a share, or 1 for counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The axes of a panel."""

    along: str
    up: str
    ticks: tuple[float, ...]
    gap: float = 5.5


def recoverability_figure(figures: pd.DataFrame, models: Sequence[str]) -> Figure | None:
    """Accuracy after a distraction by its position: a panel for each subset, or for each of many models."""
    present = [subset for subset in DRAWN if not rows_of(figures, "recoverability", subset, "position").empty]
    if not present:
        return None
    ticks = _ticks(figures, "recoverability", "position")
    if len(models) > MOST_TOGETHER:
        lines = [
            Series(test="recoverability", subset=subset, cell="position", look=look, label=subset)
            for subset, look in zip(DRAWN, (Look(COLOURS[1], "s", "--"), Look(COLOURS[0], "o", "-")), strict=True)
        ]
        return _by_model(figures, models, lines, Scale(along=POSITION, up=RECOVERED, ticks=ticks))
    width = _width(ticks)
    figure = Figure(figsize=(5.8 * len(present) + 0.4, 4.4), layout="constrained")
    for axes, subset in zip(_grid(figure, len(present)), present, strict=True):
        ends = []
        for i, (model, look) in enumerate(looks(models).items()):
            line = Series(test="recoverability", subset=subset, cell="position", look=look, label=model)
            end = _draw(axes, figures, model, line, shift=0.015 * width * (i - (len(models) - 1) / 2))
            ends += [end] if end else []
        per_cent(axes, POSITION, ticks)
        axes.set_xlim(ticks[0] - 0.075 * width, ticks[-1] + 0.075 * width)
        label_ends(axes, ends)
        axes.set_title(f"{subset} questions", loc="left")
        axes.set_ylabel(RECOVERED)
    return figure


def guidability_figure(figures: pd.DataFrame, models: Sequence[str]) -> Figure | None:
    """Accuracy after a guide's steps by their length, and how many steers name the answer; a panel for each model."""
    guided = set(rows_of(figures, "guidability", "individual", "length")["model"])
    lines = [
        Series(test="guidability", subset=subset, cell="length", metric=metric, look=look, label=label)
        for subset, metric, look, label in _GUIDED_LINES
    ]
    ticks = _ticks(figures, "guidability", "length")
    scale = Scale(along="guide's reasoning given, %", up="answered correctly (or leaked), %", ticks=ticks, gap=7)
    return _by_model(figures, [model for model in models if model in guided], lines, scale)


_GUIDED_LINES: tuple[tuple[Subset, Metric, Look, str], ...] = (
    ("individual", "accuracy", Look(COLOURS[0], "o", "-"), "individual"),
    ("shared", "accuracy", Look(COLOURS[1], "s", "--"), "shared"),
    ("individual", "leakage", Look(GREY, "X", ":"), "leaked"),
)


def solve_figure(figures: pd.DataFrame, models: Sequence[str], n: int) -> Figure | None:
    """Recoverability by how often the question is solved alone; a panel for each model."""
    present = set(rows_of(figures, "recoverability", "individual", "solved")["model"])
    chosen = [model for model in models if model in present]
    lines = [
        Series(
            test="recoverability",
            subset="individual",
            cell="solved",
            look=Look(COLOURS[0], "o", "-"),
            label="individual",
            scale=1,
        )
    ]
    step = max(1, -(-n // 8))
    ticks = tuple(sorted({1.0, *map(float, range(step, n + 1, step)), float(n)}))
    scale = Scale(along=f"samples alone that solve the question, of {n}", up=RECOVERED, ticks=ticks)
    return _by_model(figures, chosen, lines, scale)


def rows_of(figures: pd.DataFrame, test: Test, subset: str, cell: Cell, metric: Metric = "accuracy") -> pd.DataFrame:
    """The figures of a breakdown."""
    chosen = figures[(figures["test"] == test) & (figures["subset"] == subset) & (figures["cell"] == cell)]
    return chosen[chosen["metric"] == metric]


def _ticks(figures: pd.DataFrame, test: Test, cell: Cell) -> tuple[float, ...]:
    """The shares that the run has, in per cent."""
    places = figures.loc[(figures["test"] == test) & (figures["cell"] == cell), "at"]
    return tuple(sorted({round(100 * float(at), 6) for at in places}))


def _width(ticks: Sequence[float]) -> float:
    """How far an axis reaches, or 1 where there is a single place on it."""
    return ticks[-1] - ticks[0] or 1.0


def _by_model(figures: pd.DataFrame, models: Sequence[str], lines: Sequence[Series], scale: Scale) -> Figure | None:
    if not models:
        return None
    across = 2 if len(models) == 4 else min(PANELS_A_ROW, len(models))
    down = -(-len(models) // across)
    figure = Figure(figsize=(4.3 * across + 0.5, 3.5 * down + 0.3), layout="constrained")
    width = _width(scale.ticks)
    for place, (axes, model) in enumerate(zip(_grid(figure, len(models), across), models, strict=True)):
        ends = []
        for i, line in enumerate(lines):
            end = _draw(axes, figures, model, line, shift=0.025 * width * (i - (len(lines) - 1) / 2))
            ends += [end] if end else []
        per_cent(axes, scale.along, scale.ticks)
        axes.set_xlim(scale.ticks[0] - 0.08 * width, scale.ticks[-1] + 0.08 * width)
        if len(lines) > 1:
            label_ends(axes, ends, scale.gap)
            axes.set_title(model, loc="left")
        else:
            axes.set_title(f"{model} ({ends[0].label.partition('(')[2]}" if ends else model, loc="left", pad=16)
        if place % across == 0:
            axes.set_ylabel(scale.up)
    return figure


def _grid(figure: Figure, count: int, across: int | None = None) -> list[Axes]:
    """`count` panels, `across` in a row; what is left over of the last row stays empty."""
    columns = across or count
    rows = -(-count // columns)
    panels = list(figure.subplots(rows, columns, squeeze=False, sharey=True).flat)
    for empty in panels[count:]:
        empty.remove()
    return panels[:count]


def _draw(axes: Axes, figures: pd.DataFrame, model: str, line: Series, shift: float) -> End | None:
    """One line with its intervals and its n at each point where that differs; `shift` keeps intervals apart."""
    rows = rows_of(figures, line.test, line.subset, line.cell, line.metric)
    rows = rows[rows["model"] == model]
    if rows.empty:
        return None
    rows = rows.assign(x=line.scale * rows["at"].astype(float)).sort_values("x")
    values = 100 * rows["rate"]
    axes.errorbar(
        rows["x"] + shift,
        values,
        yerr=[values - 100 * rows["low"], 100 * rows["high"] - values],
        color=line.look.colour,
        marker=line.look.marker,
        linestyle=line.look.dash,
        markersize=5,
        linewidth=1.3,
        capsize=2,
        elinewidth=0.8,
    )
    if rows["n"].nunique() > 1 and line.cell == "solved":
        for x, n in zip(rows["x"], rows["n"], strict=True):
            axes.annotate(f"{n}", (x, 1.01), xycoords=("data", "axes fraction"), ha="center", fontsize=7, color=GREY)
    whole = pick(figures, Place(model=model, test=line.test, subset=line.subset), line.metric)
    counted = line.label if whole is None else f"{line.label} (n = {whole['n']})"
    return End(height=float(values.iloc[-1]), label=counted, look=line.look)
