"""The paper's published numbers, to stand beside a run's of the same model and benchmarks. Pure.

Facts from the tables of arXiv 2510.06410, mathematics. They are kept as printed, also where they do not agree with
each other; what they say of a model is no target for a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from evaluator.config import RunConfig
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
    ("recoverability, distractor 0.4", "recoverability", "accuracy"),
    ("guidability", "guidability", "accuracy"),
    ("leakage", "guidability", "leakage"),
    ("leakage", "guidability", "leakage_judged"),
)
_STEERS = {"recoverability": (0.2,), "recoverability, distractor 0.4": (0.4,)}
"""The lengths of the distractors behind an entry."""
_CELLS: tuple[Cell, ...] = ("position", "length", "guide", "solved", "variant", "variant_position")
_LENGTHS = ("0.2", "0.4", "0.6", "0.8")
_SAMPLES = 8
"""How often each question was asked alone."""


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


def reference_frame(figures: pd.DataFrame, models: Sequence[RunModel], config: RunConfig) -> pd.DataFrame:
    """The published figure beside the run's, as shares of 1, with the difference; a row for each that both have.

    `covered` says whether the run's 95 % interval holds the published figure. Empty unless every benchmark of the
    run is one of the paper's; the macro average is compared only where all five are there, a test's figure only where
    the run has the same positions or lengths.
    """
    run = set(figures.loc[figures["cell"] == "benchmark", "at"])
    guides = {_last(guide): guide for guide in figures.loc[figures["cell"] == "guide", "at"]}
    rows: list[dict[str, Any]] = []
    if run and run <= set(BENCHMARKS):
        for model in models:
            name = paper_name(model)
            places = _places(model.name, published()[name], config) if name else ()
            for place, metric, value in places:
                here = replace(place, at=guides.get(_last(place.at), "")) if place.cell == "guide" else place
                found = pick(figures, here, metric)
                if found is not None and (place.cell != "macro" or run == set(BENCHMARKS)):
                    rows.append(_row(here, metric, value / 100, found))
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


def _places(model: str, entry: Mapping[str, Any], config: RunConfig) -> Iterator[tuple[Place, Metric, float]]:
    """Every published figure of a model that the run has asked for as well, and where it has its own."""
    yield Place(model=model, test="solo", cell="macro"), "accuracy", entry["benchmark"]
    for name, value in entry["benchmarks"].items():
        yield Place(model=model, test="solo", cell="benchmark", at=name), "accuracy", value
    for key, test, metric in _ENTRIES:
        if config.steers != _STEERS.get(key, config.steers):
            continue
        for subset, printed in entry.get(key, {}).items():
            like = Place(model=model, test=test, subset=subset)
            alike = _same_parts(printed, config, test)
            if alike:
                yield like, metric, printed["mean"]
            for cell in _CELLS:
                if _comparable(cell, config, alike=alike):
                    for at, value in printed.get(cell, {}).items():
                        yield replace(like, cell=cell, at=at), metric, value


def _same_parts(printed: Mapping[str, Any], config: RunConfig, test: Test) -> bool:
    """Whether the run has the positions or the lengths that a published figure is the mean over."""
    if test == "recoverability":
        return {f"{own:g}" for own, _ in config.cuts} == set(printed["position"])
    return {f"{length:g}" for length in config.lengths} == set(printed.get("length", _LENGTHS))


def _comparable(cell: Cell, config: RunConfig, *, alike: bool) -> bool:
    """Whether cells of a breakdown are of the same trials, but for the questions."""
    if cell == "solved":
        return alike and config.n == _SAMPLES
    return alike or cell in ("position", "length", "variant_position")
