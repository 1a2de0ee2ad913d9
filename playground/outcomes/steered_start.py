"""Makes a starting point with a steer: another trace is written, and its beginning is cut and put in."""

from __future__ import annotations

from dataclasses import dataclass

from playground.errors import InvalidInput
from playground.outcomes.starting_point import StartingPoint
from playground.steers import Steering, alone, distracted, guided, said
from playground.trajectory import Author, SteerKind, SteerSource, Trajectory
from playground.turn import Participant, Spend, uncounted


@dataclass(frozen=True, slots=True, kw_only=True)
class SteerRequest:
    """The steer that is wanted."""

    kind: SteerKind
    how: Steering
    question: Trajectory | None = None
    """What a distractor thinks about instead."""
    text: str = ""
    """A steer in one's own words."""


def steered_start(
    here: Trajectory, wanted: SteerRequest, author: Participant, seed: int, spend: Spend = uncounted
) -> StartingPoint:
    """The trajectory, and the same with the steer at the end of its thinking; `author` writes what it is cut from.

    A guide's steps stand at the start, so they go only where nothing is written yet. `spend` is told what the author
    writes.

    Raises:
        InvalidInput: the thinking has ended, there is nothing to cut, or something is written before a guide.
        EngineError: the author fails.
        Exception: whatever `spend` raises.
    """
    if here.closed:
        raise InvalidInput("A steer goes into the thinking, which has ended here.", "Cut earlier.")
    if wanted.kind == "text":
        if not wanted.text.strip():
            raise InvalidInput("The steer is empty.", "Write it.")
        return StartingPoint(plain=here, steered=said(here, len(here.thinking), wanted.text, wanted.how))
    if wanted.kind == "guide":
        if here.thinking:
            raise InvalidInput(
                "A guide's steps stand at the start, and here something is written.", "Cut at the start."
            )
        steps = alone(here, author, seed, spend).thinking
        steered = guided(here, _source(wanted, here, author), steps, (wanted.how, author.engine.token_ends))
        return StartingPoint(plain=here, steered=steered)
    if wanted.question is None or wanted.question.question == here.question:
        raise InvalidInput("A distractor thinks about another question.", "Choose one.")
    foreign = alone(wanted.question, author, seed, spend).thinking
    source = _source(wanted, wanted.question, author)
    steered = distracted(here, len(here.thinking), source, foreign, (wanted.how, author.engine.token_ends))
    return StartingPoint(plain=here, steered=steered, steer_gold=wanted.question.gold)


def _source(wanted: SteerRequest, asked: Trajectory, author: Participant) -> SteerSource:
    """Where the steer comes from."""
    return SteerSource(
        kind=wanted.kind,
        question=asked.question,
        question_id=asked.question_id or "",
        author=Author(kind="model", name=author.card.name),
        proportion=wanted.how.share,
    )
