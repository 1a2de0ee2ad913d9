"""Writes one turn, turning an engine's deltas into segments of the trajectory. Knows one turn and no relay.

A turn is at most two requests: one that goes on from what stands there, and, where a thinking budget ended the
thinking, one for the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from playground.engine.base import Completion, Delta, Request, Token
from playground.entropy import ALTERNATIVES, entropy
from playground.errors import InvalidInput
from playground.hand_over import Rule, RuleWatch
from playground.prompting import render
from playground.sampling import SamplingParams, derive_seed
from playground.steering import first_sentences
from playground.thinking import Piece, ThinkStream
from playground.thinking_budget import ThinkingBudget
from playground.trajectory import Provenance, Segment, SegmentKind, Trajectory
from playground.turn import Participant, Signals, Turn, TurnEnded, Written, provenance


class Writing:
    """A turn while it is written."""

    def __init__(self, trajectory: Trajectory, turn: Turn, signals: Signals) -> None:
        """Raises InvalidInput where the rule watches what the writer's engine does not give."""
        self.before = trajectory
        self.writer = _watched(turn.participant, turn.rule)
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
        self._answering = trajectory.closed
        self._allowance = turn.allowance
        self._thought = 0
        self._reached: ThinkingBudget | None = None

    def events(self) -> Iterator[Written]:
        """What is written, as it arrives."""
        self._check_budget()
        if self._reached is None:
            yield from self._stream(self.before, self.writer.params)
        if self._reached is not None and self._reached.then == "answer":
            yield from self._answer()

    def draft(self) -> None:
        """Write to the end unseen, but for the answer that a budget would have."""
        self._check_budget()
        if self._reached is None:
            for _ in self._stream(self.before, self.writer.params):
                pass

    @property
    def broken_off(self) -> bool:
        """Whether somebody ended the turn."""
        return self._hand_over == "now" or self._signals.stop.is_set()

    def _stream(self, trajectory: Trajectory, params: SamplingParams) -> Iterator[Written]:
        request = Request(prompt=render(trajectory, self.writer.card), params=params)
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
                self._check_budget()
                if self._reached is not None and not self._answering:
                    break
        # After a hand-over, or at a budget, half a tag is dropped: it was never shown.
        if self._completion is not None and not self._answering:
            yield from self._written(self._think.close())

    def _check_budget(self) -> None:
        thinking = not self._answering and self._think.state != "closed"
        if self._allowance is not None and thinking and self._thought >= self._allowance.left:
            self._reached = self._allowance.budget

    def _answer(self) -> Iterator[Written]:
        """End the thinking, and go on to the end of the answer unless that is somebody else's."""
        self._answering = True
        if self._rule is not None and self._rule.kind == "close":
            self._hand_over = str(self._rule)
            return
        self._watch = None
        params = self.writer.params
        left = params.max_tokens - self._tokens
        if left < 1:
            return
        seed = None if params.seed is None else derive_seed(params.seed, "answer")
        closed = self.before.extend(*self._segments()).close()
        yield from self._stream(closed, replace(params, max_tokens=left, seed=seed))

    def _take(self, delta: Delta) -> Iterator[Written]:
        self._tokens += len(delta.tokens)
        self._drawn += delta.tokens
        if self._answering:
            yield from self._add("answer", delta.text)
            return
        pieces = self._think.feed(delta.text)
        if self._think.state != "closed":
            self._thought += len(delta.tokens)
        yield from self._written(pieces)

    def _written(self, pieces: Sequence[Piece]) -> Iterator[Written]:
        for piece in pieces:
            if piece.kind == "answer" and self._rule is not None and self._rule.kind == "close":
                self._hand_over = str(self._rule)
                return
            yield from self._add(piece.kind, piece.text)

    def _add(self, kind: SegmentKind, text: str) -> Iterator[Written]:
        self._texts[kind].append(text)
        drawn = tuple(self._drawn)
        yield Written(self.writer.author, kind, text, len(drawn), drawn)
        self._drawn.clear()
        if self._watch is not None and self._end is None:
            unsure = max((entropy(token) or 0.0 for token in drawn), default=0.0)
            self._end = self._watch.feed(text, len(drawn), unsure)

    def end(self) -> TurnEnded:
        """The trajectory with what stays of the turn: a segment of thinking, one of answer, or both."""
        closed = self._think.state == "closed" or (self._answering and not self.before.closed)
        closed_by_rule = closed and self._rule is not None and self._rule.kind == "close"
        if self._end is not None or closed_by_rule:
            self._hand_over = str(self._rule)
        kept = self._segments()
        trajectory = self.before.extend(*kept)
        if closed and (self._end is None or any(segment.kind == "answer" for segment in kept)):
            trajectory = trajectory.close()
        return TurnEnded(trajectory, self._completion, self._hand_over, self._tokens, self._thought)

    def _segments(self) -> list[Segment]:
        """What stays of the turn."""
        thinking = "".join(self._texts["thinking"])[: self._end]
        answer = "".join(self._texts["answer"])
        if self._end is not None:
            answer = answer[: self._end - len(thinking)]
        texts: tuple[tuple[SegmentKind, str], ...] = (("thinking", thinking), ("answer", answer))
        author = self.writer.author
        return [
            Segment(text=text, author=author, kind=kind, provenance=self._provenance(kind))
            for kind, text in texts
            if text
        ]

    def _provenance(self, kind: SegmentKind) -> Provenance:
        """How a segment came to be; what a budget ended came from another request than the answer after it."""
        if self._reached is None:
            made, tokens = provenance(self.writer, self._completion), self._tokens
        elif kind == "thinking":
            made, tokens = replace(provenance(self.writer, None), finish_reason="length"), self._thought
        else:
            made, tokens = provenance(self.writer, self._completion), self._tokens - self._thought
        return replace(
            made,
            hand_over=self._hand_over,
            finish_reason=made.finish_reason or "abort",
            tokens=tokens,
            thinking_budget=self._reached,
        )


def _watched(writer: Participant, rule: Rule | None) -> Participant:
    """The writer, asked for the probabilities that a rule on entropy watches: they change no draw."""
    if rule is None or rule.kind != "entropy":
        return writer
    most = min(ALTERNATIVES, writer.engine.capabilities.logprobs)
    if not most:
        why = writer.engine.capabilities.why.get("logprobs", "its engine gives no log-probabilities")
        raise InvalidInput(f"There is no telling how unsure {writer.card.name} is: {why}.", "Choose another rule.")
    return replace(writer, params=replace(writer.params, logprobs=max(most, writer.params.logprobs or 0)))


def first_percent(alone: Writing, rule: Rule) -> TurnEnded:
    """The first percent of what the writer would think if it went on alone, cut at a sentence end.

    Where somebody breaks it off, nobody knows of what it would be a share: then all that is written stays.
    """
    alone.draft()
    ended = alone.end()
    if alone.broken_off:
        return ended
    known = len(alone.before.segments)
    solo = "".join(segment.text for segment in ended.trajectory.segments[known:] if segment.kind == "thinking")
    token_ends = alone.writer.engine.token_ends
    kept = first_sentences(solo, rule.amount / 100, token_ends)
    made = replace(provenance(alone.writer, ended.completion), hand_over=str(rule)).after_cut()
    segment = Segment(text=kept, author=alone.writer.author, provenance=made)
    thought = len(token_ends(kept))  # of the draft only this counts against a budget
    return replace(ended, trajectory=alone.before.extend(segment), hand_over=str(rule), thinking_tokens=thought)
