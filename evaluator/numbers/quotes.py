"""Chooses the samples that a report quotes. Does not lay them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

import pandas as pd

from playground.backtracking import find_marks
from playground.records import Question, Record
from playground.runs.ledger import RunLedger

RECOVERED = "Recovered from a distraction"
ADOPTED = "Adopted the distraction"
BEGINNING = 200
"""Characters of a continuation in which turning back is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An outcome and what it is an example of."""

    title: str
    record: Record
    distractor: Question | None = None
    """The question that the model was led to, in recoverability."""


def quotes(outcomes: pd.DataFrame, ledger: RunLedger) -> tuple[Quote, ...]:
    """One outcome of each kind there is: recovered, adopted, guided, and a steer that gave the answer away.

    The choice is the first by identity, which is a hash: as good as drawn, and always the same. A recovery that turns
    back in words is preferred to one that got there silently, and an adoption that never turns back to one whose number
    agrees by chance.
    """
    rec = outcomes[outcomes["test"] == "recoverability"]
    guid = outcomes[outcomes["test"] == "guidability"]
    kinds = {
        RECOVERED: rec[rec["correct"]],
        ADOPTED: rec[rec["adopted"] & ~rec["correct"]],
        "Guided to an answer it hardly finds alone": guid[guid["correct"] & ~guid["leaked"]],
        "A steer that gives the answer away": guid[guid["leaked"]],
    }
    questions = {item.question.id: item.question for item in ledger.questions()}
    found = []
    for title, rows in kinds.items():
        records = (ledger.record(str(name)) for name in sorted(rows["trial_id"]))
        first = next(records, None)
        if first is not None:
            typical = TYPICAL.get(title, lambda _record: True)
            record = next(filter(typical, chain([first], records)), first)
            other = questions.get(record.trial.condition.steer_question) if title in (RECOVERED, ADOPTED) else None
            found.append(Quote(title=title, record=record, distractor=other))
    return tuple(found)


def _turns_back(record: Record) -> bool:
    """Whether the first lines of a continuation revise what stands before it."""
    return any(mark.kind == "backtrack" for mark in find_marks(record.outcome.text[:BEGINNING]))


TYPICAL: dict[str, Callable[[Record], bool]] = {
    RECOVERED: _turns_back,
    ADOPTED: lambda record: not find_marks(record.outcome.text),
}
"""What the best example of a kind is like."""
