"""Turns a comparison's starting point into a condition that the evaluator draws from. Pure.

A condition is one place from which each model goes on for itself: arms of two models have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground.errors import InvalidInput
from playground.outcomes.comparison import Comparison
from playground.outcomes.saved_condition import SavedCondition
from playground.outcomes.starting_point import steer_source
from playground.records import Condition, Question, Test
from playground.trajectory import SteerKind, Trajectory
from playground.turn import Participant

_TESTS: dict[SteerKind, Test] = {"distractor": "recoverability", "guide": "guidability"}


def condition_of(comparison: Comparison, participants: Sequence[Participant]) -> SavedCondition:
    """The starting point with its steer, or without where there is none; who goes on are the comparison's models.

    A distractor makes it one of recoverability, a guide one of guidability; anything else is the models' own affair,
    as in `solo`.

    Raises:
        InvalidInput: no correct answer is known, the thinking has ended, or models that are sampled differently.
    """
    start = comparison.start
    here = start.plain if start.steered is None else start.steered
    if here.gold is None:
        raise InvalidInput("The evaluator asks for a correct answer, and none is known.", "Give one.")
    if here.closed:
        raise InvalidInput("The thinking has ended at this cut.", "Cut earlier.")
    params = {replace(one.params, seed=None) for one in participants}
    if len(params) > 1:
        raise InvalidInput("The models are sampled differently; a condition has one sampling.", "Ask for the same.")
    return SavedCondition(
        question=Question(
            id=here.question_id or "question", text=here.question, gold=here.gold, benchmark="playground"
        ),
        condition=_condition(here),
        segments=here.segments,
        models=tuple(dict.fromkeys(one.card.name for one in participants)),
        params=params.pop(),
        n=comparison.n,
        seed=comparison.seed,
    )


def _condition(here: Trajectory) -> Condition:
    """What was done to the question; m stays 0, for nobody knows how long the thinking would have become."""
    source = steer_source(here)
    test = None if source is None else _TESTS.get(source.kind)
    if source is None or test is None:
        return Condition(test="solo")
    return Condition(test=test, steer=source.proportion, author=source.author.name, steer_question=source.question_id)
