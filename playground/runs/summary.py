"""The rates of a run by model, test and subset, with intervals, as in the evaluator's report.

Reads the ledger and the people's verdicts beside it; knows no page. Rates are those of the rules; what people decided
is counted beside them, never mixed in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.records import OUTCOME_CLASSES, SUBSETS, TESTS, UNDECIDED, Selection, Test
from playground.runs.ledger import RunLedger
from playground.runs.samples import RunSamples
from playground.statistics.rates import Rate, rate

_COLUMNS = "model, test, question, variant, author, verdict, backtracks, decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The accuracy of one model in one test and subset."""

    model: str
    test: Test
    subset: str
    """`shared`, `individual` or `control`; empty for the questions alone."""
    accuracy: Rate
    classes: Mapping[str, int]
    """How many outcomes of each class, those of `error` and `grader_timeout` among them, which are in no rate."""
    backtracked: Rate | None
    """The share that turns back; None where nobody looked."""
    decided: int
    """How many of the outcomes a person has given a verdict on."""
    with_decisions: float
    """The accuracy if a person's verdict counted in the place of the rules'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    model: str
    test: str
    question: str
    variant: str
    author: str
    verdict: str
    backtracks: int | None
    decision: str | None


def figures(ledger: RunLedger, samples: RunSamples) -> list[Figure]:
    """The figures in the order of the run's models, the tests and their subsets.

    Only what the report counts: tested questions, the subsets' own trials, no variants, nothing undecided.

    Raises:
        RunError: the ledger cannot be read.
        InvalidData: the people's verdicts cannot be read.
    """
    names = _COLUMNS.split(", ")
    tested = {item.question.id for item in ledger.questions() if item.role == "tested"}
    parts: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in samples.all(_COLUMNS):
        found = _Row(**dict(zip(names, row, strict=True)))
        if found.question in tested and found.variant == "own":
            parts[found.model, found.test].append(found)
    return list(_figures([model.name for model in ledger.models()], parts, ledger.selections()))


def _figures(
    models: Iterable[str], parts: Mapping[tuple[str, str], list[_Row]], selections: Iterable[Selection]
) -> Iterator[Figure]:
    chosen: dict[tuple[str, str, str], Selection] = {(item.model, item.test, item.subset): item for item in selections}
    for model in models:
        for test in TESTS:
            rows = parts.get((model, test), [])
            for subset in ("",) if test == "solo" else SUBSETS:
                selection = chosen.get((model, test, subset))
                inside = [row for row in rows if not subset or (selection is not None and _holds(selection, row))]
                found = _figure(inside)
                if found:
                    yield Figure(model=model, test=test, subset=subset, **found)


def _holds(selection: Selection, row: _Row) -> bool:
    return row.question in selection.questions and (not selection.guides or row.author in selection.guides)


def _figure(rows: list[_Row]) -> dict[str, Any] | None:
    judged = [row for row in rows if row.verdict not in UNDECIDED]
    if not judged:
        return None
    questions = [row.question for row in judged]
    looked = [row for row in judged if row.backtracks is not None]
    counts = Counter(row.verdict for row in rows)
    settled = [verdict for row in rows if (verdict := row.decision or row.verdict) not in UNDECIDED]
    return {
        "accuracy": rate([row.verdict == "correct" for row in judged], questions),
        "classes": {name: counts[name] for name in OUTCOME_CLASSES},
        "backtracked": rate([bool(row.backtracks) for row in looked], [row.question for row in looked])
        if looked
        else None,
        "decided": sum(row.decision is not None for row in rows),
        "with_decisions": settled.count("correct") / max(len(settled), 1),
    }
