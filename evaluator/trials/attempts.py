"""Builds the trials of each model alone, and reads its attempts for the other tests. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluator.trials.subject import Subject
from playground.records import UNDECIDED, Condition, Record, RunQuestion, Trial
from playground.sampling import derive_seed
from playground.thinking import ThinkTags, split_thinking

ALONE = Condition(test="solo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a model wrote on a question alone."""

    sample: int
    thinking: str
    closed: bool
    """Whether the thinking was ended: only then is a share of it a share of something whole."""
    correct: bool
    decided: bool = True
    """Whether there is a verdict: a failure of the engine or the grader is none of the model."""
    tokens: int = 0
    """How many it took, the answer among them."""


Attempts = Mapping[str, tuple[Attempt, ...]]
"""The attempts at each question by its id, in the order of their samples."""


def solo_trials(subject: Subject, questions: Sequence[RunQuestion]) -> list[Trial]:
    """n samples of each tested question, and one of each pool question."""
    return [
        subject.trial(item.question, ALONE, sample=sample)
        for item in questions
        for sample in range(subject.config.n if item.role == "tested" else 1)
    ]


def attempts(records: Iterable[Record], tags: ThinkTags) -> Attempts:
    """A model's solo records as attempts."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.trial.sample):
        thought = split_thinking(record.outcome.text, tags, opened=True)
        attempt = Attempt(
            sample=record.trial.sample,
            thinking=thought.thinking,
            closed=thought.answer is not None,
            correct=record.outcome.verdict == "correct",
            decided=record.outcome.verdict not in UNDECIDED,
            tokens=record.outcome.tokens,
        )
        found[record.trial.question.id].append(attempt)
    return {question: tuple(tries) for question, tries in found.items()}


def drawn(tries: Iterable[Attempt], seed: int, *purpose: str) -> Attempt:
    """One of some attempts: that with the smallest number for this purpose, so that others seldom change the draw."""
    return min(tries, key=lambda attempt: derive_seed(seed, *purpose, attempt.sample))


def solve_counts(tries: Attempts, questions: Iterable[RunQuestion]) -> dict[str, int]:
    """How many attempts at each tested question are correct."""
    return _counts(tries, questions, lambda attempt: attempt.correct)


def miss_counts(tries: Attempts, questions: Iterable[RunQuestion]) -> dict[str, int]:
    """How many attempts at each tested question were found not to be."""
    return _counts(tries, questions, lambda attempt: attempt.decided and not attempt.correct)


def _counts(tries: Attempts, questions: Iterable[RunQuestion], counted: Callable[[Attempt], bool]) -> dict[str, int]:
    return {
        item.question.id: sum(map(counted, tries.get(item.question.id, ())))
        for item in questions
        if item.role == "tested"
    }
