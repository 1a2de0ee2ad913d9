"""A run's figures as tables to read: text in the cells, one row per model. Pure; writes no file."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from evaluator.numbers.metrics import Cell, Metric, Place, pick
from playground.records import OUTCOME_CLASSES, TWIN_TESTS

NOTHING = "–"


def percent(figures: pd.DataFrame, place: Place, metric: Metric = "accuracy") -> str:
    """A figure in per cent with its interval, or a dash."""
    row = pick(figures, place, metric)
    return NOTHING if row is None else f"{100 * row['rate']:.1f} [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"


def main_table(figures: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """The benchmark and both tests in per cent with intervals; `adopted` and `leaked` of the individual subsets.

    A column without a single figure is left out.
    """
    rows = []
    for model in models:
        shared = {test: Place(model=model, test=test, subset="shared") for test in TWIN_TESTS}
        own = {test: Place(model=model, test=test, subset="individual") for test in TWIN_TESTS}
        rows.append(
            {
                "model": model,
                "benchmark": percent(figures, Place(model=model, test="solo", cell="macro")),
                "recoverability, shared": percent(figures, shared["recoverability"]),
                "recoverability, individual": percent(figures, own["recoverability"]),
                "adopted": percent(figures, own["recoverability"], "adopted"),
                "guidability, shared": percent(figures, shared["guidability"]),
                "guidability, individual": percent(figures, own["guidability"]),
                "leaked": percent(figures, own["guidability"], "leakage"),
            }
        )
    table = pd.DataFrame(rows)
    return table.loc[:, ["model", *(name for name in table.columns[1:] if (table[name] != NOTHING).any())]]


def breakdown(figures: pd.DataFrame, like: Place, models: Sequence[str], metric: Metric = "accuracy") -> pd.DataFrame:
    """One test and subset by position, length, guide, benchmark or solve count: a column for each, and one of n."""
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
            row[place_name(like.cell, at)] = percent(figures, place, metric)
        counts = cells.loc[(cells["model"] == model) & (cells["metric"] == metric), "n"]
        if not counts.empty:
            rows.append(row | {"n of a cell": span(counts)})
    return pd.DataFrame(rows, columns=["model", *(place_name(like.cell, at) for at in places), "n of a cell"])


def place_name(cell: Cell, at: str) -> str:
    """A position, length, guide, benchmark or solve count as a report names it: shares in per cent."""
    if cell in ("position", "length", "steer"):
        return f"{_hundredfold(at)} %"
    if cell == "cut":
        own, _, steer = at.partition("+")
        return f"{_hundredfold(own)} + {_hundredfold(steer)} %"
    if cell == "variant_position":
        variant, _, own = at.rpartition(" ")
        return f"{variant}, {_hundredfold(own)} %"
    return at


def _hundredfold(share: str) -> str:
    return f"{100 * float(share):g}"


def span(counts: pd.Series[int]) -> str:
    """The least and the largest number, or the one that all are."""
    least, most = counts.min(), counts.max()
    return str(least) if least == most else f"{least}–{most}"


def class_table(figures: pd.DataFrame) -> pd.DataFrame:
    """How many outcomes of each class, and the denominators."""
    rows = figures[(figures["cell"] == "all") & (figures["metric"] == "accuracy")]
    columns = ["model", "test", "subset", "clusters", "n", *OUTCOME_CLASSES]
    return rows[columns].rename(columns={"clusters": "questions"}).reset_index(drop=True)


def rank_table(ranks: pd.DataFrame) -> pd.DataFrame:
    """Ranks against the benchmark."""
    table = ranks.assign(
        benchmark=[f"{100 * value:.1f} %" for value in ranks["benchmark"]],
        score=[f"{100 * value:.1f} %" for value in ranks["score"]],
        delta=[f"{value:+d}" if value else "0" for value in ranks["delta"]],
    )
    return table.rename(columns={"benchmark_rank": "benchmark rank"})


def pair_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Paired comparisons to read: rates and differences in per cent, the least detectable difference in points."""
    return pd.DataFrame(
        {
            "test": pairs["test"],
            "first": pairs["first"],
            "second": pairs["second"],
            "questions": pairs["questions"],
            "rates": [
                f"{100 * a:.1f} / {100 * b:.1f}" for a, b in zip(pairs["first_rate"], pairs["second_rate"], strict=True)
            ],
            "difference": [
                f"{100 * row['difference']:+.1f} [{100 * row['low']:+.0f}, {100 * row['high']:+.0f}]"
                for row in pairs.to_dict("records")
            ],
            "better / worse": [f"{a} / {b}" for a, b in zip(pairs["better"], pairs["worse"], strict=True)],
            "p": [probability(p) for p in pairs["p"]],
            "p (Holm)": [probability(p) for p in pairs["p_holm"]],
            "McNemar": [probability(p) for p in pairs["p_mcnemar"]],
            "detectable": [NOTHING if pd.isna(least) else f"{100 * least:.0f}" for least in pairs["detectable"]],
        }
    )


def probability(p: float) -> str:
    """A p value with the digits that matter."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def reference_table(reference: pd.DataFrame) -> pd.DataFrame:
    """The paper's figures beside the run's, in per cent."""
    return pd.DataFrame(
        {
            "model": reference["model"],
            "figure": [_named(row) for row in reference.to_dict("records")],
            "paper": [f"{100 * value:.1f}" for value in reference["paper"]],
            "run": [
                f"{100 * row['run']:.1f} [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"
                for row in reference.to_dict("records")
            ],
            "difference": [f"{100 * value:+.1f}" for value in reference["difference"]],
            "paper in the interval": ["yes" if covered else "no" for covered in reference["covered"]],
            "n": reference["n"],
        }
    )


def _named(row: Mapping[Hashable, Any]) -> str:
    words = [row["test"] if row["metric"] == "accuracy" else row["metric"], row["subset"]]
    if row["cell"] == "macro":
        words = ["benchmark", "average"]
    elif row["cell"] != "all":
        cell = "" if row["cell"] in ("benchmark", "variant", "variant_position") else row["cell"]
        words += [cell, place_name(row["cell"], row["at"])]
    return " ".join(word for word in words if word)


def correlation_table(correlations: pd.DataFrame) -> pd.DataFrame:
    """Rank correlations with the benchmark."""
    return pd.DataFrame(
        {
            "test": correlations["test"],
            "subset": correlations["subset"],
            "models": correlations["models"],
            "Spearman's ρ": [
                f"{row['rho']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]" for row in correlations.to_dict("records")
            ],
            "p": [probability(p) for p in correlations["p"]],
        }
    )
