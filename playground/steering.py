"""Composes the trajectory of both twin tests from a model's own reasoning and a steer. Pure.

The page, the command line and the evaluator compose with `compose` and with nothing else. Source: protocol of
arXiv 2510.06410, sections 2–3, and its release scripts. Knows no model: who measures tokens is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from playground.errors import InvalidInput
from playground.steps import nearest_sentence_end, sentence_ends

Protocol = Literal["paper", "release"]
TokenEnds = Callable[[str], Sequence[int]]
"""Where each token of a text ends, in characters: `Engine.token_ends` of the model under test."""

TRANSITIONS: dict[Protocol, str] = {"paper": "\nWait. Let me think. ", "release": "\nLet me think."}

LONGEST_CHUNK = 60
SHORTEST_CHUNK = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where both parts are cut, as proportions of the trajectory each is cut from, and how they are joined."""

    own: float = 0.0
    """m: how much of the model's own reasoning stays, in [0, 1)."""
    steer: float = 0.2
    """n: how much of the other trajectory follows, in (0, 1]; m + n ≤ 1."""
    protocol: Protocol = "paper"
    transition: str | None = None
    """What stands between the two when m > 0; None means the protocol's own phrase."""
    first_paragraph: bool = False
    """The own part keeps its first paragraph at least, and the steer begins after its own first paragraph."""

    def __post_init__(self) -> None:
        if not 0 <= self.own < 1 or not 0 < self.steer <= 1 or self.own + self.steer > 1 + 1e-9:
            raise InvalidInput(
                f"A steer of {self.steer:g} at {self.own:g} is impossible.", "Choose m in [0, 1), n > 0, m + n ≤ 1."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered:
    """A composed trajectory in its three parts; `text` is their concatenation."""

    own: str
    transition: str
    steer: str

    @property
    def text(self) -> str:
        return self.own + self.transition + self.steer


def compose(own: str, steer: str, cut: Cut, token_ends: TokenEnds) -> Steered:
    """The first m of `own`, the transition, and the first n of `steer`.

    paper: each part ends at the sentence end nearest to its last token; with m > 0 the own part loses its trailing
    white space and "\\nWait. Let me think. " follows. release: each part is a number of chunks, and "\\nLet me think."
    follows. With m = 0 the steer stands alone in both, unless the first paragraph is kept.
    """
    kept = beginning(own, cut.own, cut.protocol, token_ends)
    if cut.first_paragraph:
        steer = steer[len(first_paragraph(steer)) :]
        kept = max(kept, first_paragraph(own), key=len)
    foreign = beginning(steer, cut.steer, cut.protocol, token_ends)
    if cut.own == 0 and not kept:
        return Steered(own="", transition="", steer=foreign)
    transition = TRANSITIONS[cut.protocol] if cut.transition is None else cut.transition
    return Steered(own=kept.rstrip() if cut.protocol == "paper" else kept, transition=transition, steer=foreign)


def beginning(text: str, proportion: float, protocol: Protocol, token_ends: TokenEnds) -> str:
    """The first share of `text`, cut as the protocol cuts; nothing of it for a proportion of 0."""
    if proportion == 0:
        return ""
    return first_sentences(text, proportion, token_ends) if protocol == "paper" else first_chunks(text, proportion)


def window(text: str, cut: Cut, token_ends: TokenEnds) -> tuple[str, str]:
    """The first m of `text`, and the n that follow there: what a change in a model's own reasoning changes."""
    kept = beginning(text, cut.own, cut.protocol, token_ends)
    through = beginning(text, round(cut.own + cut.steer, 9), cut.protocol, token_ends)
    return kept, through[len(kept) :]


def first_paragraph(text: str) -> str:
    """The text up to its first blank line and with it; up to its first line break where no line is blank."""
    for gap in ("\n\n", "\n"):
        before, found, after = text.partition(gap)
        if after:
            return before + found + after[: len(after) - len(after.lstrip("\n"))]
    return text


def first_sentences(text: str, proportion: float, token_ends: TokenEnds) -> str:
    """The beginning of `text` up to the sentence end nearest to the token at `proportion` of its tokens.

    At least the first sentence: the start of a text is no sentence's end, and an empty steer would steer nothing.
    """
    ends = token_ends(text)
    if not ends:
        return ""
    token = max(1, round(proportion * len(ends)))
    return text[: nearest_sentence_end(text, ends[token - 1]) or sentence_ends(text)[0]]


def first_chunks(text: str, proportion: float) -> str:
    """int(chunks × proportion) chunks of `text`, joined with nothing between. Tokens play no part."""
    chunks = split_chunks(text)
    return "".join(chunks[: int(len(chunks) * proportion)])


def split_chunks(text: str) -> list[str]:
    """The release's chunks: blank-line blocks of 30–60 words.

    A block of more than 60 words is cut every 60; one of fewer than 30 joins the chunk before it, with a blank line
    between, if both together have at most 60. White space inside a cut block is not kept, as in the release.
    """
    chunks: list[str] = []
    for block in text.split("\n\n"):
        words = block.split()
        if not words:
            continue
        if len(words) > LONGEST_CHUNK:
            chunks += [" ".join(words[i : i + LONGEST_CHUNK]) for i in range(0, len(words), LONGEST_CHUNK)]
        elif chunks and len(words) < SHORTEST_CHUNK and len(chunks[-1].split()) + len(words) <= LONGEST_CHUNK:
            chunks[-1] += "\n\n" + block
        else:
            chunks.append(block)
    return chunks
