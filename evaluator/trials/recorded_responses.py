"""Reads responses recorded elsewhere, as JSON Lines, into pools and a run's solo outcomes.

A row has `problem` and `response`, and may have `correct`, `model`, `tokens` and `finish_reason`. A fault is named by
its line. Does not know which questions a run asks.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.trials.attempts import ALONE
from evaluator.trials.subject import Subject
from playground.engine.base import Identity
from playground.errors import InvalidData, InvalidInput
from playground.grading import grade
from playground.question_files import Row, rows
from playground.recorded import tags_in
from playground.records import Outcome, OutcomeClass, Question, RunQuestion, Trial
from playground.thinking import NO_TAGS, ThinkTags, split_thinking
from playground.trajectory import FinishReason

_HINT = "Give JSON Lines whose rows have `problem` and `response`, and `correct` where that is known."
_FINISHES: dict[str, FinishReason] = {"stop": "stop", "length": "length"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One recorded response; its text begins inside the thinking."""

    text: str
    correct: bool | None
    """What the file says of it; None where it says nothing."""
    tokens: int | None = None
    finish_reason: FinishReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPool:
    """The responses of one model, by the text of the problem."""

    model: str
    digest: str
    """SHA-256 of the file."""
    think: ThinkTags
    responses: Mapping[str, tuple[Response, ...]]

    @property
    def identity(self) -> Identity:
        """Who answered, as far as a file says."""
        return Identity(
            model=self.model,
            revision=self.digest[:12],
            engine="recorded",
            engine_version="1",
            device="unknown",
            dtype="text",
        )

    def answers(self, question: Question) -> tuple[Response, ...]:
        return self.responses.get(_key(question.text), ())


def read_pools(path: Path, name: str = "") -> tuple[RecordedPool, ...]:
    """The pools of a file: one for each `model` its rows name, or a single one called `name`.

    Rows without a model belong to one named like the file.

    Raises:
        InvalidInput: the file cannot be read.
        InvalidData: a line is not JSON, or not a row of this form.
    """
    found: dict[str, list[tuple[str, Response]]] = defaultdict(list)
    for place, row in rows(path):
        _check(row, place)
        model = name or row.get("model") or path.stem
        found[model].append((_key(row["problem"]), _response(row)))
    if not found:
        raise InvalidData(str(path), "holds no response", _HINT)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return tuple(_pool(model, digest, mine) for model, mine in found.items())


def _check(row: Row, place: str) -> None:
    for key in ("problem", "response"):
        if not isinstance(row.get(key), str):
            raise InvalidData(f"{place}: {key}", "is missing or not a string", _HINT)
    model = row.get("model")
    if model is not None and not (isinstance(model, str) and model.isprintable()):
        raise InvalidData(f"{place}: model", "is not a name", _HINT)
    if row.get("correct") not in (None, 0, 1):
        raise InvalidData(f"{place}: correct", "is neither true nor false", _HINT)


def _response(row: Row) -> Response:
    correct, tokens = row.get("correct"), row.get("tokens")
    return Response(
        text=row["response"],
        correct=None if correct is None else bool(correct),
        tokens=tokens if isinstance(tokens, int) else None,
        finish_reason=_FINISHES.get(str(row.get("finish_reason"))),
    )


def _pool(model: str, digest: str, rows: Sequence[tuple[str, Response]]) -> RecordedPool:
    styles = [tags_in(response.text) for _, response in rows]
    think = next((tags for tags in styles if tags != NO_TAGS), NO_TAGS)
    found: dict[str, list[Response]] = defaultdict(list)
    for problem, response in rows:
        found[problem].append(replace(response, text=_inside(response.text, think)))
    responses = {problem: tuple(mine) for problem, mine in found.items()}
    return RecordedPool(model=model, digest=digest, think=think, responses=responses)


def _inside(text: str, think: ThinkTags) -> str:
    """The response from inside its thinking on: recorded ones may begin with the open tag."""
    return text[len(split_thinking(text, think, opened=False).opening) :]


def _key(problem: str) -> str:
    """White space at the ends of a problem is no matter."""
    return problem.strip()


def answered_by_all(questions: Iterable[RunQuestion], pools: Iterable[RecordedPool], n: int) -> tuple[RunQuestion, ...]:
    """The questions that every pool has enough responses to: n to a tested one, one to another.

    Raises:
        InvalidInput: there is none.
    """
    pools = list(pools)
    found = tuple(
        item
        for item in questions
        if all(len(pool.answers(item.question)) >= (n if item.role == "tested" else 1) for pool in pools)
    )
    if not any(item.role == "tested" for item in found):
        names = ", ".join(pool.model for pool in pools)
        raise InvalidInput(
            f"The recorded responses of {names} answer none of the questions {n} times.", "Give a smaller --n."
        )
    return found


def recorded_outcomes(subject: Subject, pool: RecordedPool, trials: Iterable[Trial]) -> list[tuple[Trial, Outcome]]:
    """The outcomes of those solo trials that the pool has a response for, the k-th sample the k-th response."""
    found = []
    for trial in trials:
        answers = pool.answers(trial.question)
        if trial.condition == ALONE and trial.sample < len(answers):
            found.append((trial, _outcome(subject, trial, answers[trial.sample])))
    return found


def _outcome(subject: Subject, trial: Trial, response: Response) -> Outcome:
    tokens = len(subject.token_ends(response.text)) if response.tokens is None else response.tokens
    if response.correct is None:
        verdict = grade(response.text, response.finish_reason, subject.card.think, trial.question.gold)
        outcome, extracted, why = verdict.outcome, verdict.extracted, verdict.why
    else:
        outcome, extracted, why = _labelled(response.correct), None, "as recorded"
    return Outcome(
        trial_id=trial.id,
        verdict=outcome,
        text=response.text,
        extracted=extracted,
        finish_reason=response.finish_reason,
        tokens=tokens,
        why=why,
    )


def _labelled(correct: bool) -> OutcomeClass:
    return "correct" if correct else "wrong"
