"""Words before and behind a value that make another answer of it: "at least 5", "5 or more", "twice 5". Pure text."""

from __future__ import annotations

import re
from typing import Final

from playground.grading.vocabulary import SEPARATORS

_BOUNDS = "less more least most than between over under above below exceeds up where if any all almost nearly maybe"
_FUNCTIONS_OF = (
    "minus negative twice double triple thrice half square cube root reciprocal inverse power log ln sin cos tan sqrt "
    "multiple multiples divisible factor factors base mod modulo undefined"
)
_DENIALS = "not no never nor neither either but except cannot isn't"
_LAST_WORDS = "of by before after until without times greater fewer few cubed squared"
_VERBS = "is are was be equals gives"
_TURNING: Final = frozenset((*_BOUNDS.split(), *_FUNCTIONS_OF.split()))
_DENYING: Final = frozenset(_DENIALS.split())
_LEADING_ON: Final = frozenset(_LAST_WORDS.split()) | SEPARATORS
_SUMMING_UP: Final = ("total of", "maximum of", "minimum of", "value of", "answer of", "remainder of", "probability of")
SAYING: Final = frozenset((*_VERBS.split(), ":"))
"""Words behind which a value is only said."""
_BEHIND = re.compile(
    r"\b(?:or|and) (?:more|less|fewer|greater|above|below|over|under|higher|lower|up)\b|\bat (?:least|most)\b"
    r"|^(?:squared|cubed|factorial|plus|negative)$|\band (?:a|one) (?:half|third|quarter|fourth|fifth)\b"
    r"|\b(?:not|wrong|incorrect|impossible|undefined)\b"
)


def turned_before(words: str, said: bool) -> bool:
    """Whether words make another answer of the value behind them.

    Where the value is only `said` behind them, as in "The least value is 5" or "least value = 5", few do.
    """
    found = words.lower().replace(":", " :").split()
    if not found or _DENYING & set(found):
        return bool(found)
    if found[-1] in SEPARATORS:
        return True
    if said or found[-1] in SAYING:
        return False
    return bool(_TURNING & set(found)) or (found[-1] in _LEADING_ON and " ".join(found[-2:]) not in _SUMMING_UP)


def is_function(words: str) -> bool:
    """Whether what stands before a bracket is the name of a function, as in ``sgn(x)``, and no word about it."""
    return re.fullmatch(r"\s*[A-Za-z]{2,4}", words) is not None


def turned_behind(words: str) -> bool:
    """Whether words make another answer of the value before them."""
    return _BEHIND.search(words.lower()) is not None
