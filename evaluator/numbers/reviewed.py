"""The verdicts of a run that a judge or a person has reviewed, as one frame. Judges nothing."""

from __future__ import annotations

import pandas as pd

from playground.errors import InvalidData, RunError
from playground.grading.reviews import Opinion, Override, Reviews, reviews_in
from playground.records import Record
from playground.runs.ledger import RunLedger

COLUMNS = ("trial", "model", "test", "question", "gold", "answer", "rules", "judge", "person", "counts", "by", "reason")


def reviews_of(ledger: RunLedger) -> Reviews:
    """The views beside a run's ledger.

    Raises:
        RunError: a file of them is damaged.
    """
    try:
        return reviews_in(ledger.path.parent)
    except InvalidData as error:
        raise RunError(f"{error.path}: {error.problem}.", "Correct this line, or remove it.") from None


def reviewed_frame(ledger: RunLedger) -> pd.DataFrame:
    """A row for each trial with a judge's opinion or a person's decision; `counts` is the verdict that figures use."""
    views = reviews_of(ledger)
    rows = []
    if views.opinions or views.overrides:
        for record in ledger.records():
            name = record.outcome.trial_id
            if name in views.opinions or name in views.overrides:
                rows.append(_row(record, views.opinions.get(name), views.overrides.get(name), views))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def disputed(reviewed: pd.DataFrame) -> pd.DataFrame:
    """The rows on which the judge or the person disagrees with the rules."""
    views = reviewed[["judge", "person"]]
    other = ~views.isin(["", "error"]) & views.ne(reviewed["rules"], axis=0)
    return reviewed[other.any(axis=1)]


def _row(record: Record, opinion: Opinion | None, decision: Override | None, views: Reviews) -> dict[str, str]:
    trial, outcome = record.trial, record.outcome
    return {
        "trial": outcome.trial_id,
        "model": trial.model,
        "test": trial.condition.test,
        "question": trial.question.id,
        "gold": trial.question.gold,
        "answer": outcome.extracted or "",
        "rules": outcome.verdict,
        "judge": opinion.outcome if opinion else "",
        "person": decision.outcome if decision else "",
        "counts": views.settled(outcome.trial_id, outcome.verdict),
        "by": decision.author if decision else opinion.judge if opinion else "",
        "reason": decision.reason if decision else "",
    }
