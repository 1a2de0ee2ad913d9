r"""Marks the sentences where a trace leaves, checks, restates or doubts what it wrote before.

Every sentence is weighed by the cues in `playground.cues`; a mark says which of them decided. Of the four kinds a
sentence gets the first that fits:

- ``backtrack`` leaves or revises an earlier step ("Wait, 24 - 9 is 15, not 14.", "Let me go back to the question.");
- ``verify`` announces a check or its outcome ("Let me double-check that.", "That is correct.");
- ``restate`` repeats the question or its goal;
- ``uncertain`` doubts without revising ("Hmm, I'm not sure.", and a "Wait." alone).

A mark reads its own sentence and whether that opens a step, so the cost of a delta does not depend on the trace, and
no split into deltas changes a mark. It sees words, not truth: a slip that nobody notices carries no mark, and neither
does one that is silently put right. Does not know models, tags or answers.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from playground.cues import score
from playground.phrase import folded, phrase
from playground.steps import Sentence, SentenceReader

MarkKind = Literal["backtrack", "verify", "restate", "uncertain"]

_CHECK = phrase(
    r"\b(?:let me|let's|let us|to|we (?:can|should|could)|i(?:'ll| will| should| need to| can| could| want to)?)"
    r" (?:\w+ )?(?:(?:re-?|double[- ]?|cross[- ]?)?(?:check|verify|confirm)|make sure|recount|recompute|recalculate)\b"
    r"|\A\W*(?:re-?|double[- ]?)?(?:checking|verifying)\b|\bsanity check\b|\bchecks out\b"
    r"|\A\W*(?:(?:so|yes|yep|okay|and)\W+)?(?:yes\W+)?that(?:'s| is| seems) (?:correct|right|consistent)\b",
    "check|verif|confirm|make sure|recount|recompute|recalculate|correct|right|consistent",
)
_GOAL = phrase(
    r"\b(?:the|this) (?:question|problem) (?:is asking|asks|wants|says|states|is about)\b"
    r"|\b(?:we|i)(?:'re| are|'m| am) (?:asked|supposed|trying) to find\b|\bthe goal is\b",
    "question|problem|to find|the goal is",
)
_WORD = re.compile(r"\\[a-z]+|([a-z]{3,})")
_NUMBER = re.compile(r"\d+")
_FEWEST_WORDS: Final = 6
_SHARE_OF_QUESTION: Final = 0.75
_SURE: Final = 1.5
"How strongly a sentence that also announces a check must revise to be marked as backtracking."


class _Contents(NamedTuple):
    """The distinct words of three letters or more, LaTeX commands left out, and the distinct numbers of a text."""

    words: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked sentence: its kind, where it stands in characters, and a short sentence that names the evidence."""

    kind: MarkKind
    start: int
    end: int
    why: str


class MarkStream:
    """Marks sentences while text streams. A question given lets it see where the trace repeats it."""

    def __init__(self, question: str = "") -> None:
        self._question = _contents(question)
        self._sentences = SentenceReader()
        self._opens_step = True

    def feed(self, delta: str) -> list[Mark]:
        """Takes the next piece of text; returns the marks of the sentences that it sealed."""
        return self._marks(self._sentences.feed(delta))

    def close(self) -> list[Mark]:
        """Ends the text; returns the mark of its last sentence, if that has one."""
        return self._marks(self._sentences.close())

    def _marks(self, sentences: list[Sentence]) -> list[Mark]:
        found: list[Mark] = []
        for sentence in sentences:
            mark = _mark(sentence, self._question, opens_step=self._opens_step)
            if mark is not None:
                found.append(mark)
            self._opens_step = sentence.ends_step
        return found


def find_marks(text: str, question: str = "") -> list[Mark]:
    """The marks of a finished text, in order."""
    stream = MarkStream(question)
    return stream.feed(text) + stream.close()


def _mark(sentence: Sentence, question: _Contents, *, opens_step: bool) -> Mark | None:
    text = sentence.text.replace("’", "'")  # as long, and the cues know the plain one
    weighed = score(text, opens_step=opens_step)
    check = _CHECK.find(text, folded(text))
    if weighed.revises > 0 and (check is None or weighed.revises > _SURE):
        return _named(sentence, "backtrack", weighed.revising)
    if check is not None:
        return _named(sentence, "verify", (f"“{check.group().strip()}” checks",))
    restated = _restated(text, question)
    if restated:
        return _named(sentence, "restate", (restated,))
    return _named(sentence, "uncertain", weighed.doubting) if weighed.doubts > 0 else None


def _named(sentence: Sentence, kind: MarkKind, evidence: tuple[str, ...]) -> Mark:
    """The mark on the visible part of a sentence."""
    text = sentence.text
    start = sentence.span.start + len(text) - len(text.lstrip())
    return Mark(kind, start, sentence.span.start + len(text.rstrip()), f"{'; '.join(evidence[:2])}.")


def _restated(text: str, question: _Contents) -> str:
    """How a sentence restates the question, in words; empty when it does not."""
    goal = _GOAL.find(text, folded(text))
    if goal is not None:
        return f"“{goal.group()}” names the goal"
    words = _words(text)
    shared = words & question.words
    repeats = len(words) >= _FEWEST_WORDS and len(shared) >= _SHARE_OF_QUESTION * len(words)
    if not repeats or not _numbers(text) <= question.numbers:
        return ""
    return f"{len(shared)} of its {len(words)} words stand in the question"


def _contents(text: str) -> _Contents:
    return _Contents(_words(text), _numbers(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower())) - {""}


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(text))
