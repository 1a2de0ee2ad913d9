"""Compares models, or conditions of one model, on the same questions, with paired tests. Pure; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

import pandas as pd

from evaluator.numbers.metrics import decided
from playground.records import TESTS, Test
from playground.statistics.paired import difference, holm, paired_counts

COLUMNS = (
    "test",
    "first",
    "second",
    "first_rate",
    "second_rate",
    "difference",
    "low",
    "high",
    "better",
    "worse",
    "questions",
    "trials",
    "p",
    "p_holm",
    "p_mcnemar",
    "detectable",
)
CONDITION = ("own", "steer", "author", "variant")
"""What must agree besides the question for two trials of different models to be a pair, where the frame has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The outcomes of one side, without what was not decided."""

    label: str
    outcomes: pd.DataFrame
    """Rows of `evaluator.numbers.frame.outcome_frame`, of one test."""


def model_pairs(outcomes: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Every two models of a run: alone on all questions, in the other tests on the shared subset."""
    chosen = outcomes[((outcomes["test"] == "solo") | outcomes["shared"]) & (outcomes["variant"] == "own")]
    rows = []
    for test in TESTS:
        sides = [sample(model, chosen[chosen["model"] == model], test) for model in models]
        rows += _family(test, combinations(sides, 2))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def condition_pairs(outcomes: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Later positions against the first, longer steers against the shortest, other disturbances against the usual.

    For each model, over all its questions, whatever subset; what differs follows its name.
    """
    rows = []
    for test, column in (("recoverability", "own"), ("guidability", "steer")):
        pairs = []
        for model in models:
            mine = sample(model, outcomes[outcomes["model"] == model], cast(Test, test)).outcomes
            pairs += _variants(model, mine)
            mine = mine[mine["variant"] == "own"]
            sides = [
                Sample(label=f"{model} at {100 * float(cast(float, value)):g} %", outcomes=part.drop(columns=column))
                for value, part in mine.groupby(column)
            ]
            pairs += [(later, sides[0]) for later in sides[1:]]
        rows += _family(cast(Test, test), pairs)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _variants(model: str, outcomes: pd.DataFrame) -> list[tuple[Sample, Sample]]:
    sides = {str(name): part.drop(columns=["variant", "author"]) for name, part in outcomes.groupby("variant")}
    own = Sample(label=f"{model}, own", outcomes=sides.get("own", outcomes.head(0)))
    return [(Sample(label=f"{model}, {name}", outcomes=part), own) for name, part in sides.items() if name != "own"]


def sample(label: str, outcomes: pd.DataFrame, test: Test) -> Sample:
    """One side of a comparison: the outcomes of a test that count."""
    return Sample(label=label, outcomes=decided(outcomes[outcomes["test"] == test]))


def family(test: Test, pairs: Iterable[tuple[Sample, Sample]]) -> pd.DataFrame:
    """Pairs that are tested together: Holm's correction is over all of them."""
    return pd.DataFrame(_family(test, pairs), columns=list(COLUMNS))


def _family(test: Test, pairs: Iterable[tuple[Sample, Sample]]) -> list[dict[str, Any]]:
    rows = [row for first, second in pairs if (row := _compared(test, first, second)) is not None]
    for row, adjusted in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p_holm"] = adjusted
    return rows


def _compared(test: Test, first: Sample, second: Sample) -> dict[str, Any] | None:
    one, other = matched(first.outcomes, second.outcomes, test)
    counts = paired_counts(_hits(one), _hits(other))
    if counts is None:
        return None
    found = difference(counts)
    return {
        "test": test,
        "first": first.label,
        "second": second.label,
        "first_rate": float(counts.hits.sum() / counts.asked.sum()),
        "second_rate": float(counts.other_hits.sum() / counts.other_asked.sum()),
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "better": found.better,
        "worse": found.worse,
        "questions": found.questions,
        "trials": int(counts.asked.sum() + counts.other_asked.sum()),
        "p": found.p,
        "p_holm": found.p,
        "p_mcnemar": found.mcnemar,
        "detectable": found.detectable,
    }


def matched(first: pd.DataFrame, second: pd.DataFrame, test: Test) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The outcomes of both sides that stand for the same question under the same condition."""
    keys = ["question"]
    if test != "solo":
        keys += [name for name in CONDITION if name in first and name in second and _matters(name, test)]
    here, there = (pd.MultiIndex.from_frame(side[keys]) for side in (first, second))
    return first[here.isin(there)], second[there.isin(here)]


def _matters(column: str, test: Test) -> bool:
    """A distraction is the model's own, so that its author says nothing; a guide is one for all."""
    return not (column == "author" and test == "recoverability")


def _hits(outcomes: pd.DataFrame) -> dict[str, list[bool]]:
    return {str(name): part.tolist() for name, part in outcomes.groupby("question")["correct"]}
