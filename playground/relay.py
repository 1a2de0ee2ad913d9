"""Several writers on one trajectory: who writes, until when, and what was written. Knows no page and no terminal.

A relay is a sequence of turns. Each turn renders the trajectory for its model, streams a continuation, and ends by its
rule, at the end of the answer, or because somebody asks for a hand-over; its text becomes segments of the trajectory.
Closing a relay closes the engine's stream, and with it the work in the backend.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Event

from playground.engine.base import Completion, Delta, Engine, Request, Token
from playground.errors import PlaygroundError
from playground.hand_over import Rule, RuleWatch, ScheduleEntry
from playground.models import ModelCard
from playground.prompting import render
from playground.sampling import SamplingParams, derive_seed
from playground.steering import first_sentences
from playground.thinking import Piece, ThinkStream
from playground.trajectory import Author, Provenance, Segment, SegmentKind, Trajectory


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

    @property
    def finished(self) -> bool:
        """Nobody is to go on."""
        return self.hand_over is None


def hand_off_turns(participants: Sequence[Participant], rule: Rule) -> tuple[Turn, ...]:
    """The first writes until the rule fires, then the next likewise; the last writes to the end."""
    *first, last = participants
    return (*(Turn(participant, rule) for participant in first), Turn(last))


def schedule_turns(participants: Sequence[Participant], schedule: Sequence[ScheduleEntry]) -> Iterator[Turn]:
    """The schedule's turns again and again, without end."""
    for entry in itertools.cycle(schedule):
        yield Turn(participants[entry.writer], Rule("steps", entry.steps))


@dataclass(frozen=True, slots=True)
class Signals:
    """How another thread reaches into a relay; each takes effect with the next token."""

    hand_over: Event = field(default_factory=Event)
    """Ends the turn that is being written; cleared when that is done."""
    stop: Event = field(default_factory=Event)
    """Ends the relay; what is written stays."""


def relay(
    trajectory: Trajectory, turns: Iterable[Turn], seed: int, signals: Signals | None = None
) -> Generator[Written | TurnEnded]:
    """Let the turns write, one after the other, until one finishes the answer or there are no more.

    `max_tokens` limits what all turns write together. The seed of each turn derives from `seed` and its number, so
    that a relay repeats.

    Raises:
        EngineError: as the engine of the turn does, `ContextTooLong` among them; what was written before is in the
            `TurnEnded` yielded last.
    """
    signals = signals or Signals()
    used = 0
    for number, turn in enumerate(turns):
        left = turn.participant.params.max_tokens - used
        if left < 1 or signals.stop.is_set():
            return
        params = replace(turn.participant.params, seed=derive_seed(seed, "turn", number), max_tokens=left)
        ended = yield from continue_with(trajectory, Turn(replace(turn.participant, params=params), turn.rule), signals)
        if ended.finished:
            return
        used += ended.tokens
        trajectory = ended.trajectory


def continue_with(
    trajectory: Trajectory, turn: Turn, signals: Signals
) -> Generator[Written | TurnEnded, None, TurnEnded]:
    """One turn, streamed; returns the `TurnEnded` it yields last. Raises as `relay` does."""
    writing = _Writing(trajectory, turn, signals)
    if turn.rule is not None and turn.rule.kind == "percent":
        ended = _first_percent(writing, turn.rule)
        for segment in ended.trajectory.segments[len(trajectory.segments) :]:
            yield Written(segment.author, segment.kind, segment.text, ended.tokens)
    else:
        try:
            yield from writing.events()
        except PlaygroundError:
            yield writing.end()
            raise
        ended = writing.end()
    yield ended
    return ended


class _Writing:
    """A turn while it is written."""

    def __init__(self, trajectory: Trajectory, turn: Turn, signals: Signals) -> None:
        self.before = trajectory
        self.writer = turn.participant
        self._signals = signals
        self._rule = turn.rule
        self._watch = RuleWatch(turn.rule) if turn.rule else None
        self._think = ThinkStream(turn.participant.card.think, opened=True)
        self._texts: dict[SegmentKind, list[str]] = {"thinking": [], "answer": []}
        self._tokens = 0
        self._drawn: list[Token] = []
        self._completion: Completion | None = None
        self._hand_over: str | None = None
        self._end: int | None = None

    def events(self) -> Iterator[Written]:
        request = Request(prompt=render(self.before, self.writer.card), params=self.writer.params)
        with closing(self.writer.engine.stream(request)) as stream:  # type: ignore[type-var]
            for item in stream:
                if isinstance(item, Completion):
                    self._completion = item
                    break
                yield from self._take(item)
                if self._signals.hand_over.is_set():
                    self._signals.hand_over.clear()
                    self._hand_over = "now"
                if self._end is not None or self._hand_over is not None or self._signals.stop.is_set():
                    break
        if self._completion is not None:  # after a hand-over, half a tag is dropped: it was never shown
            yield from self._written(self._think.close(), 0)

    def _take(self, delta: Delta) -> Iterator[Written]:
        self._tokens += len(delta.tokens)
        self._drawn += delta.tokens
        if self.before.closed:
            yield from self._add("answer", delta.text, len(delta.tokens))
        else:
            yield from self._written(self._think.feed(delta.text), len(delta.tokens))

    def _written(self, pieces: Sequence[Piece], tokens: int) -> Iterator[Written]:
        for piece in pieces:
            if piece.kind == "answer" and self._rule is not None and self._rule.kind == "close":
                self._hand_over = str(self._rule)
                return
            yield from self._add(piece.kind, piece.text, tokens)
            tokens = 0

    def _add(self, kind: SegmentKind, text: str, tokens: int) -> Iterator[Written]:
        self._texts[kind].append(text)
        yield Written(self.writer.author, kind, text, tokens, tuple(self._drawn))
        self._drawn.clear()
        if self._watch is not None and self._end is None:
            self._end = self._watch.feed(text, tokens)

    def end(self) -> TurnEnded:
        """The trajectory with what stays of the turn: a segment of thinking, one of answer, or both."""
        closed_by_rule = self._rule is not None and self._rule.kind == "close" and self._think.state == "closed"
        if self._end is not None or closed_by_rule:
            self._hand_over = str(self._rule)
        thinking = "".join(self._texts["thinking"])[: self._end]
        answer = "".join(self._texts["answer"])
        if self._end is not None:
            answer = answer[: self._end - len(thinking)]
        made = self._provenance()
        texts: tuple[tuple[SegmentKind, str], ...] = (("thinking", thinking), ("answer", answer))
        author = self.writer.author
        kept = [Segment(text=text, author=author, kind=kind, provenance=made) for kind, text in texts if text]
        trajectory = self.before.extend(*kept)
        if self._think.state == "closed" and (answer or self._end is None):
            trajectory = trajectory.close()
        return TurnEnded(trajectory, self._completion, self._hand_over, self._tokens)

    def _provenance(self) -> Provenance:
        whole = provenance(self.writer, self._completion)
        return replace(
            whole, hand_over=self._hand_over, finish_reason=whole.finish_reason or "abort", tokens=self._tokens
        )


def provenance(writer: Participant, completion: Completion | None) -> Provenance:
    """How a participant's segment came to be, as far as the completion tells; None if it was cut off."""
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


def _first_percent(alone: _Writing, rule: Rule) -> TurnEnded:
    """The first percent of what the writer would think if it went on alone, cut at a sentence end."""
    for _ in alone.events():
        pass
    ended = alone.end()
    known = len(alone.before.segments)
    solo = "".join(segment.text for segment in ended.trajectory.segments[known:] if segment.kind == "thinking")
    kept = first_sentences(solo, rule.amount / 100, alone.writer.engine.token_ends)
    made = replace(provenance(alone.writer, ended.completion), hand_over=str(rule)).after_cut()
    segment = Segment(text=kept, author=alone.writer.author, provenance=made)
    return replace(ended, trajectory=alone.before.extend(segment), hand_over=str(rule))
