"""A scatter plot of recoverability against the benchmark: how the ranks change between the two."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluator.numbers.metrics import Place, pick
from evaluator.reporting.plots.labels import Point, label_points
from evaluator.reporting.plots.style import looks, per_cent

MOST_IN_FULL = 6
"""With more models each label is one line."""


def rank_figure(figures: pd.DataFrame, ranks: pd.DataFrame) -> Figure | None:
    """A point for each model with both its intervals; needs two models."""
    subset = "shared" if (ranks["subset"] == "shared").any() else "individual"
    rows = ranks[(ranks["test"] == "recoverability") & (ranks["subset"] == subset)]
    if len(rows) < 2:
        return None
    figure = Figure(figsize=(7.6, 5.6 if len(rows) < 8 else 7.2), layout="constrained")
    axes = figure.subplots()
    drawn = looks(list(rows["model"]))
    points = []
    for row in rows.to_dict("records"):
        across = pick(figures, Place(model=row["model"], test="solo", cell="macro"))
        up = pick(figures, Place(model=row["model"], test="recoverability", subset=subset))
        if across is None or up is None:
            continue
        point = Point(
            x=100 * across["rate"],
            y=100 * up["rate"],
            left=100 * across["low"],
            right=100 * across["high"],
            low=100 * up["low"],
            high=100 * up["high"],
            label=_label(row, int(up["n"]), many=len(rows) > MOST_IN_FULL),
            look=drawn[row["model"]],
        )
        _draw(axes, point)
        points.append(point)
    per_cent(axes, "benchmark: mean Pass@1 alone, %", (0, 20, 40, 60, 80, 100))
    axes.set_xlim(-3, 103)
    axes.set_ylabel(f"recoverability on {subset} questions, %")
    label_points(figure, axes, points)
    return figure


def _draw(axes: Axes, point: Point) -> None:
    axes.errorbar(
        point.x,
        point.y,
        [[point.y - point.low], [point.high - point.y]],
        [[point.x - point.left], [point.right - point.x]],
        marker=point.look.marker,
        markersize=8,
        color=point.look.colour,
        capsize=2,
        elinewidth=1,
    )


def _label(row: Mapping[Hashable, Any], n: int, *, many: bool) -> str:
    """Name, n and change of rank; in short where many labels have to find room."""
    if many:
        return f"{row['model']} {row['benchmark_rank']} → {row['rank']}, n = {n}"
    return f"{row['model']} (n = {n})\n{_rank_change(row)}"


def _rank_change(row: Mapping[Hashable, Any]) -> str:
    if not row["delta"]:
        return f"rank {row['rank']} in both"
    return f"rank {row['benchmark_rank']} → {row['rank']} ({row['delta']:+d})".replace("-", "−")
