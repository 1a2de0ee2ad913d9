"""Builds the trials of recoverability: a distraction is put into a model's own correct reasoning. Pure.

Source: protocol of arXiv 2510.06410, section 2, with its variants and its control of misspelt numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from evaluator.trials.attempts import Attempt, Attempts, drawn
from evaluator.trials.distractors import Distractor
from evaluator.trials.subject import Subject
from playground.answers import alike
from playground.digit_typos import corrupt_digits
from playground.records import Condition, Question, Trial, Variant
from playground.sampling import derive_seed
from playground.steering import Cut, Steered, compose, window
from playground.steers import TRANSITION
from playground.trajectory import Author, Provenance, Segment, SteerKind, SteerSource


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a trial puts what: the question, its variant, and the shares of both parts."""

    question: Question
    variant: Variant
    own: float
    steer: float


def recoverability_trials(
    subject: Subject,
    questions: Sequence[Question],
    tries: Attempts,
    pools: Mapping[Variant, Sequence[Distractor]],
) -> list[Trial]:
    """One trial for each question, variant, position and length; each question has an attempt that can be disturbed.

    `pools` holds the distractors of each variant but `digits`, which needs none.
    """
    trials = []
    for question in questions:
        original = _original(subject, question, tries[question.id])
        for variant in subject.config.variants:
            for own, steer in subject.config.cuts:
                place = _Place(question=question, variant=variant, own=own, steer=steer)
                if variant == "digits":
                    trials.append(_misspelt(subject, place, original))
                else:
                    trials.append(_distracted(subject, place, original, pools[variant]))
    return [trial for trial in trials if trial is not None]


def _original(subject: Subject, question: Question, tries: Sequence[Attempt]) -> Attempt:
    whole = [attempt for attempt in tries if attempt.correct and subject.config.can_be_disturbed(attempt.tokens)]
    return drawn(whole, subject.config.seed, "original", subject.card.name, question.id)


def _drawn(subject: Subject, place: _Place, pool: Sequence[Distractor]) -> Distractor | None:
    """Drawn with replacement among those with another gold answer, so that finishing it blindly is wrong.

    One for a question and position: a longer steer goes on where a shorter one stops.
    """
    foreign = [item for item in pool if not alike(item.question.gold, place.question.gold)]
    purpose = "distractor" if place.variant != "other-models" else "other distractor"
    draw = (subject.config.seed, purpose, subject.card.name, place.question.id, str(place.own))
    return min(foreign, key=lambda item: derive_seed(*draw, item.model, item.question.id, item.sample), default=None)


def _distracted(subject: Subject, place: _Place, original: Attempt, pool: Sequence[Distractor]) -> Trial | None:
    distractor = _drawn(subject, place, pool)
    if distractor is None:
        return None
    cut = _cut(subject, place)
    steered = compose(original.thinking, distractor.thinking, cut, subject.token_ends)
    if not steered.steer.strip():
        return None
    source = _source("distractor", distractor.question, distractor.model, place.steer)
    return _trial(subject, place, original, _Disturbance(steered=steered, source=source))


def _misspelt(subject: Subject, place: _Place, original: Attempt) -> Trial | None:
    """The next share of the model's own reasoning with typos in its numbers; none where it has no number."""
    kept, following = window(original.thinking, _cut(subject, place), subject.token_ends)
    seed = derive_seed(subject.config.seed, "digits", subject.card.name, place.question.id, str(place.own))
    typos = corrupt_digits(following, Random(seed))
    if typos == following:
        return None
    source = _source("text", place.question, subject.card.name, place.steer)
    steered = Steered(own=kept, transition="", steer=typos)
    return _trial(subject, place, original, _Disturbance(steered=steered, source=source))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Disturbance:
    """A composed trajectory and where its steer comes from."""

    steered: Steered
    source: SteerSource


def _source(kind: SteerKind, question: Question, model: str, share: float) -> SteerSource:
    author = Author(kind="model", name=model)
    return SteerSource(
        kind=kind,
        question=question.text,
        question_id=question.id,
        author=author,
        proportion=share,
    )


def _cut(subject: Subject, place: _Place) -> Cut:
    config = subject.config
    return Cut(
        own=place.own,
        steer=place.steer,
        protocol=config.protocol,
        transition=config.transition,
        first_paragraph=place.variant == "first-paragraph",
    )


def _trial(subject: Subject, place: _Place, original: Attempt, disturbance: _Disturbance) -> Trial:
    source = disturbance.source
    condition = Condition(
        test="recoverability",
        own=place.own,
        own_sample=original.sample if disturbance.steered.own else 0,
        steer=place.steer,
        protocol=subject.config.protocol,
        author=source.author.name,
        steer_question=source.question_id,
        variant=place.variant,
    )
    return subject.trial(place.question, condition, _segments(subject, disturbance))


def _segments(subject: Subject, disturbance: _Disturbance) -> tuple[Segment, ...]:
    steered, source = disturbance.steered, disturbance.source
    steerer = Author(kind="steer", name=source.author.name)
    segments = (
        Segment(text=steered.own, author=Author(kind="model", name=subject.card.name)),
        Segment(text=steered.transition, author=TRANSITION),
        Segment(text=steered.steer, author=steerer, provenance=Provenance(steer=source)),
    )
    return tuple(segment for segment in segments if segment.text)
