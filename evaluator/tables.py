"""Figures as tables to read: text in the cells, a row a model. Pure; writes no file."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluator.metrics import Metric, Place, pick
from playground.records import OUTCOME_CLASSES, Test

NOTHING = "–"


def percent(figures: pd.DataFrame, place: Place, metric: Metric = "accuracy") -> str:
    """A figure in per cent with its interval, or a dash."""
    row = pick(figures, place, metric)
    return NOTHING if row is None else f"{100 * row['rate']:.1f} [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"


def main_table(figures: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """The benchmark and both tests in per cent with intervals; `adopted` and `leaked` of the individual subsets."""
    rows = []
    for model in models:
        shared = {test: Place(model=model, test=test, subset="shared") for test in _STEERED}
        own = {test: Place(model=model, test=test, subset="individual") for test in _STEERED}
        rows.append(
            {
                "model": model,
                "benchmark": percent(figures, Place(model=model, test="solo", cell="macro")),
                "recoverability": percent(figures, shared["recoverability"]),
                "recov. individual": percent(figures, own["recoverability"]),
                "adopted": percent(figures, own["recoverability"], "adopted"),
                "guidability": percent(figures, shared["guidability"]),
                "guid. individual": percent(figures, own["guidability"]),
                "leaked": percent(figures, own["guidability"], "leakage"),
            }
        )
    return pd.DataFrame(rows)


_STEERED: tuple[Test, ...] = ("recoverability", "guidability")


def breakdown(figures: pd.DataFrame, like: Place, models: Sequence[str], metric: Metric = "accuracy") -> pd.DataFrame:
    """One test and subset by position, length, guide, benchmark or solve count: a column for each."""
    cells = figures[
        (figures["test"] == like.test) & (figures["subset"] == like.subset) & (figures["cell"] == like.cell)
    ]
    numeric = like.cell in ("position", "length", "solved")
    places = sorted(cells["at"].unique(), key=float if numeric else str)
    rows = []
    for model in models:
        row = {"model": model}
        for at in places:
            place = Place(model=model, test=like.test, subset=like.subset, cell=like.cell, at=at)
            row[at] = percent(figures, place, metric)
        if set(row.values()) - {model, NOTHING}:
            rows.append(row)
    return pd.DataFrame(rows, columns=["model", *places])


def class_table(figures: pd.DataFrame) -> pd.DataFrame:
    """How many outcomes of each class, and the denominators."""
    rows = figures[(figures["cell"] == "all") & (figures["metric"] == "accuracy")]
    columns = ["model", "test", "subset", "clusters", "n", *OUTCOME_CLASSES]
    return rows[columns].rename(columns={"clusters": "questions"}).reset_index(drop=True)


def rank_table(ranks: pd.DataFrame) -> pd.DataFrame:
    """Ranks against the benchmark."""
    table = ranks.assign(
        benchmark=[f"{value:.1%}" for value in ranks["benchmark"]],
        score=[f"{value:.1%}" for value in ranks["score"]],
        delta=[f"{value:+d}" if value else "0" for value in ranks["delta"]],
    )
    return table.rename(columns={"benchmark_rank": "benchmark rank"})


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown."""
    return table.to_markdown(index=False, disable_numparse=True)
