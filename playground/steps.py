r"""Splits a text into steps and sentences, finished or still streaming.

A step is a paragraph: text up to and including the line breaks that end it, or the end of the text. A sentence is a
part of a step and keeps its trailing white space. Parts are lossless, ``"".join(parts) == text``, and none is empty.

- Every part holds a visible character, so blank lines before the first word belong to it. Only a text that is white
  space throughout is one part without one.
- A display block (``\[ … \]``, ``$$ … $$``, ``\begin{…} … \end{…}``) is one sentence: a single line break inside it
  ends nothing. A blank line always ends a step, so a block that is never closed costs no more than its paragraph.
- Which full stops end a sentence is decided in `playground.full_stops`.

Everything runs on one state machine that sees each character once and keeps a few dozen of them, so the cost of a
delta does not depend on the length of the text before it, and no split into deltas changes the result. A part is
sealed when the first visible character behind it arrives. Does not know models, tags or tokens; offsets count
characters.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from playground.full_stops import LOOK_BACK, Math, ends_sentence

_PLAIN = r"[^\s\\$.!?…。！？．｡؟।*_»{}()\[\]」』）”’\"']+"
_TOKEN = re.compile(rf"\s+|{_PLAIN}(?: {_PLAIN})*|.", re.DOTALL)
"White space; words one space apart, none of which can end a sentence; or one character that may matter."
_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_WIDE_STOPS = "。！？．｡"
_AFTER_WIDE_STOP = "。！？．｡.!?…」』）)”’\"']"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of character offsets."""

    start: int
    end: int


class Sentence(NamedTuple):
    """A sealed sentence: its place and its text, trailing white space included."""

    span: Span
    text: str

    @property
    def ends_step(self) -> bool:
        """Whether a line break ends the sentence, and its step with it."""
        return self.text.endswith(("\n", "\r", "\u2028", "\u2029"))


class _Boundary(NamedTuple):
    offset: int
    ends_step: bool


class _Boundaries:
    """The state machine: deltas in, boundaries between sentences out, in order."""

    def __init__(self) -> None:
        self.length = 0
        self._sentence = ""
        "The last characters of the sentence, a gap counted as one space; never more than LOOK_BACK of them."
        self._at_step_start = True
        self._gap: list[str] = []
        self._wide_stop = False
        self._math = Math()

    def feed(self, delta: str) -> list[_Boundary]:
        found: list[_Boundary] = []
        for match in _TOKEN.finditer(delta):
            token = match.group()
            if token.isspace():
                self._gap.append(token)
            else:
                boundary = self._boundary_before(token[0])
                if boundary is not None:
                    found.append(boundary)
                self._read(token)
            self.length += len(token)
        return found

    def _boundary_before(self, following: str) -> _Boundary | None:
        """Decides, at a visible character, whether the text before it ends a sentence; leaves the gap behind."""
        gap = "".join(self._gap)
        self._gap.clear()
        breaks = [match.end() for match in _LINE_BREAK.finditer(gap)]
        visible = bool(self._sentence.strip())
        if gap:
            self._math.pause(len(breaks))
        if visible and breaks and not (self._math.display and len(breaks) == 1):
            return self._end(self.length - len(gap) + breaks[-1], ends_step=True)
        wide = self._wide_stop and following not in _AFTER_WIDE_STOP
        may_end = visible and (gap or wide) and not self._math.inside
        if may_end and ends_sentence(self._sentence, following, at_step_start=self._at_step_start):
            return self._end(self.length, ends_step=False)
        if gap and visible:
            self._sentence = (self._sentence + " ")[-LOOK_BACK:]
        return None

    def _end(self, offset: int, *, ends_step: bool) -> _Boundary:
        self._sentence = ""
        self._at_step_start = ends_step
        self._wide_stop = False
        return _Boundary(offset, ends_step)

    def _read(self, token: str) -> None:
        self._math.read(token, self._sentence)
        self._sentence = (self._sentence + token)[-LOOK_BACK:]
        self._wide_stop = token in _WIDE_STOPS or (self._wide_stop and token in _AFTER_WIDE_STOP)


class SentenceStream:
    """Seals the sentences of a text that arrives in deltas."""

    _only_steps = False

    def __init__(self) -> None:
        self._boundaries = _Boundaries()
        self.tail = 0
        "Where the unfinished part starts."

    def feed(self, delta: str) -> list[Span]:
        """Takes the next piece of text; returns the parts that it sealed, in order."""
        ends = [found.offset for found in self._boundaries.feed(delta) if found.ends_step or not self._only_steps]
        return [self._seal(end) for end in ends]

    def close(self) -> list[Span]:
        """Ends the text; returns the last part, if there is one."""
        return [self._seal(self._boundaries.length)] if self.tail < self._boundaries.length else []

    def _seal(self, end: int) -> Span:
        span = Span(self.tail, end)
        self.tail = end
        return span


class StepStream(SentenceStream):
    """Seals the steps of a text that arrives in deltas."""

    _only_steps = True


class SentenceReader:
    """Seals sentences as `SentenceStream` does, and hands out their text."""

    def __init__(self) -> None:
        self._stream = SentenceStream()
        self._pieces: list[str] = []

    def feed(self, delta: str) -> list[Sentence]:
        """Takes the next piece of text; returns the sentences that it sealed, in order."""
        start = self._stream.tail
        spans = self._stream.feed(delta)
        self._pieces.append(delta)
        return self._cut(start, spans) if spans else []

    def close(self) -> list[Sentence]:
        """Ends the text; returns the last sentence, if there is one."""
        return self._cut(self._stream.tail, self._stream.close())

    def _cut(self, start: int, spans: list[Span]) -> list[Sentence]:
        text = "".join(self._pieces)
        sentences = [Sentence(span, text[span.start - start : span.end - start]) for span in spans]
        self._pieces = [text[self._stream.tail - start :]]
        return sentences


def split_steps(text: str) -> list[str]:
    """The steps of a text; joined they are the text."""
    return _split(text, StepStream())


def split_sentences(text: str) -> list[str]:
    """The sentences of a text; joined they are the text."""
    return _split(text, SentenceStream())


def step_ends(text: str) -> list[int]:
    """The character offset just behind each step."""
    return [span.end for span in _spans(text, StepStream())]


def sentence_ends(text: str) -> list[int]:
    """The character offset just behind each sentence and its trailing white space."""
    return [span.end for span in _spans(text, SentenceStream())]


def nearest_sentence_end(text: str, offset: int) -> int:
    """The sentence end nearest to an offset, the paper's rule for cutting a trajectory (section 3).

    The start of the text counts as an end; of two equally near ends the earlier one is taken.
    """
    return min([0, *sentence_ends(text)], key=lambda end: abs(end - offset))


def _spans(text: str, stream: SentenceStream) -> list[Span]:
    return stream.feed(text) + stream.close()


def _split(text: str, stream: SentenceStream) -> list[str]:
    return [text[span.start : span.end] for span in _spans(text, stream)]
