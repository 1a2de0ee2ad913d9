"""The place where samples begin: a trajectory cut somewhere, and the same with a steer put in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from playground.errors import InvalidInput
from playground.hand_over import Rule, RuleWatch
from playground.steering import TokenEnds, first_sentences
from playground.steps import sentence_ends, step_ends
from playground.trajectory import SteerSource, Trajectory

CUT_FORMS = "steps:K sentences:K percent:P cue:REGEX"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingPoint:
    """What stands there before anybody goes on."""

    plain: Trajectory
    """Without the steer."""
    steered: Trajectory | None = None
    """With the steer; None where there is none."""
    steer_gold: str | None = None
    """The correct answer to the question that a distractor was cut from, where it is known."""

    def trajectory(self, *, steered: bool) -> Trajectory:
        """What stands there with or without the steer.

        Raises:
            InvalidInput: there is no steer.
        """
        if not steered:
            return self.plain
        if self.steered is None:
            raise InvalidInput("There is no steer.", "Give one, or leave the arms with it out.")
        return self.steered


def starting_point(here: Trajectory, steer_gold: str | None = None) -> StartingPoint:
    """A trajectory as it stands; where it holds a steer, it is what its steer made of what stood before."""
    start = 0
    for segment in here.segments:
        if segment.author.kind == "steer":
            return StartingPoint(plain=here.cut(start), steered=here, steer_gold=steer_gold)
        start += len(segment.text)
    return StartingPoint(plain=here)


def steer_source(trajectory: Trajectory) -> SteerSource | None:
    """Where the first steer of a trajectory was cut from; None where there is none, or nobody wrote it down."""
    made = (segment.provenance for segment in trajectory.segments if segment.author.kind == "steer")
    return next((found.steer for found in made if found is not None and found.steer is not None), None)


def thinking_cut(trajectory: Trajectory, where: Rule | None, token_ends: TokenEnds) -> Trajectory:
    """The first part of a trajectory's thinking, which is open again; all of it without a place to cut.

    `steps:K`, `sentences:K` and `cue:REGEX` count from the start of the thinking; `percent:P` is the sentence end
    nearest to that share of its tokens (`token_ends` says where they end).

    Raises:
        InvalidInput: the thinking has no such place, or it is none that a text can be cut at.
    """
    thinking = trajectory.thinking
    if where is None:
        return trajectory.cut(len(thinking))
    if where.kind == "percent":
        return trajectory.cut(len(first_sentences(thinking, where.amount / 100, token_ends)))
    if where.kind not in ("steps", "sentences", "cue"):
        raise InvalidInput(f"{where} is not a place to cut at.", f"Write one of: {CUT_FORMS}.")
    if where.kind == "cue":
        end = RuleWatch(where).feed(thinking, 0)
    else:
        ends = step_ends(thinking) if where.kind == "steps" else sentence_ends(thinking)
        end = ends[where.amount - 1] if where.amount <= len(ends) else None
    if end is None:
        raise InvalidInput(f"The thinking has no place {where}.", "Cut earlier.")
    return trajectory.cut(end)
