"""Recoverability: a distraction is put into a model's own correct reasoning. Builds the trials; pure.

Source: protocol of arXiv 2510.06410, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from evaluator.solo import Attempt, Attempts
from evaluator.subject import Subject
from playground.records import Condition, Question, Trial
from playground.sampling import derive_seed
from playground.steering import Cut, Steered, compose, first_sentences
from playground.trajectory import Author, Provenance, Segment, SteerSource

TRANSITION = Author(kind="steer", name="transition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Distractor:
    """A trajectory of the model's own for a question that is not tested."""

    question: Question
    thinking: str


def distractors(subject: Subject, pool: Sequence[Question], tries: Attempts) -> list[Distractor]:
    """The pool's trajectories that can distract: whole ones whose first share is not empty. They need not be right."""
    found = [
        Distractor(question=question, thinking=attempt.thinking)
        for question in pool
        for attempt in tries.get(question.id, ())
        if attempt.closed
    ]
    share = subject.config.distractor
    return [item for item in found if first_sentences(item.thinking, share, subject.token_ends).strip()]


def recoverability_trials(
    subject: Subject, questions: Sequence[Question], tries: Attempts, pool: Sequence[Distractor]
) -> list[Trial]:
    """One trial for each question and position; each question has a correct attempt, and the pool is not empty."""
    trials = []
    for question in questions:
        original = _original(subject, question, tries[question.id])
        for position in subject.config.positions:
            distractor = _distractor(subject, question, position, pool)
            if distractor is not None:
                trials.append(_trial(subject, question, original, distractor, position))
    return trials


def _original(subject: Subject, question: Question, tries: Sequence[Attempt]) -> Attempt:
    random = Random(derive_seed(subject.config.seed, "original", subject.card.name, question.id))
    return random.choice([attempt for attempt in tries if attempt.correct])


def _distractor(subject: Subject, question: Question, position: float, pool: Sequence[Distractor]) -> Distractor | None:
    """Drawn with replacement among those with another gold answer, so that finishing it blindly is wrong."""
    foreign = [item for item in pool if item.question.gold != question.gold]
    seed = derive_seed(subject.config.seed, "distractor", subject.card.name, question.id, str(position))
    return Random(seed).choice(foreign) if foreign else None


def _trial(subject: Subject, question: Question, original: Attempt, distractor: Distractor, position: float) -> Trial:
    config, name = subject.config, subject.card.name
    cut = Cut(own=position, steer=config.distractor)
    steered = compose(original.thinking, distractor.thinking, cut, subject.token_ends)
    condition = Condition(
        test="recoverability",
        own=position,
        own_sample=original.sample if position else 0,
        steer=config.distractor,
        author=name,
        steer_question=distractor.question.id,
    )
    return subject.trial(question, condition, _segments(subject, steered, distractor.question))


def _segments(subject: Subject, steered: Steered, source: Question) -> tuple[Segment, ...]:
    author = Author(kind="model", name=subject.card.name)
    provenance = Provenance(
        steer=SteerSource(
            kind="distractor",
            question=source.text,
            question_id=source.id,
            author=author,
            proportion=subject.config.distractor,
        )
    )
    segments = (
        Segment(text=steered.own, author=author),
        Segment(text=steered.transition, author=TRANSITION),
        Segment(text=steered.steer, author=Author(kind="steer", name=author.name), provenance=provenance),
    )
    return tuple(segment for segment in segments if segment.text)
