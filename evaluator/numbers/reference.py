"""The paper's published numbers, to stand beside a run's of the same model and benchmarks. Pure.

Facts from the tables of arXiv 2510.06410, mathematics. They are kept as printed, also where they do not agree with
each other; what they say of a model is no target for a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from evaluator.numbers.metrics import Cell, Metric, Place, pick
from playground.records import RunModel, Test

BENCHMARKS = ("aime24", "aime25", "math500", "minerva_math", "olympiadbench")
COLUMNS = (
    "model",
    "test",
    "subset",
    "cell",
    "at",
    "metric",
    "paper",
    "run",
    "low",
    "high",
    "difference",
    "covered",
    "n",
)

_ENTRIES: tuple[tuple[str, Test, Metric], ...] = (
    ("recoverability", "recoverability", "accuracy"),
    ("guidability", "guidability", "accuracy"),
    ("leakage", "guidability", "leakage"),
)
_CELLS: tuple[Cell, ...] = ("position", "length", "guide", "solved")


@cache
def published() -> Mapping[str, Any]:
    """The paper's models by the names it gives them; rates in per cent."""
    text = files("evaluator").joinpath("reference.json").read_text(encoding="utf-8")
    models: dict[str, Any] = json.loads(text)["models"]
    return models


def paper_name(model: RunModel) -> str | None:
    """What the paper calls a model that is loaded by its hub's name, from a folder of that name, or by the paper's."""
    known = {name.lower(): name for name in published()}
    known |= {entry["hub"].rpartition("/")[2].lower(): name for name, entry in published().items()}
    names = (model.name, model.identity.model)
    return next((known[last] for name in names if (last := _last(name)) in known), None)


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].lower()


def reference_frame(figures: pd.DataFrame, models: Sequence[RunModel]) -> pd.DataFrame:
    """The published figure beside the run's, as shares of 1, with the difference; a row for each that both have.

    `covered` says whether the run's 95 % interval holds the published figure. Empty unless every benchmark of the
    run is one of the paper's; the macro average is compared only where all five are there.
    """
    run = set(figures.loc[figures["cell"] == "benchmark", "at"])
    rows: list[dict[str, Any]] = []
    if run and run <= set(BENCHMARKS):
        for model in models:
            name = paper_name(model)
            places = _places(model.name, published()[name]) if name else ()
            for place, metric, value in places:
                found = pick(figures, place, metric)
                if found is not None and (place.cell != "macro" or run == set(BENCHMARKS)):
                    rows.append(_row(place, metric, value / 100, found))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(place: Place, metric: Metric, paper: float, found: pd.Series[Any]) -> dict[str, Any]:
    interval = {"low": float(found["low"]), "high": float(found["high"])}
    return (
        asdict(place)
        | {"metric": metric, "paper": paper, "run": float(found["rate"])}
        | interval
        | {
            "difference": float(found["rate"]) - paper,
            "covered": interval["low"] <= paper <= interval["high"],
            "n": int(found["n"]),
        }
    )


def _places(model: str, entry: Mapping[str, Any]) -> Iterator[tuple[Place, Metric, float]]:
    """Every published figure of a model and where a run has its own."""
    yield Place(model=model, test="solo", cell="macro"), "accuracy", entry["benchmark"]
    for name, value in entry["benchmarks"].items():
        yield Place(model=model, test="solo", cell="benchmark", at=name), "accuracy", value
    for key, test, metric in _ENTRIES:
        for subset, printed in entry.get(key, {}).items():
            yield Place(model=model, test=test, subset=subset), metric, printed["mean"]
            for cell in _CELLS:
                for at, value in printed.get(cell, {}).items():
                    yield Place(model=model, test=test, subset=subset, cell=cell, at=at), metric, value
