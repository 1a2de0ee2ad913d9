"""Builds the trials of guidability: a stronger model's correct steps stand first in the thinking. Pure.

Source: protocol of arXiv 2510.06410, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluator.trials.attempts import Attempt, Attempts, drawn
from evaluator.trials.subject import Subject
from playground.records import Condition, Question, Trial
from playground.steering import Cut, compose
from playground.trajectory import Author, Provenance, Segment, SteerSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A stronger model's correct attempt at a question."""

    model: str
    question: Question
    attempt: Attempt


def solved_by_any(models: Iterable[str], tries: Mapping[str, Attempts]) -> set[str]:
    """The questions, by id, at which one of the models has a correct attempt."""
    return {
        question
        for model in models
        for question, attempts in tries[model].items()
        if any(attempt.correct for attempt in attempts)
    }


def guides(
    questions: Sequence[Question], models: Sequence[str], tries: Mapping[str, Attempts], seed: int
) -> list[Guide]:
    """A correct attempt of each model that has one at each question; which one is drawn for guide and question."""
    found = []
    for question in questions:
        for model in models:
            correct = [attempt for attempt in tries[model].get(question.id, ()) if attempt.correct]
            if correct:
                attempt = drawn(correct, seed, "guide", model, question.id)
                found.append(Guide(model=model, question=question, attempt=attempt))
    return found


def guidability_trials(subject: Subject, chosen: Sequence[Guide]) -> list[Trial]:
    """One trial for each guide and length, but none where the length is less than half a sentence."""
    trials = [_trial(subject, guide, length) for guide in chosen for length in subject.config.lengths]
    return [trial for trial in trials if trial.prefix.strip()]


def _trial(subject: Subject, guide: Guide, length: float) -> Trial:
    steered = compose(
        "", guide.attempt.thinking, Cut(own=0.0, steer=length, protocol=subject.config.protocol), subject.token_ends
    )
    condition = Condition(
        test="guidability",
        steer=length,
        protocol=subject.config.protocol,
        author=guide.model,
        steer_question=guide.question.id,
        steer_sample=guide.attempt.sample,
    )
    source = SteerSource(
        kind="guide",
        question=guide.question.text,
        question_id=guide.question.id,
        author=Author(kind="model", name=guide.model),
        proportion=length,
    )
    author = Author(kind="steer", name=guide.model)
    segment = Segment(text=steered.text, author=author, provenance=Provenance(steer=source))
    return subject.trial(guide.question, condition, (segment,))
