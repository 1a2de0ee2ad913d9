"""Figures of a run, legible without colour: markers, line styles and labels at the lines. Knows frames, not ledgers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluator.metrics import Cell, Metric, Place, pick
from playground.records import Subset, Test

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe and Ito's, told apart with any colour vision."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")
GREY = "#666666"
LABEL_GAP = 5.5
"""Least distance of two labels, in per cent of the axis."""
FILES = ("png", "svg")
STYLE = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e3e3",
    "svg.hashsalt": "off-trajectory",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a model is drawn, the same in every figure."""

    colour: str
    marker: str
    dash: str


def looks(models: Sequence[str]) -> dict[str, Look]:
    """A look for each model, by its place in the run."""
    return {
        model: Look(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)], DASHES[i % len(DASHES)])
        for i, model in enumerate(models)
    }


def recoverability_figure(figures: pd.DataFrame, models: Sequence[str]) -> Figure | None:
    """Accuracy after a distraction by its position, a panel for each subset."""
    subsets: tuple[Subset, ...] = ("shared", "individual")
    present = [subset for subset in subsets if not _line(figures, "recoverability", subset).empty]
    if not present:
        return None
    figure = Figure(figsize=(5.6 * len(present) + 0.4, 4.4), layout="constrained")
    for axes, subset in zip(_row(figure, len(present)), present, strict=True):
        rows = _line(figures, "recoverability", subset)
        ends = []
        for i, (model, look) in enumerate(looks(models).items()):
            mine = rows[rows["model"] == model]
            if not mine.empty:
                end = _draw(axes, mine, look, shift=0.7 * (i - (len(models) - 1) / 2))
                place = Place(model=model, test="recoverability", subset=subset)
                ends.append((end, _counted(model, figures, place), look.colour))
        _label_ends(axes, ends, 80)
        _frame(axes, "position of the distraction, % of the model's own reasoning", (0, 20, 40, 60, 80))
        axes.set_title(f"{subset} questions", loc="left")
        axes.set_ylabel("answered correctly after the distraction, %")
    return figure


def guidability_figure(figures: pd.DataFrame, models: Sequence[str]) -> Figure | None:
    """Accuracy behind a guide's steps by their length, and how many steers name the answer; a panel for each model."""
    rows = _line(figures, "guidability", "individual")
    guided = [model for model in models if model in set(rows["model"])]
    if not guided:
        return None
    figure = Figure(figsize=(3.9 * len(guided) + 0.6, 4.2), layout="constrained")
    for axes, model in zip(_row(figure, len(guided)), guided, strict=True):
        ends = []
        for i, (subset, metric, look, label) in enumerate(_GUIDED_LINES):
            line = _line(figures, "guidability", subset, metric)
            mine = line[line["model"] == model]
            if not mine.empty:
                end = _draw(axes, mine, look, shift=1.2 * (i - 1))
                place = Place(model=model, test="guidability", subset=subset)
                ends.append((end, _counted(label, figures, place), look.colour))
        _label_ends(axes, ends, 80)
        _frame(axes, "guide's reasoning given, %", (20, 40, 60, 80))
        axes.set_title(model, loc="left")
    figure.axes[0].set_ylabel("answered correctly, or steers with the answer, %")
    return figure


_GUIDED_LINES: tuple[tuple[Subset, Metric, Look, str], ...] = (
    ("individual", "accuracy", Look(COLOURS[0], "o", "-"), "individual"),
    ("shared", "accuracy", Look(COLOURS[1], "s", "--"), "shared"),
    ("individual", "leakage", Look(GREY, "x", ":"), "leaked"),
)


def rank_figure(figures: pd.DataFrame, ranks: pd.DataFrame) -> Figure | None:
    """Recoverability against the benchmark, with how the rank changes from one to the other; needs two models."""
    subset = "shared" if (ranks["subset"] == "shared").any() else "individual"
    rows = ranks[(ranks["test"] == "recoverability") & (ranks["subset"] == subset)]
    if len(rows) < 2:
        return None
    figure = Figure(figsize=(7.2, 5.2), layout="constrained")
    axes = figure.subplots()
    drawn = looks(list(rows["model"]))
    ordered = rows.sort_values("score", kind="stable").to_dict("records")
    for row, height in zip(ordered, spread([100 * row["score"] for row in ordered], 2 * LABEL_GAP), strict=True):
        look = drawn[row["model"]]
        across = pick(figures, Place(model=row["model"], test="solo", cell="macro"))
        up = pick(figures, Place(model=row["model"], test="recoverability", subset=subset))
        if across is not None and up is not None:
            x, y = 100 * across["rate"], 100 * up["rate"]
            axes.errorbar(x, y, _bars(up), _bars(across), marker=look.marker, ms=8, color=look.colour, capsize=2)
            _label_point(axes, (x, y), height, look.colour, f"{row['model']} (n = {up['n']})\n{_rank_change(row)}")
    _frame(axes, "benchmark: mean Pass@1 alone, %", (0, 20, 40, 60, 80, 100))
    axes.set_xlim(-3, 103)
    axes.set_ylabel(f"recoverability on {subset} questions, %")
    return figure


def _rank_change(row: Mapping[Hashable, Any]) -> str:
    if not row["delta"]:
        return f"rank {row['rank']} in both"
    return f"rank {row['benchmark_rank']} → {row['rank']} ({row['delta']:+d})".replace("-", "−")


def _label_point(axes: Axes, point: tuple[float, float], height: float, colour: str, text: str) -> None:
    """A label beside a point at the given height, on the side that has room."""
    left = point[0] > 50
    axes.annotate(
        text,
        point,
        xytext=(point[0] + (-6 if left else 6), height + 4),
        ha="right" if left else "left",
        va="center",
        color=colour,
        arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6},
    )


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{kind}" for kind in FILES]
    for path in paths:
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
    return paths


def _row(figure: Figure, count: int) -> list[Axes]:
    return list(figure.subplots(1, count, squeeze=False, sharey=True)[0])


def _line(figures: pd.DataFrame, test: Test, subset: str, metric: Metric = "accuracy") -> pd.DataFrame:
    cell: Cell = "position" if test == "recoverability" else "length"
    chosen = figures[(figures["test"] == test) & (figures["subset"] == subset) & (figures["cell"] == cell)]
    return chosen[chosen["metric"] == metric]


def _draw(axes: Axes, rows: pd.DataFrame, look: Look, shift: float = 0.0) -> float:
    """One line with its intervals; returns the height of its last point. `shift` keeps intervals apart."""
    rows = rows.assign(x=100 * rows["at"].astype(float)).sort_values("x")
    values = 100 * rows["rate"]
    axes.errorbar(
        rows["x"] + shift,
        values,
        yerr=[values - 100 * rows["low"], 100 * rows["high"] - values],
        color=look.colour,
        marker=look.marker,
        linestyle=look.dash,
        capsize=2,
        elinewidth=0.8,
    )
    return float(values.iloc[-1])


def _bars(row: pd.Series[Any]) -> list[list[float]]:
    return [[100 * (row["rate"] - row["low"])], [100 * (row["high"] - row["rate"])]]


def _counted(label: str, figures: pd.DataFrame, place: Place) -> str:
    row = pick(figures, place)
    return label if row is None else f"{label} (n = {row['n']})"


def _label_ends(axes: Axes, ends: Iterable[tuple[float, str, str]], x: float) -> None:
    """Labels right of the lines' last points, moved apart where they would overlap."""
    ordered = sorted(ends)
    for (_, label, colour), height in zip(ordered, spread([end for end, _, _ in ordered], LABEL_GAP), strict=True):
        axes.annotate(label, (x + 3, height), color=colour, va="center", fontsize=9, annotation_clip=False)


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Ascending heights moved apart to at least `gap`, none above 100 as long as there is room below."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    ceiling = 100.0
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def _frame(axes: Axes, label: str, ticks: Sequence[float]) -> None:
    axes.set_xlabel(label)
    axes.set_xticks(list(ticks))
    axes.set_ylim(-3, 103)


def styled() -> Any:
    """The context in which figures are drawn."""
    return rc_context(STYLE)
