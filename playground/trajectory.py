"""The shared trajectory, a question with the thoughts written on it. Knows no model, engine or tag.

Think tags are structure and never stored: a segment says whether it is thinking or answer, and `closed` says
whether the thinking has ended. Joins are exact concatenation. Every edit returns a new trajectory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from playground.errors import InvalidInput
from playground.sampling import SamplingParams
from playground.serialization import STRICT, from_dict, to_dict
from playground.thinking_budget import ThinkingBudget
from playground.visible import has_half

SCHEMA_VERSION = 1

AuthorKind = Literal["model", "person", "steer"]
SegmentKind = Literal["thinking", "answer"]
FinishReason = Literal["stop", "length", "abort"]
SteerKind = Literal["distractor", "guide", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a segment: a model or a person by name, or a steer cut from another trajectory."""

    __pydantic_config__ = STRICT

    kind: AuthorKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SteerSource:
    """Where a steer was cut from."""

    __pydantic_config__ = STRICT

    kind: SteerKind
    question: str
    """The question whose trajectory the steer was cut from."""
    author: Author
    """Who wrote that trajectory."""
    proportion: float
    """The share of that trajectory's thinking which the steer takes, in (0, 1]."""
    question_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a segment came to be. What is not known is None."""

    __pydantic_config__ = STRICT

    revision: str | None = None
    """The model's revision: a commit, or a hash of its weights."""
    engine: str | None = None
    engine_version: str | None = None
    sampling: SamplingParams | None = None
    finish_reason: FinishReason | None = None
    hand_over: str | None = None
    """The rule that ended the segment, such as `steps:2`, when it was not the model itself."""
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    """Of the prompt tokens, those that needed no new prefill."""
    tokens: int | None = None
    """Tokens of the turn that wrote this segment, by its model: the thinking and the answer of one turn tell of the
    same ones. Where a budget parted the two, each tells of its own."""
    seconds: float | None = None
    token_ids: tuple[int, ...] | None = None
    logprobs: tuple[float, ...] | None = None
    """Natural log-probability of each token."""
    steer: SteerSource | None = None
    thinking_budget: ThinkingBudget | None = None
    """The limit that ended this thinking, or the thinking before this answer; None where none did."""

    def after_cut(self) -> Provenance:
        """The provenance of a part of the segment: what counts tokens no longer holds."""
        return replace(self, tokens=None, seconds=None, token_ids=None, logprobs=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Text that somebody wrote."""

    __pydantic_config__ = STRICT

    text: str
    author: Author
    kind: SegmentKind = "thinking"
    provenance: Provenance | None = None

    def __post_init__(self) -> None:
        _check_whole("A segment's text", self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """A question and the segments written on it, thinking first, then answer.

    Offsets count characters of `text`; as the thinking comes first, an offset in the thinking is the same in both.
    """

    __pydantic_config__ = STRICT

    question: str
    segments: tuple[Segment, ...] = ()
    closed: bool = False
    """The thinking has ended; what is written next is answer."""
    gold: str | None = None
    """The question's correct answer, where it is known."""
    question_id: str | None = None
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if self.schema_version != SCHEMA_VERSION:
            raise InvalidInput(
                f"This trajectory has schema version {self.schema_version}; this program reads {SCHEMA_VERSION}.",
                "Open it with the version that wrote it.",
            )
        _check_whole("The question", self.question)
        kinds = [segment.kind for segment in self.segments]
        if kinds != sorted(kinds, reverse=True):
            raise InvalidInput("A thinking segment stands after an answer segment.", "Put thinking first.")
        if "answer" in kinds and not self.closed:
            raise InvalidInput("The trajectory has an answer but its thinking is open.", "Set closed to true.")

    @property
    def thinking(self) -> str:
        return "".join(segment.text for segment in self.segments if segment.kind == "thinking")

    @property
    def answer(self) -> str:
        return "".join(segment.text for segment in self.segments if segment.kind == "answer")

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)

    def extend(self, *segments: Segment) -> Trajectory:
        """Write segments at the end; an answer segment closes the thinking. Empty segments leave no trace.

        Raises:
            InvalidInput: a thinking segment although the thinking is closed.
        """
        written = tuple(segment for segment in segments if segment.text)
        closed = self.closed or any(segment.kind == "answer" for segment in segments)
        if self.closed and any(segment.kind == "thinking" for segment in written):
            raise InvalidInput("The thinking is closed.", "Cut the trajectory inside the thinking first.")
        return replace(self, segments=(*self.segments, *written), closed=closed)

    def close(self) -> Trajectory:
        """End the thinking here."""
        return replace(self, closed=True)

    def cut(self, offset: int) -> Trajectory:
        """Keep the first `offset` characters; the thinking is open again unless some of the answer remains.

        Raises:
            InvalidInput: the offset lies outside the text.
        """
        self._check(offset)
        kept: list[Segment] = []
        start = 0
        for segment in self.segments:
            if start >= offset:
                break
            kept.append(_first(segment, offset - start))
            start += len(segment.text)
        closed = bool(kept) and kept[-1].kind == "answer"
        return replace(self, segments=tuple(kept), closed=closed)

    def fork(self, offset: int, *segments: Segment) -> Trajectory:
        """Another way on from `offset`: cut there and extend."""
        return self.cut(offset).extend(*segments)

    def edit(self, start: int, end: int, segment: Segment) -> Trajectory:
        """Put a segment in the place of `text[start:end]`, leaving what stands around it as it is.

        Raises:
            InvalidInput: the range lies outside the text, or spans thinking and answer.
        """
        self._check(start)
        self._check(end)
        border = len(self.thinking)
        if start > end or (start < border < end) or (segment.kind == "thinking" and end > border):
            raise InvalidInput(f"Cannot edit {start}…{end}.", "Choose a range in the thinking or the answer.")
        if segment.kind == "answer" and start < border:
            raise InvalidInput("An answer cannot stand inside the thinking.", "Write it as thinking.")
        before = self.cut(start).segments
        middle = (segment,) if segment.text else ()
        return replace(self, segments=(*before, *middle, *_last(self.segments, end)))

    def merge(self) -> Trajectory:
        """Join neighbours that have the same author, kind and provenance."""
        merged: list[Segment] = []
        for segment in self.segments:
            if merged and replace(merged[-1], text="") == replace(segment, text=""):
                merged[-1] = replace(segment, text=merged[-1].text + segment.text)
            else:
                merged.append(segment)
        return replace(self, segments=tuple(merged))

    def _check(self, offset: int) -> None:
        if not 0 <= offset <= len(self.text):
            raise InvalidInput(f"Offset {offset} lies outside the text.", f"It ends at {len(self.text)}.")

    def to_dict(self) -> dict[str, Any]:
        return to_dict(self)

    @classmethod
    def from_dict(cls, data: object) -> Trajectory:
        """The trajectory that JSON data describes.

        Raises:
            InvalidData: with the path to the first unknown key, wrong type or missing field.
        """
        return from_dict(cls, data)


def _check_whole(what: str, text: str) -> None:
    if has_half(text):
        raise InvalidInput(f"{what} holds half a character (a lone surrogate).", "Replace it, as by U+FFFD.")


def _first(segment: Segment, length: int) -> Segment:
    if length >= len(segment.text):
        return segment
    # What ended the segment has not ended this part of it.
    made = segment.provenance
    provenance = replace(made.after_cut(), hand_over=None, finish_reason=None) if made else None
    return replace(segment, text=segment.text[:length], provenance=provenance)


def _last(segments: Sequence[Segment], offset: int) -> tuple[Segment, ...]:
    """The part of the segments after `offset`."""
    kept: list[Segment] = []
    start = 0
    for segment in segments:
        end = start + len(segment.text)
        if start >= offset:
            kept.append(segment)
        elif end > offset:
            provenance = segment.provenance.after_cut() if segment.provenance else None
            kept.append(replace(segment, text=segment.text[offset - start :], provenance=provenance))
        start = end
    return tuple(kept)
