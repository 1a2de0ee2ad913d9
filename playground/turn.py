"""One writer's turn as values: who writes until when, what arrives, and how it ended. Writes nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from threading import Event

from playground.engine.base import Completion, Engine, Token
from playground.hand_over import Rule
from playground.models import ModelCard
from playground.sampling import SamplingParams
from playground.thinking_budget import Allowance
from playground.trajectory import Author, Provenance, Segment, SegmentKind, Trajectory

Spend = Callable[[int], None]
"""Is told how many tokens were written, each time some were; what it raises ends the writing."""


def uncounted(_tokens: int) -> None:
    """For whoever has no budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A model that takes part."""

    card: ModelCard
    engine: Engine
    params: SamplingParams

    @property
    def author(self) -> Author:
        return Author(kind="model", name=self.card.name)


@dataclass(frozen=True, slots=True)
class Turn:
    """One participant writes until its rule fires; without a rule, to the end of the answer."""

    participant: Participant
    rule: Rule | None = None
    allowance: Allowance | None = None
    """How much of a thinking budget is left; None where there is no budget."""


@dataclass(frozen=True, slots=True)
class Written:
    """Text as it arrives. A rule may still take back its end: `TurnEnded` holds what stays."""

    author: Author
    kind: SegmentKind
    text: str
    tokens: int
    drawn: tuple[Token, ...] = ()
    """The tokens that came since the event before, those of think tags among them."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """A turn is over: the trajectory with its segments, why it ended, and whether the answer is complete."""

    trajectory: Trajectory
    completion: Completion | None
    """None when the turn was cut off before the engine had finished it."""
    hand_over: str | None
    """The rule that ended the turn, or "now"; None when the model ended it, or somebody stopped the relay."""
    tokens: int
    """Tokens that the turn took, what a rule took back among them."""
    thinking_tokens: int = 0
    """Those among them that were thinking."""

    @property
    def finished(self) -> bool:
        """Nobody is to go on."""
        return self.hand_over is None


@dataclass(frozen=True, slots=True)
class Signals:
    """How another thread reaches into a relay; each takes effect with the next token."""

    hand_over: Event = field(default_factory=Event)
    """Ends the turn that is being written; cleared when that is done."""
    stop: Event = field(default_factory=Event)
    """Ends the relay; what is written stays."""


def tokens_of(segments: Iterable[Segment]) -> int:
    """The tokens of the turns that wrote these segments, each turn counted once; 0 of those that nobody counted."""
    turns = groupby(segments, key=lambda segment: segment.provenance)
    return sum(made.tokens or 0 for made, _ in turns if made is not None)


def provenance(writer: Participant, completion: Completion | None) -> Provenance:
    """How a participant's segment came to be, as far as the completion says, which is None if it was cut off."""
    identity = writer.engine.identity
    made = Provenance(
        revision=identity.revision,
        engine=identity.engine,
        engine_version=identity.engine_version,
        sampling=writer.params,
    )
    if completion is None:
        return made
    return replace(
        made,
        finish_reason=completion.finish_reason,
        prompt_tokens=completion.prompt_tokens,
        cached_tokens=completion.cached_tokens,
        tokens=completion.completion_tokens,
        seconds=completion.seconds,
    )
