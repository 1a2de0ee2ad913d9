"""A ledger as a pandas frame, a row for each outcome on a tested question. Aggregates nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evaluator.config import RunConfig
from evaluator.numbers.reviewed import reviews_of
from playground.answers import contains_answer
from playground.ending import adopts
from playground.errors import RunError
from playground.grading.reviews import Reviews
from playground.records import Record, RunQuestion, Selection, Subset, Test, Trial
from playground.runs.ledger import DAMAGED, RunLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class _Members:
    """A subset of one model's test, for fast questions."""

    subset: Subset
    questions: frozenset[str]
    guides: frozenset[str]

    def holds(self, trial: Trial) -> bool:
        return trial.question.id in self.questions and (not self.guides or trial.condition.author in self.guides)


def outcome_frame(ledger: RunLedger) -> pd.DataFrame:
    """The outcomes on tested questions, models in the order of the run, their outcomes in that of their identities.

    Columns: the trial's and the outcome's own fields, with `verdict` the one that counts where somebody else has looked
    at it and `rules` the one that the rules gave, `correct`, and what the other tests make of them:
    `shared`, `individual` and `control` say which subsets a trial belongs to; `solved` how often its model solves the
    question alone; `adopted` whether it answers the distractor's question; `leaked` whether the steer names the gold
    answer; `backtracked` whether it turns back, and `first_backtrack` after how many tokens.

    Raises:
        RunError: there is no outcome, or one on a question or of a model that the ledger does not know; or the run
            draws from one saved condition, which is no test.
    """
    questions = {item.question.id: item for item in ledger.questions()}
    selections = _by_test(ledger.selections())
    views = reviews_of(ledger)
    judged = {(item.question, item.steer): item.leaked for item in ledger.leak_judgements()}
    try:
        rows = [
            _row(record, questions, selections) | _judged(record, judged) | _settled(record, views)
            for record in _tested(ledger, questions)
        ]
    except KeyError as error:
        raise RunError(
            f"{ledger.path} holds an outcome on {error}, which is not one of its questions.", DAMAGED
        ) from None
    if not rows:
        raise RunError(f"{ledger.path} holds no outcome yet.", "Run the evaluation first.")
    models = [model.name for model in ledger.models()]
    strangers = {row["model"] for row in rows} - set(models)
    if strangers:
        raise RunError(f"{ledger.path} holds outcomes of {min(strangers)}, which is not one of its models.", DAMAGED)
    frame = pd.DataFrame(rows).sort_values("model", kind="stable", key=lambda names: names.map(models.index))
    solved = frame[(frame["test"] == "solo") & frame["correct"]]
    counts = solved.groupby(["model", "question"]).size().to_dict()
    keys = zip(frame["model"], frame["question"], strict=True)
    return frame.assign(solved=[counts.get(key, 0) for key in keys]).reset_index(drop=True)


def _tested(ledger: RunLedger, questions: Mapping[str, RunQuestion]) -> Iterator[Record]:
    tests = {"solo", *ledger.fact(RunConfig, "config").tests}
    for record in ledger.records():
        if record.trial.condition.test not in tests:
            raise RunError(
                f"{ledger.path.parent} holds samples of one saved condition, which is no test.",
                "Look at them on the page: python -m playground --runs DIR.",
            )
        if questions[record.trial.question.id].role == "tested":
            yield record


def _row(
    record: Record, questions: Mapping[str, RunQuestion], selections: Mapping[tuple[str, Test], Sequence[_Members]]
) -> dict[str, Any]:
    trial, outcome, condition = record.trial, record.outcome, record.trial.condition
    subsets = {item.subset for item in selections.get((trial.model, condition.test), ()) if item.holds(trial)}
    return {
        "trial_id": outcome.trial_id,
        "model": trial.model,
        "test": condition.test,
        "question": trial.question.id,
        "benchmark": trial.question.benchmark,
        "gold": trial.question.gold,
        "sample": trial.sample,
        "own": condition.own,
        "steer": condition.steer,
        "author": condition.author,
        "steer_question": condition.steer_question,
        "verdict": outcome.verdict,
        "extracted": outcome.extracted,
        "tokens": outcome.tokens,
        "variant": condition.variant,
        "backtracked": None if outcome.backtracks is None else bool(outcome.backtracks),
        "first_backtrack": outcome.backtracks[0] if outcome.backtracks else None,
        "steer_probability": outcome.steer_probability,
        "shared": "shared" in subsets,
        "individual": "individual" in subsets,
        "control": "control" in subsets,
        "correct": outcome.verdict == "correct",
        "adopted": _adopted(record, questions),
        "leaked": condition.test == "guidability" and contains_answer(trial.prefix, trial.question.gold),
    }


def _settled(record: Record, views: Reviews) -> dict[str, Any]:
    """The verdict that counts, and the one that the rules gave."""
    verdict = views.settled(record.outcome.trial_id, record.outcome.verdict)
    return {"verdict": verdict, "correct": verdict == "correct", "rules": record.outcome.verdict}


def _judged(record: Record, judged: Mapping[tuple[str, str], bool | None]) -> dict[str, Any]:
    key = (record.trial.question.id, record.trial.prefix)
    return {"leaked_judged": judged.get(key) if record.trial.condition.test == "guidability" else None}


def _by_test(selections: Sequence[Selection]) -> dict[tuple[str, Test], list[_Members]]:
    found: dict[tuple[str, Test], list[_Members]] = {}
    for item in selections:
        members = _Members(subset=item.subset, questions=frozenset(item.questions), guides=frozenset(item.guides))
        found.setdefault((item.model, item.test), []).append(members)
    return found


def _adopted(record: Record, questions: Mapping[str, RunQuestion]) -> bool:
    """Whether the answer is the one to the distractor's question."""
    condition, extracted = record.trial.condition, record.outcome.extracted
    if condition.test != "recoverability" or condition.variant == "digits" or extracted is None:
        return False
    return adopts(extracted, record.outcome.verdict, questions[condition.steer_question].question.gold)
