r"""Tells which letters of a multiple choice an answer names: ``B``, ``\text{(B)}``, ``B) 12``, ``A and C``.

Text in, letters out. Knows neither the choices nor what they say.
"""

from __future__ import annotations

import re

_LETTER = r"\(?[A-Z]\)?"
_LETTERS = re.compile(rf"{_LETTER}(?:\s*(?:,\s*and\b|,|\band\b)\s*{_LETTER})*")
_INTRODUCED = re.compile(r"(?:the\s+)?(?:correct\s+|final\s+)?(?:option|choice|answer)(?:\s+is\b|:)?\s+", re.IGNORECASE)
_TOLD = re.compile(r"\(?([A-Z])(?:[).:]\s*(?!and\b|or\b)[^\s,;].*|\s\([^()]*\))", re.DOTALL)
"""A choice with what it says: "C) 12"."""
_MARKED = re.compile(r"\([A-Z]\)|\b[A-Z][).:]")
_WORDS = re.compile(r"\\words\{([^{}]*)\}")


def letters(answer: str) -> frozenset[str]:
    """The letters of an answer that is nothing but letters of choices; none of any other."""
    bare = _bare(answer)
    return frozenset(re.findall("[A-Z]", bare)) if _LETTERS.fullmatch(bare) else frozenset()


def chosen(answer: str) -> frozenset[str]:
    """The letters that an answer names, alone or with what the choices say; none where it is no choice."""
    told = _TOLD.fullmatch(_bare(answer))
    if told is None:
        return letters(answer)
    return frozenset(mark.strip("().:") for mark in _MARKED.findall(_bare(answer))) | {told[1]}


def _bare(answer: str) -> str:
    bare = " ".join(_WORDS.sub(r"\1", answer).split())
    introduced = _INTRODUCED.match(bare)
    return bare[introduced.end() :] if introduced else bare
