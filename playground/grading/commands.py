r"""Replaces commands of LaTeX by the few that answers are read in, and drops those that only arrange.

Text in, text out, in time linear in it. Knows no mathematics.
"""

from __future__ import annotations

import re
from typing import Final

_SAME: Final = {
    "dfrac": r"\frac", "tfrac": r"\frac", "cfrac": r"\frac", "nicefrac": r"\frac", "sfrac": r"\frac",
    "dbinom": r"\binom", "tbinom": r"\binom", "surd": r"\sqrt", "bigcup": r"\cup", "backslash": r"\setminus",
    "lbrace": r"\{", "rbrace": r"\}", "lbrack": "[", "rbrack": "]", "lor": r"\words{or}", "vee": r"\words{or}",
    "land": r"\words{and}", "wedge": r"\words{and}", "imath": "i", "minus": "-", "Bbb": r"\mathbb", "colon": ":",
    "textdollar": r"\$", "leqq": r"\le", "geqq": r"\ge", "top": "T", "intercal": "T", "cr": r"\\",
}  # fmt: skip
_COMMAND = re.compile(rf"\\({'|'.join(_SAME)})(?![A-Za-z])")
_ROOT = re.compile(r"\\root\s*\{?([0-9n])\}?\s*\\of(?![A-Za-z])")
_NOT_EQUAL = re.compile(r"\\not\s*=")
_TALLER_ROW = re.compile(r"\\\\\s*\[[0-9.]+\s*[a-z]{2}\]")
_SWITCHED = re.compile(r"\{\s*\\(?:rm|bf|it|sf|tt)\s+([^{}]*)\}")
_COMMA = re.compile(r"\\(?:text|mathrm|mathord|mathpunct)\s*\{,\}|\{\\,\}")
_HIDDEN = re.compile(
    r"\\(?:[hv]space\*?|tag\*?|label|[hv]?phantom)\s*\{[^{}]*\}|\\(?:mathstrut|strut|hline|nonumber)(?![A-Za-z])"
)
_TRANSPARENT = re.compile(
    r"\\(?:boxed|fbox|underline|bm|ensuremath|mathord|mathbin|mathrel)\s*(?=\{)"
    r"|\\(?:text)?color\s*\{[A-Za-z]*\}|\\colorbox\s*\{[A-Za-z]*\}"
)
_BEGINS = re.compile(
    r"(?:\s|\\(?:therefore|bullet|Rightarrow|Longrightarrow|implies|rightarrow|longrightarrow|to|sim|simeq|equiv)"
    r"(?![A-Za-z]))+"
)
_ENDS = re.compile(r"(?:\s|\\(?:square|blacksquare|Box|qed)(?![A-Za-z]))+$")
_SYSTEM = re.compile(r"\\(?:begin|end)\s*\{(?:cases|aligned|align\*?|gathered|split|equation\*?)\}")
_ALIGNED = re.compile(r"&(?=\s*(?:[=<>]|\\(?:[lg]eq?|[lg]t|neq?|equiv)(?![A-Za-z])))")


def in_few_commands(text: str) -> str:
    """The same text, written with fewer commands."""
    text = _TALLER_ROW.sub(r"\\\\", _COMMA.sub("{,}", _SWITCHED.sub(r"\\mathrm{\1}", text)))
    text = _HIDDEN.sub(" ", _TRANSPARENT.sub("", text))
    text = _NOT_EQUAL.sub(r"\\ne ", _ROOT.sub(r"\\sqrt[\1]", text))
    text = _COMMAND.sub(lambda found: _SAME[found[1]], text)
    if _SYSTEM.search(text):
        text = _ALIGNED.sub("", _SYSTEM.sub(" ", text))
    begin = _BEGINS.match(text)
    return _ENDS.sub("", text[begin.end() :] if begin else text)
