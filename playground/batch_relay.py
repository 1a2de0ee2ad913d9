"""Many relays side by side: whatever they want of one model next is generated as one batch. Judges nothing.

Each relay is the live one (`playground.relay`), run over what batches have drafted for it. Where it wants more, it
waits; then everything that is wanted of the model that most wait for is one group of requests, in the order of the
relays. So the same relays in the same order give the same texts, as far as their engines keep that promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from typing import NamedTuple

from playground.drafts import DraftedEngine, Drafts, Wanted
from playground.engine.base import Completion, Engine, Indexed
from playground.errors import PlaygroundError
from playground.relay import relay
from playground.thinking_budget import ThinkingBudget
from playground.trajectory import Trajectory
from playground.turn import Turn, TurnEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPlan:
    """A relay that is to be run: from where, who writes until when, and with which seed."""

    start: Trajectory
    turns: tuple[Turn, ...]
    seed: int
    budget: ThinkingBudget | None = None


class Drafted(NamedTuple):
    """One more text of a batch is there."""

    model: str
    done: int
    """How many of the batch."""
    of: int
    tokens: int
    """Tokens of this text."""


class Relayed(NamedTuple):
    """A relay is over."""

    position: int
    """Which of the plans it ran."""
    turns: tuple[TurnEnded, ...]
    seconds: float
    """From the start of each of its batches until its text was there, added up."""
    error: PlaygroundError | None
    """What went wrong, where the last turn could not be written."""


class Halt:
    """Ends a run from another thread, with the next token."""

    def __init__(self) -> None:
        self._event = Event()
        self._work: Iterator[Indexed] | None = None

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        """End it; what was finished before stays."""
        self._event.set()
        if self._work is not None:
            self._work.close()  # type: ignore[attr-defined]

    @contextmanager
    def over(self, work: Iterator[Indexed]) -> Iterator[Iterator[Indexed]]:
        """Watch over a group that is being generated; it is closed in any case."""
        self._work = work
        if self.is_set:  # between the last look and now
            work.close()  # type: ignore[attr-defined]
        try:
            yield work
        finally:
            self._work = None
            work.close()  # type: ignore[attr-defined]


class _Waiting(NamedTuple):
    position: int
    wanted: Wanted


class _Running:
    """One relay with its drafts."""

    def __init__(self, plan: RelayPlan) -> None:
        self.drafts = Drafts()
        self._plan = plan
        self._turns = [_drafted(turn, self.drafts) for turn in plan.turns]

    def go_on(self, position: int) -> _Waiting | Relayed:
        """Run it again over all that is drafted by now: to its end, or to where it wants more."""
        plan, ended = self._plan, list[TurnEnded]()
        error: PlaygroundError | None = None
        try:
            for event in relay(plan.start, self._turns, plan.seed, budget=plan.budget):
                if isinstance(event, TurnEnded):
                    ended.append(event)
        except Wanted as wanted:
            return _Waiting(position, wanted)
        except PlaygroundError as raised:
            error = raised
        return Relayed(position, tuple(ended), self.drafts.seconds, error)


def relay_all(plans: Sequence[RelayPlan], halt: Halt | None = None) -> Iterator[Drafted | Relayed]:
    """Run all relays to their ends: each text as it comes, each relay as soon as it is over, in any order.

    A relay whose prompt does not fit a model's context ends with that error, and the others go on.

    Raises:
        EngineError: a batch failed as a whole.
    """
    halt = halt or Halt()
    running = [_Running(plan) for plan in plans]
    waiting: list[_Waiting] = []
    for position, one in enumerate(running):
        step = one.go_on(position)
        if isinstance(step, Relayed):
            yield step
        else:
            waiting.append(step)
    while waiting and not halt.is_set:
        engine = _most_wanted(waiting)
        batch = [item for item in waiting if item.wanted.engine is engine]
        waiting = [item for item in waiting if item.wanted.engine is not engine]
        with halt.over(engine.generate([item.wanted.request for item in batch])) as group:
            for done, (place, completion) in enumerate(group, start=1):
                position, wanted = batch[place]
                yield Drafted(engine.identity.model, done, len(batch), completion.completion_tokens)
                step = _step(running[position], position, wanted, completion)
                if isinstance(step, Relayed):
                    yield step
                else:
                    waiting.append(step)
        waiting.sort(key=lambda item: item.position)


def _step(one: _Running, position: int, wanted: Wanted, completion: Completion) -> _Waiting | Relayed:
    one.drafts.add(wanted, completion)
    return one.go_on(position)


def _most_wanted(waiting: Sequence[_Waiting]) -> Engine:
    """The engine that most wait for; of several the one that the first of them wants."""
    engines = [item.wanted.engine for item in waiting]
    return max(engines, key=lambda engine: sum(other is engine for other in engines))


def _drafted(turn: Turn, drafts: Drafts) -> Turn:
    participant = turn.participant
    engine = DraftedEngine(participant.engine, drafts, turn.rule)
    return replace(turn, participant=replace(participant, engine=engine))
