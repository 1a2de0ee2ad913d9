"""Compares arms, each of which goes on from the same place again and again, by what becomes of it.

A comparison says what is drawn, `draw` draws it in batches, `summarize` counts. The samples of an arm are independent
draws from one starting point, so that a share has Wilson's interval for as many trials; it says nothing of other
questions. Knows no page, no terminal and no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from playground.backtracking import find_marks
from playground.branches import Ending
from playground.ending import adopts, judge
from playground.errors import ContextTooLong, EngineError, InvalidInput
from playground.hand_over import Rule
from playground.outcomes.arms import Arm
from playground.outcomes.batch_relay import Drafted, Halt, Relayed, RelayPlan, relay_all
from playground.outcomes.starting_point import StartingPoint
from playground.records import UNDECIDED
from playground.relay import check_budget
from playground.sampling import derive_seed
from playground.serialization import STRICT
from playground.statistics.wilson import wilson
from playground.thinking_budget import ThinkingBudget
from playground.trajectory import FinishReason, Trajectory
from playground.turn import Participant, Turn

MOST_SAMPLES = 100_000
"""Of each arm: all are planned before the first is drawn."""
MOST_FAULTS = 0.1
"""The share of the samples at which the engines may fail; one always may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is drawn: n samples of each arm from one starting point.

    In an arm of two, the first writes from the starting point until the rule fires, then the second to the end of the
    answer. Where the first has answered before that, the second writes nothing.
    """

    start: StartingPoint
    arms: tuple[Arm, ...]
    rule: Rule
    n: int
    seed: int
    budget: ThinkingBudget | None = None

    def seed_of(self, arm: Arm, number: int) -> int:
        """The seed of one sample; a relay with the same turns and this seed writes the same."""
        return derive_seed(self.seed, "outcome", str(arm), number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One draw of an arm and what became of it."""

    __pydantic_config__ = STRICT

    arm: str
    number: int
    """Its place among the samples of the arm, from 0."""
    seed: int
    trajectory: Trajectory
    """Everything, the starting point among it."""
    begun: int
    """How many characters of it stood there before."""
    ending: Ending
    turns: int
    """How many wrote: 1 where the first of two had answered before the rule fired."""
    tokens: int
    """New tokens of all turns."""
    seconds: float
    """From the start of its batches until its text was there."""
    backtracked: bool
    """Whether a sentence after the starting point is marked as backtracking."""
    adopted: bool | None = None
    """Whether it answers the distractor's question; None without a distractor whose answer is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of n, and Wilson's 95 % interval for the share."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.hits / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of one arm.

    Samples of outcome `error` are counted in `outcomes` alone; those that the grader could not judge not in `correct`.
    """

    arm: str
    n: int
    correct: Share | None
    """None where no correct answer is known, or nothing was judged."""
    backtracked: Share | None
    adopted: Share | None
    tokens: float | None
    """Mean of a sample."""
    seconds: float | None
    """Mean of a sample."""
    outcomes: Mapping[str, int]
    """How many samples of each outcome."""


def check(comparison: Comparison, participants: Sequence[Participant]) -> None:
    """Refuse what cannot be drawn, before anything is.

    Raises:
        InvalidInput: too few samples or too many; several although nothing is drawn at random; a steer is missing; or a
            budget that cannot be kept.
    """
    if not 1 <= comparison.n <= MOST_SAMPLES:
        raise InvalidInput(f"The number of samples is {comparison.n}.", f"Give 1 to {MOST_SAMPLES:,}.")
    for arm in comparison.arms:
        comparison.start.trajectory(steered=arm.steered)
        for place in arm.writers:
            writer = participants[place]
            if comparison.n > 1 and writer.params.temperature == 0:
                raise InvalidInput("At temperature 0 every sample is the same.", "Give a temperature, or 1 sample.")
            if comparison.budget is not None:
                check_budget(comparison.budget, writer.card)


def draw(
    comparison: Comparison, participants: Sequence[Participant], halt: Halt | None = None
) -> Iterator[Drafted | Sample]:
    """Draw all samples: each text as it comes, each sample as soon as it is finished, in any order.

    A sample at which an engine failed has the outcome `error`.

    Raises:
        InvalidInput: as `check` does.
        EngineError: an engine is gone, or failed at more samples than `MOST_FAULTS`.
    """
    check(comparison, participants)
    members = [(arm, number) for arm in comparison.arms for number in range(comparison.n)]
    plans = [_plan(comparison, participants, arm, number) for arm, number in members]
    faults = 0
    for event in relay_all(plans, halt):
        if isinstance(event, Drafted):
            yield event
            continue
        arm, number = members[event.position]
        yield _sample(comparison, arm, number, plans[event.position], event)
        if isinstance(event.error, EngineError) and not isinstance(event.error, ContextTooLong):
            faults += 1
            if faults > max(1, MOST_FAULTS * len(plans)):
                raise EngineError(f"{faults} of {len(plans)} samples failed; the last one: {event.error.message}")


def _plan(comparison: Comparison, participants: Sequence[Participant], arm: Arm, number: int) -> RelayPlan:
    *first, last = (participants[place] for place in arm.writers)
    return RelayPlan(
        start=comparison.start.trajectory(steered=arm.steered),
        turns=(*(Turn(writer, comparison.rule) for writer in first), Turn(last)),
        seed=comparison.seed_of(arm, number),
        budget=comparison.budget,
    )


def _sample(comparison: Comparison, arm: Arm, number: int, plan: RelayPlan, relayed: Relayed) -> Sample:
    trajectory = relayed.turns[-1].trajectory if relayed.turns else plan.start
    ending = _ending(trajectory, plan, relayed)
    written = trajectory.thinking[len(plan.start.thinking) :]
    gold = comparison.start.steer_gold if arm.steered else None
    return Sample(
        arm=str(arm),
        number=number,
        seed=plan.seed,
        trajectory=trajectory,
        begun=len(plan.start.text),
        ending=ending,
        turns=len(relayed.turns),
        tokens=sum(turn.tokens for turn in relayed.turns),
        seconds=relayed.seconds,
        backtracked=any(mark.kind == "backtrack" for mark in find_marks(written, trajectory.question)),
        adopted=None if gold is None else adopts(ending.answer, ending.outcome, gold),
    )


def _ending(trajectory: Trajectory, plan: RelayPlan, relayed: Relayed) -> Ending:
    if relayed.error is not None:
        return Ending(outcome="error", gold=trajectory.gold, why=str(relayed.error))
    last = relayed.turns[-1]
    reason: FinishReason = last.completion.finish_reason if last.completion else "length"
    return judge(trajectory, reason, plan.turns[len(relayed.turns) - 1].participant.card.think)


def summarize(arm: str, samples: Sequence[Sample]) -> Summary:
    """The figures of one arm from its samples, however many there are so far."""
    mine = [sample for sample in samples if sample.arm == arm]
    judged = [sample for sample in mine if sample.ending.outcome != "error"]
    known = [one for one in judged if one.trajectory.gold is not None and one.ending.outcome not in UNDECIDED]
    return Summary(
        arm=arm,
        n=len(judged),
        correct=share([sample.ending.outcome == "correct" for sample in known]),
        backtracked=share([sample.backtracked for sample in judged]),
        adopted=share([sample.adopted for sample in judged if sample.adopted is not None]),
        tokens=_mean([sample.tokens for sample in judged]),
        seconds=_mean([sample.seconds for sample in judged]),
        outcomes=dict(sorted(Counter(sample.ending.outcome for sample in mine).items())),
    )


def share(hits: Sequence[bool]) -> Share | None:
    """The share of hits; None where nothing was counted."""
    if not hits:
        return None
    low, high = wilson(sum(hits) / len(hits), len(hits))
    return Share(hits=sum(hits), n=len(hits), low=low, high=high)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
