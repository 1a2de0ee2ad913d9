r"""Cuts a normalized answer into tokens. Knows no grammar."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from playground.grading import vocabulary

Kind = Literal["number", "letter", "command", "words", "sign"]

_TOKEN = re.compile(
    r"\s+|\\words\{(?P<words>[^{}]*)\}|(?P<command>\\(?:[A-Za-z]+|.))|(?P<letters>[A-Za-z]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+(?![0-9.]))?)|(?P<sign>.)",
    re.DOTALL,
)
_NUMPY = re.compile(r"\bnp\.(?=[a-z])")
_WORD = re.compile(r"(?=[A-Za-z]?[a-z]*[aeiou])[A-Za-z][a-z]{3,}")
_SCALED = re.compile(rf"(.+?)[ -]((?:{'|'.join(vocabulary.SCALES)})\b.*)")


class Token(NamedTuple):
    """One token; `text` is without the backslash of a command."""

    kind: Kind
    text: str


_OPERATORS = frozenset(Token("sign", sign) for sign in "+-=<>*/(,{[^_")
"""Behind these, ``mg`` is m·g and no unit."""


def tokens(text: str) -> list[Token]:
    """The tokens of a text in the one notation."""
    found: list[Token] = []
    for match in _TOKEN.finditer(_NUMPY.sub("", text)):
        if match["words"] is not None:
            found += _words(match["words"])
        elif match["command"] is not None:
            found.append(Token("command", match["command"][1:]))
        elif match["letters"] is not None:
            found += _letters(match["letters"], behind=found[-1] if found else None)
        elif match["number"] is not None:
            found.append(Token("number", match["number"]))
        elif match["sign"] is not None:
            found.append(Token("sign", match["sign"]))
    return found


def _words(text: str) -> list[Token]:
    """Words as one token; a number in words before what scales it, such as "three million", as two."""
    word = text.strip().lower()
    if word in vocabulary.SEPARATORS:
        return [Token("sign", word)]
    if word in vocabulary.NAMED:
        return _letters(word, behind=None)
    number = vocabulary.cardinal(word)
    if number is not None:
        return [Token("number", str(number))]
    scaled = _SCALED.fullmatch(word)
    if scaled and (number := vocabulary.cardinal(scaled[1])) is not None:
        return [Token("number", str(number)), Token("words", scaled[2])]
    return [Token("words", text.strip())]


def _letters(run: str, behind: Token | None) -> list[Token]:
    """A run of letters: a function, a name, a word, a unit behind a value, or letters that are multiplied."""
    lower = run.lower()
    if lower in vocabulary.SEPARATORS:
        return [Token("sign", lower)]
    if lower in vocabulary.CARDINALS:
        return [Token("number", str(vocabulary.CARDINALS[lower]))]
    if run in vocabulary.FUNCTIONS and run != "min":
        return [Token("command", run)]
    if run in vocabulary.NAMED:
        return [Token("command", "infty" if run.startswith("inf") else run)]
    unit = run in vocabulary.UNITS and (run.isupper() or (behind is not None and behind not in _OPERATORS))
    if unit or lower in vocabulary.SHORT_WORDS or _WORD.fullmatch(run):
        return [Token("words", run)]
    return [Token("letter", letter) for letter in run]
