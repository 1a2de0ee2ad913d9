"""Backtracking marks: where a trace leaves, checks, restates or doubts what it wrote before."""

import re
from dataclasses import dataclass
from typing import Literal

from playground.steps import Sentence, SentenceReader

MarkKind = Literal["backtrack", "verify", "restate", "uncertain"]

_CUE = re.compile(r"\W*(?:but |oh |ah |hmm[,.]* )*(wait|hold on|hmm|oops|no|actually|alternatively)\b", re.IGNORECASE)
_REVISES = re.compile(
    r"\b(?:not right|wrong|mistake|incorrect|instead|not|go back|start (?:again|over)|no|isn't|doesn't)\b",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"\b(?:let me|let's|to|i should) (?:just )?(?:re-?check|check|verify|double-check|make sure)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence that revises, checks, restates or doubts; `why` names the evidence in a few words."""

    kind: MarkKind
    start: int
    end: int
    why: str


class MarkStream:
    """Marks sentences while text streams."""

    def __init__(self, question: str = "") -> None:
        self._question = question
        self._sentences = SentenceReader()

    def feed(self, delta: str) -> list[Mark]:
        """Takes the next piece of text; returns the marks of the sentences it sealed."""
        return self._marks(self._sentences.feed(delta))

    def close(self) -> list[Mark]:
        """Ends the text; returns the mark of its last sentence, if it has one."""
        return self._marks(self._sentences.close())

    def _marks(self, sentences: list[Sentence]) -> list[Mark]:
        return [mark for sentence in sentences for mark in [_mark(sentence)] if mark is not None]


def find_marks(text: str, question: str = "") -> list[Mark]:
    """The marks of a finished text, in order."""
    stream = MarkStream(question)
    return stream.feed(text) + stream.close()


def _mark(sentence: Sentence) -> Mark | None:
    start, end = sentence.span.start, sentence.span.end
    if _CHECKS.search(sentence.text):
        return Mark("verify", start, end, "announces a check")
    cue = _CUE.match(sentence.text)
    if cue is None:
        return None
    revision = _REVISES.search(sentence.text, cue.end())
    if revision is None:
        return Mark("uncertain", start, end, f"begins with “{cue[1]}”")
    return Mark("backtrack", start, end, f"begins with “{cue[1]}” and says “{revision.group()}”")
