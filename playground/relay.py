"""Runs a relay, in which several writers take turns on one trajectory. Knows no page and no terminal.

A relay is a sequence of turns. Each turn renders the trajectory for its model, streams a continuation, and ends by its
rule, at the end of the answer, or because somebody asks for a hand-over; its text becomes segments of the trajectory.
Closing a relay closes the engine's stream, and with it the work in the backend.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from playground.errors import InvalidInput, PlaygroundError
from playground.hand_over import Rule, ScheduleEntry
from playground.models import ModelCard
from playground.sampling import derive_seed
from playground.thinking_budget import Allowance, ThinkingBudget
from playground.trajectory import Trajectory
from playground.turn import Participant, Signals, Turn, TurnEnded, Written
from playground.writing import Writing, first_percent

__all__ = [
    "Participant",
    "Signals",
    "Turn",
    "TurnEnded",
    "Written",
    "check_budget",
    "continue_with",
    "hand_off_turns",
    "relay",
    "schedule_turns",
]


def hand_off_turns(participants: Sequence[Participant], rule: Rule) -> tuple[Turn, ...]:
    """The first writes until the rule fires, then the next likewise; the last writes to the end."""
    *first, last = participants
    return (*(Turn(participant, rule) for participant in first), Turn(last))


def schedule_turns(participants: Sequence[Participant], schedule: Sequence[ScheduleEntry]) -> Iterator[Turn]:
    """The schedule's turns again and again, without end."""
    for entry in itertools.cycle(schedule):
        yield Turn(participants[entry.writer], Rule("steps", entry.steps))


def relay(
    trajectory: Trajectory,
    turns: Iterable[Turn],
    seed: int,
    signals: Signals | None = None,
    budget: ThinkingBudget | None = None,
) -> Generator[Written | TurnEnded]:
    """Let the turns write, one after the other, until one finishes the answer or there are no more.

    `max_tokens` limits what all turns write together, `budget` what they think together. The seed of each turn
    derives from `seed` and its number, so that a relay repeats.

    Raises:
        InvalidInput: a budget is to end the thinking of a model without think tags.
        EngineError: as the engine of the turn does, `ContextTooLong` among them; what was written before is in the
            `TurnEnded` yielded last.
    """
    signals = signals or Signals()
    used = thought = 0
    for number, turn in enumerate(turns):
        left = turn.participant.params.max_tokens - used
        if left < 1 or signals.stop.is_set():
            return
        params = replace(turn.participant.params, seed=derive_seed(seed, "turn", number), max_tokens=left)
        participant = replace(turn.participant, params=params)
        allowance = None if budget is None else _allowance(budget, thought, participant.card)
        ended = yield from continue_with(trajectory, Turn(participant, turn.rule, allowance), signals)
        if ended.finished:
            return
        used += ended.tokens
        thought += ended.thinking_tokens
        trajectory = ended.trajectory


def check_budget(budget: ThinkingBudget, card: ModelCard) -> None:
    """Refuse a budget that cannot be kept.

    Raises:
        InvalidInput: it is to end the thinking of a model without think tags.
    """
    if budget.then == "answer" and card.think.close is None:
        raise InvalidInput(f"{card.name} has no think tags: its thinking cannot be closed.", "Stop at the budget.")


def _allowance(budget: ThinkingBudget, thought: int, card: ModelCard) -> Allowance:
    check_budget(budget, card)
    return Allowance(budget, budget.tokens - thought)


def continue_with(
    trajectory: Trajectory, turn: Turn, signals: Signals
) -> Generator[Written | TurnEnded, None, TurnEnded]:
    """One turn, streamed; returns the `TurnEnded` it yields last. Raises as `relay` does."""
    writing = Writing(trajectory, turn, signals)
    if turn.rule is not None and turn.rule.kind == "percent":
        ended = first_percent(writing, turn.rule)
        for number, segment in enumerate(ended.trajectory.segments[len(trajectory.segments) :]):
            yield Written(segment.author, segment.kind, segment.text, 0 if number else ended.tokens)
    else:
        try:
            yield from writing.events()
        except PlaygroundError:
            yield writing.end()
            raise
        ended = writing.end()
    yield ended
    return ended
