"""Steers that a person puts in by hand: what, and where. Composed with `playground.steering`, as the tests' are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import accumulate

from playground.errors import InvalidInput
from playground.relay import Participant, Turn, TurnEnded, relay
from playground.steering import TRANSITIONS, Cut, Protocol, Steered, compose
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory
from playground.turn import Spend, uncounted

TRANSITION = Author(kind="steer", name="transition")


@dataclass(frozen=True, slots=True)
class Steering:
    """How a steer is cut and where it goes; proportions in (0, 1]."""

    share: float
    position: float | None
    """m, of the thinking that stands there; None puts the steer at the end of the step that was clicked."""
    protocol: Protocol
    transition: str | None = None
    """What stands between the two; None means the protocol's own phrase."""

    def kept(self, own: str) -> str:
        """`own` as it stands before the steer."""
        return own.rstrip() if self.protocol == "paper" else own

    def between(self, own: str) -> str:
        """What follows `own`; nothing where it is empty."""
        if not own:
            return ""
        return TRANSITIONS[self.protocol] if self.transition is None else self.transition


def alone(question: Trajectory, writer: Participant, seed: int, spend: Spend = uncounted) -> Trajectory:
    """What the model writes on a question by itself. Raises as `relay` and `spend` do."""
    written = Trajectory(question=question.question, gold=question.gold, question_id=question.question_id)
    with closing(relay(written, [Turn(writer)], seed)) as events:
        for event in events:
            if isinstance(event, TurnEnded):
                written = event.trajectory
            else:
                spend(event.tokens)
    return written


def distracted(
    here: Trajectory, offset: int, source: SteerSource, foreign: str, how: tuple[Steering, Callable[[str], list[int]]]
) -> Trajectory:
    """The trajectory up to the position, the transition, and the first share of the foreign thinking.

    Raises:
        InvalidInput: a position and a share that are impossible, or a share that holds no text.
    """
    steering, token_ends = how
    if steering.position is not None:
        cut = Cut(
            own=steering.position,
            steer=steering.share,
            protocol=steering.protocol,
            transition=steering.transition,
        )
        steered = compose(here.thinking, foreign, cut, token_ends)
    else:
        cut = Cut(own=0.0, steer=steering.share, protocol=steering.protocol)
        kept = steering.kept(here.thinking[:offset])
        steered = Steered(
            own=kept, transition=steering.between(kept), steer=compose("", foreign, cut, token_ends).steer
        )
    if not steered.steer.strip():
        raise InvalidInput("This share of the other thinking holds no text.", "Take a larger share.")
    return _joined(here, steered, source)


def guided(
    here: Trajectory, source: SteerSource, guide: str, how: tuple[Steering, Callable[[str], list[int]]]
) -> Trajectory:
    """Nothing but the first share of the guide's thinking on the same question."""
    steering, token_ends = how
    steered = compose("", guide, Cut(own=0.0, steer=steering.share, protocol=steering.protocol), token_ends)
    return _joined(here, steered, source)


def said(here: Trajectory, offset: int, text: str, steering: Steering) -> Trajectory:
    """A text of one's own in the place of a steer."""
    own = steering.kept(here.thinking[:offset])
    source = SteerSource(kind="text", question=here.question, author=Author(kind="person", name="you"), proportion=1.0)
    return _joined(here, Steered(own=own, transition=steering.between(own), steer=text), source)


def _joined(here: Trajectory, steered: Steered, source: SteerSource) -> Trajectory:
    author = Author(kind="steer", name=source.author.name)
    return _beginning(here, steered.own).extend(
        Segment(text=steered.transition, author=TRANSITION),
        Segment(text=steered.steer, author=author, provenance=Provenance(steer=source)),
    )


def _beginning(here: Trajectory, own: str) -> Trajectory:
    """The trajectory up to the end of `own`, in which the release's chunks may have changed the white space."""
    if here.thinking.startswith(own):
        return here.cut(len(own))
    segments: list[Segment] = []
    start = 0
    for segment in here.cut(len(here.thinking)).segments:
        end = start + _length_with(own[start:], len("".join(segment.text.split())))
        made = segment.provenance and replace(segment.provenance.after_cut(), hand_over=None, finish_reason=None)
        segments.append(replace(segment, text=own[start:end], provenance=made))
        start = end
    return replace(here, segments=(), closed=False).extend(*segments)


def _length_with(text: str, visible: int) -> int:
    """The length of the beginning of `text` with so many visible characters, and the white space behind them."""
    words = accumulate((not character.isspace() for character in text), initial=0)
    return max(length for length, count in enumerate(words) if count <= visible)
