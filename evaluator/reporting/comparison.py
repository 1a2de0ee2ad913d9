"""Compares runs on the same questions: paired statistics, and which questions flipped.

Runs nothing and judges nothing anew: it reads ledgers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import get_args

import pandas as pd

from evaluator.config import RunConfig
from evaluator.numbers.frame import outcome_frame
from evaluator.numbers.pairs import Sample, family, matched, sample
from evaluator.reporting.document import markdown_table
from evaluator.reporting.tables import pair_table
from playground.errors import RunError
from playground.records import TESTS, Question, Test, Variant
from playground.runs.ledger import RunLedger

SHOWN = 20
"""Flipped questions that are printed; the file holds all of them."""
FLIP_COLUMNS = ("test", "question", "first", "second", "first_rate", "second_rate", "difference", "gold", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One model of one run."""

    label: str
    model: str
    run: int
    outcomes: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sides or more, compared."""

    pairs: pd.DataFrame
    """As `evaluator.numbers.pairs` gives them."""
    flips: pd.DataFrame
    """The questions that a side does better on, those that are furthest apart first."""


def compare(folders: Sequence[Path]) -> Comparison:
    """Compare a model with itself in every other run; if the runs have no model in common, all with all.

    One run alone: all its models with each other.

    Raises:
        RunError: a folder holds no run, two runs ask something else under one name, or nothing can be compared.
    """
    sides: list[Side] = []
    questions: dict[str, Question] = {}
    for number, (folder, name) in enumerate(zip(folders, run_names(folders), strict=True)):
        with RunLedger(folder) as ledger:
            _same_questions(questions, (item.question for item in ledger.questions()), folder)
            sides += _sides(ledger, number, f" ({name})" if len(folders) > 1 else "")
    chosen = _chosen(sides)
    if not chosen:
        raise RunError(f"{folders[0]} has one model, and there is no other run.", "Give another run as well.")
    pairs, flips = [], []
    for test in TESTS:
        both = [pair for first, second in chosen for pair in _samples(first, second, test)]
        pairs.append(family(test, both))
        flips += [_flips(test, first, second) for first, second in both]
    found = pd.concat([frame for frame in pairs if not frame.empty] or pairs[:1], ignore_index=True)
    if found.empty:
        raise RunError("The runs have no question in common.", "Compare runs over the same questions.")
    flipped = pd.concat(flips, ignore_index=True)
    text = {name: " ".join(question.text.split()) for name, question in questions.items()}
    flipped = flipped.assign(
        gold=[questions[name].gold for name in flipped["question"]], text=flipped["question"].map(text)
    )
    order = flipped["difference"].abs().sort_values(ascending=False, kind="stable").index
    return Comparison(pairs=found, flips=flipped.loc[order, list(FLIP_COLUMNS)].reset_index(drop=True))


def _same_questions(known: dict[str, Question], found: Iterable[Question], folder: Path) -> None:
    for question in found:
        other = known.setdefault(question.id, question)
        if (other.text, other.gold) != (question.text, question.gold):
            raise RunError(
                f"In {folder}, {question.id} is another question than in the runs before it.",
                "Compare runs over the same questions.",
            )


def run_names(folders: Sequence[Path]) -> list[str]:
    """What the runs are called: by their folders, with as many of those above as tell different ones apart."""
    paths = [folder.resolve().parts for folder in folders]
    for depth in range(1, max(map(len, paths))):
        names = ["/".join(path[-depth:]) for path in paths]
        if len(set(names)) == len(set(paths)):
            return names
    return [str(folder) for folder in folders]


def _sides(ledger: RunLedger, number: int, suffix: str) -> list[Side]:
    """The run's models; guides answer only what is hard for others, and so are no sides."""
    models = ledger.fact(RunConfig, "config").models
    return [
        Side(label=f"{model!s}{suffix}", model=str(model), run=number, outcomes=mine)
        for model, mine in outcome_frame(ledger).groupby("model", sort=False)
        if model in models
    ]


def _samples(first: Side, second: Side, test: Test) -> Iterator[tuple[Sample, Sample]]:
    """Both sides of a test, and apart from it each other disturbance that both have."""
    for variant in get_args(Variant):
        label = "" if variant == "own" else f", {variant}"
        one, other = (
            sample(f"{side.label}{label}", side.outcomes[side.outcomes["variant"] == variant], test)
            for side in (first, second)
        )
        if not one.outcomes.empty and not other.outcomes.empty:
            yield one, other


def _chosen(sides: Sequence[Side]) -> list[tuple[Side, Side]]:
    every = list(combinations(sides, 2))
    across = [(first, second) for first, second in every if first.run != second.run]
    same = [(first, second) for first, second in across if first.model == second.model]
    return same or across or every


def _flips(test: Test, first: Sample, second: Sample) -> pd.DataFrame:
    """The questions on which the two sides do not do equally well."""
    one, other = matched(first.outcomes, second.outcomes, test)
    rates = pd.DataFrame(
        {
            "first_rate": one.groupby("question")["correct"].mean(),
            "second_rate": other.groupby("question")["correct"].mean(),
        }
    ).dropna()
    apart = rates.assign(difference=rates["first_rate"] - rates["second_rate"]).reset_index(names="question")
    apart = apart[apart["difference"].abs() > 1e-9]
    return apart.assign(test=test, first=first.label, second=second.label)


def comparison_text(comparison: Comparison, shown: int = SHOWN) -> str:
    """Both tables in Markdown."""
    flips = comparison.flips
    table = flips.head(shown).assign(
        **{side: [f"{value:.0%}" for value in flips[side].head(shown)] for side in ("first_rate", "second_rate")},
        difference=[f"{100 * value:+.0f}" for value in flips["difference"].head(shown)],
        text=[text if len(text) <= 80 else f"{text[:79]}…" for text in flips["text"].head(shown)],
    )
    more = f"\n\n{len(flips) - shown} more are left out here." if len(flips) > shown else ""
    return (
        f"## Paired comparisons\n\n{markdown_table(pair_table(comparison.pairs))}\n\n"
        f"## Questions that flipped ({len(flips)})\n\n{markdown_table(table)}{more}\n"
    )
