"""Computes rates from outcomes, with intervals and denominators, and ranks. Pure; draws and writes nothing.

Every rate is a micro average over outcomes: each counts the same, those without an answer and the truncated ones
as failures. What the engine could not do, or the grader could not decide, is left out of every rate and counted.
The benchmark score, by which models are ranked, is the macro average over benchmarks (paper, section 4).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any, Literal

import pandas as pd

from playground.records import OUTCOME_CLASSES, SUBSETS, TESTS, UNDECIDED, Test
from playground.statistics.correlation import rank_correlation
from playground.statistics.rates import cluster_bootstrap, competition_ranks, rate

Metric = Literal["accuracy", "adopted", "leakage", "leakage_judged", "backtracked"]
Cell = Literal[
    "all", "macro", "benchmark", "position", "length", "guide", "solved", "steer", "cut", "variant", "variant_position"
]

BREAKDOWNS: Mapping[Test, Mapping[Cell, str]] = {
    "solo": {"benchmark": "benchmark"},
    "recoverability": {"position": "own", "solved": "solved"},
    "guidability": {"length": "steer", "guide": "author"},
}
"""How the outcomes of a test are broken down, and the column of the outcome frame that does it."""

METRICS: Mapping[Test, Mapping[Metric, str]] = {
    "solo": {"accuracy": "correct"},
    "recoverability": {"accuracy": "correct", "adopted": "adopted", "backtracked": "backtracked"},
    "guidability": {"accuracy": "correct", "leakage": "leaked", "leakage_judged": "leaked_judged"},
}
"""What is counted in a test, and the column of the outcome frame that says yes or no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a figure belongs."""

    model: str
    test: Test
    subset: str = ""
    """`shared`, `individual`, `control`, or "" for solo."""
    cell: Cell = "all"
    at: str = ""
    """Which position, length, guide, benchmark or solve count."""


def figure_frame(outcomes: pd.DataFrame) -> pd.DataFrame:
    """All rates of a run, a row each.

    Columns: those of `Place`, `metric`, `rate`, `low`, `high`, `stderr`, `n`, `clusters` (questions), of whole tests
    `bootstrap_low` and `bootstrap_high`, and the number of outcomes of each class, of which those of `error` and
    `grader_timeout` are no part of n.
    """
    rows = [row for place, part in _parts(outcomes) for row in _rates(part, place)]
    figures = pd.DataFrame(rows)
    return pd.concat([figures, pd.DataFrame(list(_macro_averages(figures)))], ignore_index=True)


def _parts(outcomes: pd.DataFrame) -> Iterator[tuple[Place, pd.DataFrame]]:
    for model, test in product(outcomes["model"].unique(), TESTS):
        mine = outcomes[(outcomes["model"] == model) & (outcomes["test"] == test)]
        for subset in SUBSETS if test != "solo" else ("",):
            inside = mine[mine[subset]] if subset else mine
            like = Place(model=model, test=test, subset=subset)
            chosen = inside[inside["variant"] == "own"]
            yield like, chosen
            for cell, column in BREAKDOWNS[test].items():
                yield from _cells(chosen, like, cell, column)
            if test == "recoverability":
                yield from _grid(chosen, like)
                yield from _variants(inside[inside["variant"] != "own"], like)


def _cells(outcomes: pd.DataFrame, like: Place, cell: Cell, column: str) -> Iterator[tuple[Place, pd.DataFrame]]:
    for value, part in outcomes.groupby(column):
        at = f"{value:g}" if isinstance(value, float) else str(value)
        yield replace(like, cell=cell, at=at), part


def _grid(outcomes: pd.DataFrame, like: Place) -> Iterator[tuple[Place, pd.DataFrame]]:
    """By the steer's length, and by both shares, where there are several lengths."""
    if outcomes["steer"].nunique() > 1:
        yield from _cells(outcomes, like, "steer", "steer")
        pairs = [f"{own:g}+{steer:g}" for own, steer in zip(outcomes["own"], outcomes["steer"], strict=True)]
        yield from _cells(outcomes.assign(cut=pairs), like, "cut", "cut")


def _variants(outcomes: pd.DataFrame, like: Place) -> Iterator[tuple[Place, pd.DataFrame]]:
    """The other disturbances, which are no part of recoverability's own figure: as a whole, and by position."""
    places = [f"{variant} {own:g}" for variant, own in zip(outcomes["variant"], outcomes["own"], strict=True)]
    yield from _cells(outcomes, like, "variant", "variant")
    yield from _cells(outcomes.assign(place=places), like, "variant_position", "place")


def decided(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The outcomes that count: neither the engine nor the grader failed."""
    return outcomes[~outcomes["verdict"].isin(UNDECIDED)]


def _rates(outcomes: pd.DataFrame, place: Place) -> Iterator[dict[str, Any]]:
    judged = decided(outcomes)
    if judged.empty:
        return
    classes: dict[str, Any] = {name: int((outcomes["verdict"] == name).sum()) for name in OUTCOME_CLASSES}
    for metric, column in METRICS[place.test].items():
        known = judged[judged[column].notna()]  # what nobody looked for is in no rate
        if known.empty:
            continue
        hits, questions = known[column].tolist(), known["question"].tolist()
        found = asdict(rate(hits, questions))
        if place.cell == "all":
            found["bootstrap_low"], found["bootstrap_high"] = cluster_bootstrap(hits, questions)
        yield asdict(place) | {"metric": metric, "rate": found.pop("value")} | found | dict(classes)


def _macro_averages(figures: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The interval joins those of the benchmarks by their distances from the rates (Zou and Donner's MOVER)."""
    for model, parts in figures[figures["cell"] == "benchmark"].groupby("model", sort=False):
        value = float(parts["rate"].mean())
        stderr = math.sqrt(float((parts["stderr"] ** 2).sum(skipna=False))) / len(parts)
        place = asdict(Place(model=str(model), test="solo", cell="macro"))
        totals: dict[str, Any] = {name: int(parts[name].sum()) for name in ("n", "clusters", *OUTCOME_CLASSES)}
        low = value - math.sqrt(float(((parts["rate"] - parts["low"]) ** 2).sum())) / len(parts)
        high = value + math.sqrt(float(((parts["high"] - parts["rate"]) ** 2).sum())) / len(parts)
        interval = {"low": low, "high": high}
        yield place | {"metric": "accuracy", "rate": value, "stderr": stderr} | interval | totals


def pick(figures: pd.DataFrame, place: Place, metric: Metric = "accuracy") -> pd.Series[Any] | None:
    """The row of one figure, or None where the run has none."""
    chosen = figures[figures["metric"] == metric]
    for column, value in asdict(place).items():
        chosen = chosen[chosen[column] == value]
    return None if chosen.empty else chosen.iloc[0]


def rank_frame(figures: pd.DataFrame) -> pd.DataFrame:
    """How models rank in each test and subset against the benchmark, among the models that have both figures.

    Competition ranks, 1 the lowest score; `delta` is the test's rank minus the benchmark's (paper, section 4).
    """
    macro = figures[figures["cell"] == "macro"].set_index("model")["rate"]
    chosen = figures[(figures["cell"] == "all") & (figures["metric"] == "accuracy")]
    chosen = chosen[chosen["subset"].isin(("shared", "individual"))]
    rows = []
    for (test, subset), mine in chosen.groupby(["test", "subset"], sort=False):
        both = mine[mine["model"].isin(macro.index)]
        scores = dict(zip(both["model"], both["rate"], strict=True))
        ranks = competition_ranks(scores)
        base = competition_ranks({model: float(macro[model]) for model in scores})
        for model, score in scores.items():
            delta = ranks[model] - base[model]
            rows.append((test, subset, model, float(macro[model]), score, base[model], ranks[model], delta))
    columns = ["test", "subset", "model", "benchmark", "score", "benchmark_rank", "rank", "delta"]
    return pd.DataFrame(rows, columns=columns)


def correlation_frame(ranks: pd.DataFrame) -> pd.DataFrame:
    """Spearman's correlation of each test and subset with the benchmark, where four models or more have the figure."""
    rows = []
    for (test, subset), mine in ranks.groupby(["test", "subset"], sort=False):
        found = rank_correlation(mine["benchmark"].tolist(), mine["score"].tolist())
        if found is not None:
            rows.append((test, subset, found.n, found.value, found.low, found.high, found.p))
    return pd.DataFrame(rows, columns=["test", "subset", "models", "rho", "low", "high", "p"])
