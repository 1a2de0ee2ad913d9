"""Answers in whole phrases and the mathematics that they say. A table and how it is looked up."""

from __future__ import annotations

import re
from typing import Final

from playground.grading.vocabulary import cardinal

_REALS = ("all real numbers", "all reals", "the real numbers", "real numbers", "any real number", "all real x")
_NOTHING = (
    *("no solution", "no solutions", "no real solution", "no real solutions", "empty set", "the empty set", "none"),
    *(f"there {verb} no {real}solution{s}" for verb, s in (("is", ""), ("are", "s")) for real in ("", "real ")),
)
_PHRASES: Final = {
    **dict.fromkeys(_REALS, r"\mathbb{R}"),
    **dict.fromkeys(_NOTHING, r"\emptyset"),
    **dict.fromkeys(("infinity", "positive infinity", "infinite", "infinitely many"), r"\infty"),
    **dict.fromkeys(("all nonnegative real numbers", "all non-negative real numbers"), r"[0,\infty)"),
    **dict.fromkeys(("all positive real numbers", "all positive reals"), r"(0,\infty)"),
    **dict.fromkeys(("half", "a half"), r"\frac{1}{2}"),
    **dict.fromkeys(("a third",), r"\frac{1}{3}"),
    **dict.fromkeys(("hundred", "a hundred"), "100"),
    **dict.fromkeys(("a thousand",), "1000"),
    **dict.fromkeys(("a million",), "1000000"),
    **dict.fromkeys(("a dozen",), "12"),
}
_PHRASE = re.compile(r"(?:\\words\{)?([A-Za-z][A-Za-z -]*)\}?")


def meaning(text: str) -> str | None:
    """What a text that is nothing but one of these phrases, or a number in words, says; None for others."""
    phrase = _PHRASE.fullmatch(text)
    if phrase is None:
        return None
    said = phrase[1].strip().lower()
    number = cardinal(said)
    return _PHRASES.get(said) if number is None else str(number)
