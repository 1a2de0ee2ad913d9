"""Plots how many tokens after a distraction a model first turns back, by its backtracking marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from evaluator.numbers.metrics import decided
from evaluator.reporting.plots.labels import End, label_ends
from evaluator.reporting.plots.style import looks, per_cent
from playground.statistics.rates import rate

INTERVALS = 4
"""Places along the curve that carry an interval."""


def turning_figure(outcomes: pd.DataFrame, models: Sequence[str]) -> Figure | None:
    """The share of continuations that have turned back within so many tokens, of all after a distraction."""
    rows = decided(outcomes[outcomes["test"] == "recoverability"])
    rows = rows[(rows["variant"] == "own") & rows["backtracked"].notna()]
    after = rows["first_backtrack"].astype(float)
    if rows.empty or after.isna().all():
        return None
    furthest = max(float(np.nanquantile(after, 0.98)), 8.0)
    along = np.linspace(0, furthest, 200)
    figure = Figure(figsize=(7.6, 4.6), layout="constrained")
    axes = figure.subplots()
    ends = []
    for i, (model, look) in enumerate(looks(models).items()):
        mine = rows[rows["model"] == model]
        if mine.empty:
            continue
        times = mine["first_backtrack"].astype(float).to_numpy()
        share = [100 * float(np.mean(times <= x)) for x in along]
        axes.plot(along, share, color=look.colour, linestyle=look.dash, linewidth=1.4)
        for k in range(1, INTERVALS + 1):
            x = furthest * (k - 0.5) / INTERVALS + furthest * 0.012 * (i - (len(models) - 1) / 2)
            found = rate((times <= x).tolist(), mine["question"].tolist())
            value, bars = 100 * found.value, [[100 * (found.value - found.low)], [100 * (found.high - found.value)]]
            axes.errorbar(x, value, bars, color=look.colour, marker=look.marker, ms=5, capsize=2, elinewidth=0.8)
        ends.append(End(height=share[-1], label=_label(model, mine), look=look))
    per_cent(axes, "tokens after the distraction", [tick for tick in axes.get_xticks() if 0 <= tick <= furthest])
    axes.set_xlim(-0.02 * furthest, 1.02 * furthest)
    axes.set_ylabel("continuations that have turned back, %")
    label_ends(axes, ends)
    return figure


def _label(model: str, rows: pd.DataFrame) -> str:
    turned = rows["first_backtrack"].dropna()
    median = f"; median {turned.median():.0f}" if len(turned) else ""
    return f"{model} ({len(turned)} of {len(rows)}{median})"
