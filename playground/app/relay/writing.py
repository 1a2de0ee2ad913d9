"""The relay that an act starts: who writes first, until when, with which seed, and how it ends. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle

from playground.app.loading import participant
from playground.app.relay.cast import Cast
from playground.app.relay.form import Setup
from playground.app.relay.tokens import with_probabilities
from playground.branches import Branch, Ending
from playground.ending import judge
from playground.engine.pool import Pool
from playground.hand_over import Rule
from playground.relay import Participant, Turn, TurnEnded
from playground.steps import SentenceStream, StepStream
from playground.trajectory import Segment, Trajectory
from playground.turn import tokens_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A relay to be run, which goes on from the trajectory of a branch."""

    branch: Branch
    setup: Setup
    first: int
    """The place among the models of who begins."""
    seed: int
    written: tuple[Segment, ...] = ()
    """What the first turn has written before it was broken off: its rule counts that as well."""

    same_act: bool = False
    """The branch it goes on from was made by the same act."""
    to_the_end: bool = False
    """The first writes until it has answered, whatever the rule: a test of one model."""

    def participants(self, pool: Pool) -> list[Participant]:
        """The chosen models, loaded. Raises as `participant` does."""
        chosen = zip(self.setup.cards, self.setup.params, strict=True)
        return [with_probabilities(participant(pool, card, params)) for card, params in chosen]

    def turns(self, participants: Sequence[Participant]) -> Iterator[Turn]:
        """Who writes, in order."""
        if self.to_the_end:
            others = (participants[place] for place in self._in_turn())
            return (Turn(participant) for participant in others)
        turns = self.setup.turns(participants, self.first)
        head = next(turns)
        rule = head.rule and rest(head.rule, self.written)
        return chain((Turn(head.participant, rule),), turns)

    def writers(self) -> Iterator[int]:
        """The place of each turn's writer, in order."""
        return self._in_turn() if self.to_the_end else self.setup.writers(self.first)

    def ending(self, ended: TurnEnded, cast: Cast) -> Ending:
        """How the relay ended with its last turn. Raises as `judge`."""
        cards, places = self.setup.cards, cast.places(ended.trajectory.segments)
        last = cards[places[-1] if places and places[-1] < len(cards) else 0]
        return judge(ended.trajectory, ended.completion.finish_reason if ended.completion else "length", last.think)

    def _in_turn(self) -> Iterator[int]:
        """The first, then by turns those to whom somebody hands over."""
        places = range(len(self.setup.cards))
        return cycle([*places[self.first :], *places[: self.first]])


def rest(rule: Rule, written: Sequence[Segment]) -> Rule:
    """What is left of a rule when a turn that was broken off goes on."""
    text = "".join(segment.text for segment in written)
    if rule.kind == "tokens":
        done = tokens_of(written)
    elif rule.kind in ("steps", "sentences"):
        done = len((StepStream() if rule.kind == "steps" else SentenceStream()).feed(text))
    else:
        return rule
    return replace(rule, amount=max(1, rule.amount - done))


def carried_on(trajectory: Trajectory, cast: Cast, models: int) -> tuple[int, tuple[Segment, ...]]:
    """Who goes on where a relay was broken off, and what that turn has written so far."""
    places = cast.places(trajectory.segments)
    mine = [at for at, place in enumerate(places) if place < models]
    if not mine:
        return 0, ()
    last = trajectory.segments[mine[-1]]
    if last.provenance is not None and last.provenance.hand_over:
        return (places[mine[-1]] + 1) % models, ()
    written: list[Segment] = []
    for segment, place in zip(reversed(trajectory.segments), reversed(places), strict=True):
        if place != places[mine[-1]] or (segment.provenance is not None and segment.provenance.hand_over):
            break
        written.insert(0, segment)
    return places[mine[-1]], tuple(written)
