r"""Splits a completion into thinking and answer, by the model's think tags.

A completion is unopened, open or closed. Tags are structure and never part of a piece, and neither is the opening:
white space before the open tag, the tag, and the one line break behind it. It is kept beside the pieces, so that
``opening + thinking + close + answer`` is the completion again: white space behind the close tag belongs to the
answer. Only the tags that decide are structure: an open tag inside the thinking, or a second close tag in a stream,
is text like any other.

A model may think without its open tag; what it writes before any close tag is thinking. A close tag that never comes
means no answer. A model without tags (`NO_TAGS`) thinks and answers in one text: its pieces are all thinking, and its
answer is looked for in the whole of it. Renders no template (`detect_think_tags` only reads one) and does not know
prompts, or how an answer is graded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from playground.serialization import STRICT, from_dict, to_dict

PieceKind = Literal["thinking", "answer"]
ThinkState = Literal["unopened", "open", "closed"]


@dataclass(frozen=True, slots=True)
class ThinkTags:
    """How a model marks its thinking. `open` and `close` are both None for a model that does not."""

    __pydantic_config__ = STRICT

    open: str | None = None
    close: str | None = None
    template_opens: bool = False
    """Whether the generation prompt ends inside the thinking, the open tag already written."""
    after_open: str = "\n"
    """What stands between the open tag and the thinking."""
    answer_end: str | None = None
    """Text that ends the answer, where it is more than an end-of-sequence token; never part of a piece."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, data: object) -> ThinkTags:
        """The value that `data` describes.

        Raises:
            InvalidData: an unknown key, a wrong type or a missing field.
        """
        return from_dict(cls, data)


DEEPSEEK_TAGS = ThinkTags("<think>", "</think>", template_opens=True)
QWEN3_TAGS = ThinkTags("<think>", "</think>", template_opens=False)
BRACKET_TAGS = ThinkTags("[THINK]", "[/THINK]", template_opens=False)
SEED_TAGS = ThinkTags("<seed:think>", "</seed:think>", template_opens=False)
GPT_OSS_TAGS = ThinkTags(
    "<|channel|>analysis<|message|>",
    "<|end|><|start|>assistant<|channel|>final<|message|>",
    template_opens=False,
    after_open="",
    answer_end="<|return|>",
)
NO_TAGS = ThinkTags()


STYLES: Final = (
    GPT_OSS_TAGS,
    SEED_TAGS,
    BRACKET_TAGS,
    QWEN3_TAGS,
    ThinkTags("<thinking>", "</thinking>", template_opens=False),
    ThinkTags("<reasoning>", "</reasoning>", template_opens=False),
    ThinkTags("<|begin_of_thought|>", "<|end_of_thought|>", template_opens=False),
    ThinkTags("◁think▷", "◁/think▷", template_opens=False),
)
"""How the models that are known mark their thinking."""
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_TEXT_SETTING = re.compile(r"\{%-?\s*set\s+(\w+)\s*=\s*(['\"])(.*?)\2\s*-?%\}")
_CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_GENERATION = re.compile(r"\{%-?\s*if\b[^%]*\badd_generation_prompt\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of thinking or of answer, never empty."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """A finished completion, taken apart.

    `answer` is None when the thinking was never closed. For a model without tags it is the whole text.
    """

    thinking: str
    answer: str | None
    state: ThinkState
    opening: str = ""


class ThinkStream:
    """Takes a completion apart while it streams.

    The first close tag switches to the answer, for a stream cannot know that another one follows;
    `split_thinking` waits for the last. A few characters that may be the start of a tag are held back until that is
    decided.
    """

    def __init__(self, tags: ThinkTags, opened: bool) -> None:
        """`opened` says whether the prompt has written the open tag already."""
        self._tags = tags
        self.state: ThinkState = "open" if opened or tags.close is None else "unopened"
        self.opening = ""
        self._held = ""
        self._break_may_follow = False
        self._ended = False

    def feed(self, delta: str) -> list[Piece]:
        """Takes the next piece of the completion; returns what it decided."""
        if self._ended:
            return []
        self._held += delta
        pieces: list[Piece] = []
        if self.state == "unopened":
            self._read_opening()
        if self.state == "open":
            pieces += self._read_thinking()
        if self.state == "closed":
            pieces += self._read_answer()
        return pieces

    def close(self) -> list[Piece]:
        """Ends the completion; returns what was held back."""
        held, self._held = self._held, ""
        if not held or self._ended:
            return []
        if self.state == "unopened" and held.isspace():
            self.opening += held
            return []
        if self.state == "unopened":
            self.state = "open"
        return [Piece("answer" if self.state == "closed" else "thinking", held)]

    def _read_opening(self) -> None:
        tag = self._tags.open or ""
        body = self._held.lstrip()
        if body.startswith(tag):
            self.opening = self._held[: len(self._held) - len(body) + len(tag)]
            self._held = body[len(tag) :]
            self._break_may_follow = True
            self.state = "open"
        elif not tag.startswith(body):
            self.state = "open"

    def _read_thinking(self) -> list[Piece]:
        if self._break_may_follow and self._held:
            self._break_may_follow = False
            if self._held[0] == "\n":
                self.opening += "\n"
                self._held = self._held[1:]
        text, closed = self._take_until(self._tags.close)
        if closed:
            self.state = "closed"
        return [Piece("thinking", text)] if text else []

    def _read_answer(self) -> list[Piece]:
        text, self._ended = self._take_until(self._tags.answer_end)
        return [Piece("answer", text)] if text else []

    def _take_until(self, tag: str | None) -> tuple[str, bool]:
        """Takes the held text up to the tag, or as much as cannot be the start of one; says whether the tag came."""
        if tag is None:
            text, self._held = self._held, ""
            return text, False
        at = self._held.find(tag)
        if at >= 0:
            text, self._held = self._held[:at], self._held[at + len(tag) :]
            return text, True
        keep = next((n for n in range(min(len(tag) - 1, len(self._held)), 0, -1) if self._held.endswith(tag[:n])), 0)
        cut = len(self._held) - keep
        text, self._held = self._held[:cut], self._held[cut:]
        return text, False


def split_thinking(text: str, tags: ThinkTags, opened: bool) -> Thought:
    """Takes a finished completion apart: the answer is the text after the last close tag (paper, section 4).

    Earlier close tags stay in the thinking as text; that is the one difference from `ThinkStream`, which switches at
    the first.
    """
    if tags.close is None:
        return Thought(text, text, "open")
    body, opening = (text, "") if opened else _without_opening(text, tags.open or "")
    if not opened and not body.strip() and not opening.strip():
        return Thought("", None, "unopened", opening=opening + body)
    thinking, closed, rest = body.rpartition(tags.close)
    if not closed:
        return Thought(body, None, "open", opening=opening)
    if tags.answer_end is not None:
        rest = rest.partition(tags.answer_end)[0]
    return Thought(thinking, rest, "closed", opening=opening)


def _without_opening(text: str, tag: str) -> tuple[str, str]:
    body = text.lstrip()
    if not body.startswith(tag):
        return text, ""
    rest = body.removeprefix(tag).removeprefix("\n")
    return rest, text[: len(text) - len(rest)]


def detect_think_tags(chat_template: str, generation_prompt: str = "") -> ThinkTags:
    r"""The think tags of the model that a jinja chat template belongs to; `NO_TAGS` when it names none.

    Args:
        chat_template: the template's source.
        generation_prompt: what the template writes behind the last message when it asks for an answer. Given, it
            decides `template_opens` and `after_open`; otherwise they are read from the source, with thinking
            switched on where the template lets one choose. One that ends behind a close tag switches thinking off:
            such a model answers at once, like one without tags.
    """
    source = _COMMENT.sub("", chat_template)
    tags = _named_tags(source)
    if tags.open is None or closed_by(generation_prompt, tags):
        return NO_TAGS
    pieces = [generation_prompt] if generation_prompt else _written_for_generation(source)
    opened = [after for after in (after_open_tag(piece, tags) for piece in pieces) if after is not None]
    if opened:
        return replace(tags, template_opens=True, after_open=opened[-1])
    return tags


def _named_tags(source: str) -> ThinkTags:
    for tags in STYLES:
        # gpt-oss never writes the close tag in one piece, so its open tag must be enough.
        if str(tags.close) in source or (tags is GPT_OSS_TAGS and str(tags.open) in source):
            return tags
    return NO_TAGS


def _written_for_generation(source: str) -> list[str]:
    """What the template's last block for the generation prompt may write, one text for each expression in it."""
    starts = [match.start() for match in _GENERATION.finditer(source)]
    if not starts:
        return []
    values = {name: text for name, _, text in _TEXT_SETTING.findall(source)}
    return [_literal_text(piece, values) for piece in _CODE.split(source[starts[-1] :])]


def _literal_text(piece: str, values: dict[str, str]) -> str:
    """The text that an expression joins together, its variables replaced; plain template text as it is."""
    if piece.startswith("{%"):
        return ""
    if not piece.startswith("{{"):
        return piece
    parts = re.findall(r"'([^']*)'|\"([^\"]*)\"|(\w+)", piece)
    text = "".join(single or double or values.get(name, "") for single, double, name in parts)
    return text.replace("\\n", "\n")


def after_open_tag(written: str, tags: ThinkTags) -> str | None:
    """The white space behind a last open tag that nothing else follows; None when there is none."""
    _, found, after = written.rpartition(str(tags.open))
    return after if found and not after.strip() else None


def closed_by(generation_prompt: str, tags: ThinkTags) -> bool:
    """Whether the prompt ends behind the close tag, as templates write it where thinking is switched off."""
    return tags.close is not None and generation_prompt.rstrip().endswith(tags.close)
