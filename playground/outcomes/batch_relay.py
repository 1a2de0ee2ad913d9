"""Runs many relays side by side: whatever they want of one model next is generated as one batch. Judges nothing.

Each relay is the live one (`playground.relay`), run over what batches have drafted for it. Where it wants more, it
waits; then everything that is wanted of the model that most wait for is one group of requests, in the order of the
relays. So the same relays in the same order give the same texts, as far as their engines keep that promise.

A text that an engine fails at is tried once more, alone, so that it takes no others with it; then its relay is over,
with the error, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from typing import NamedTuple

from playground.engine.base import Failed, Indexed
from playground.errors import PlaygroundError
from playground.outcomes.drafts import DraftedEngine, Drafts, Wanted
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
        self._work: Iterator[Indexed | Failed] | None = None

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        """End it; what was finished before stays."""
        self._event.set()
        if self._work is not None:
            self._work.close()  # type: ignore[attr-defined]

    @contextmanager
    def over(self, work: Iterator[Indexed | Failed]) -> Iterator[Iterator[Indexed | Failed]]:
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
    turns: tuple[TurnEnded, ...]
    """Those that are over."""
    failed: bool = False
    """Whether its engine has failed at this before."""


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
            return _Waiting(position, wanted, tuple(ended))
        except PlaygroundError as raised:
            error = raised
        return Relayed(position, tuple(ended), self.drafts.seconds, error)

    def take(self, waited: _Waiting, told: Indexed | Failed) -> _Waiting | Relayed:
        """Go on with what has come of a request."""
        if isinstance(told, Indexed):
            self.drafts.add(waited.wanted, told.completion)
            return self.go_on(waited.position)
        if waited.failed:
            return Relayed(waited.position, waited.turns, self.drafts.seconds, told.error)
        return waited._replace(failed=True)


def relay_all(plans: Sequence[RelayPlan], halt: Halt | None = None) -> Iterator[Drafted | Relayed]:
    """Run all relays to their ends: each text as it comes, each relay as soon as it is over, in any order.

    Raises:
        EngineError: an engine has failed for good, or would refuse what is asked again and again.
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
        batch = _next_batch(waiting)
        chosen = {item.position for item in batch}
        waiting = [item for item in waiting if item.position not in chosen]
        engine = batch[0].wanted.engine
        with halt.over(engine.attempt([item.wanted.request for item in batch])) as group:
            for done, told in enumerate(group, start=1):
                waited = batch[told.position]
                tokens = told.completion.completion_tokens if isinstance(told, Indexed) else 0
                yield Drafted(engine.identity.model, done, len(batch), tokens)
                step = running[waited.position].take(waited, told)
                if isinstance(step, Relayed):
                    yield step
                else:
                    waiting.append(step)
        waiting.sort(key=lambda item: item.position)


def _next_batch(waiting: Sequence[_Waiting]) -> list[_Waiting]:
    """All that is wanted of the engine that most wait for; what an engine has failed at comes last, one by one."""
    fresh = [item for item in waiting if not item.failed]
    if not fresh:
        return [waiting[0]]
    engines = [item.wanted.engine for item in fresh]
    most = max(engines, key=lambda engine: sum(other is engine for other in engines))
    return [item for item in fresh if item.wanted.engine is most]


def _drafted(turn: Turn, drafts: Drafts) -> Turn:
    participant = turn.participant
    engine = DraftedEngine(participant.engine, drafts, turn.rule)
    return replace(turn, participant=replace(participant, engine=engine))
