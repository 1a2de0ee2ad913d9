r"""Rewrites idioms of answers in plain notation: recurring decimals, mixed numbers, remainders, set builders …

Text in, text out, in time linear in it. Sees an answer after `playground.grading.notation` has brought spacing and
fonts into order; what comes out is still only text.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from playground.grading.vocabulary import cardinal

_PHRASES: Final = {
    **dict.fromkeys(("all real numbers", "all reals", "the real numbers", "real numbers"), r"\mathbb{R}"),
    **dict.fromkeys(("no solution", "no solutions", "no real solution", "no real solutions"), r"\emptyset"),
    **dict.fromkeys(("empty set", "the empty set", "none"), r"\emptyset"),
    **dict.fromkeys(("infinity", "positive infinity"), r"\infty"),
}
_PHRASE = re.compile(r"(?:\\words\{)?([A-Za-z -]+)\}?")
_LEAD_IN = re.compile(r"(?:the\s+)?(?:final\s+)?answer(?:\s+is|\s*[:=])\s*", re.IGNORECASE)
_PERIOD = re.compile(
    r"([0-9]{0,30})\.([0-9]{0,30})\\(?:overline|bar|dot)\s*(?:\{([0-9]{1,30})\}|([0-9]))"
    r"|([0-9]{0,30})\.([0-9]{0,6}?)(([0-9]{1,6}?)\8{2,})\s*\\ldots(?![A-Za-z])"
)
_CUT_DECIMAL = re.compile(r"([0-9]\.[0-9]+)\s*\\ldots(?![A-Za-z])")
_MIXED = re.compile(r"(?<![0-9./^_{\\])([0-9]+) ([0-9]+)/([0-9]+)(?![0-9/^])")
_SPACED_GROUPS = re.compile(r"-?[0-9]{1,3}(?: [0-9]{3})+")
_DECIMAL_COMMA = re.compile(r"(?<=[0-9])\{,\}(?=[0-9])")
_KEYBOARD: Final = {"<=": r"\le ", ">=": r"\ge ", "**": "^"}
_KEYBOARD_SIGN = re.compile(r"<=|>=|(?<=[\w)}])\s*\*\*\s*(?=[-\w({\\])")
_BRACED_SIGN = re.compile(r"\{([-+=:<>])\}")
_TIMES_TEN = re.compile(r"(?<=[0-9])\s*[xX]\s*(?=10\s*\^)")
_REMAINDER = re.compile(
    r"\(?\s*(?:\\[pb]?mod|\\words\{mod\}|\bmod)\s*(?:\{([^{}]*)\}|([0-9]+|[A-Za-z](?![A-Za-z])))\s*\)?"
)
_TEMPERATURE = re.compile(r"(\^\s*\{?\s*\\circ\s*\}?)\s*\{?\s*[CF](?![A-Za-z])\s*\}?")
_SET_BUILDER = re.compile(r"\\\{\s*[A-Za-z]\s*(?:\\in\s*\\mathbb\s*\{?R\}?)?\s*(?::|\||\\mid(?![A-Za-z]))(.*)\\\}")
_OUTWARD = re.compile(r"([\[\]])([^\[\]()]*)([\[\]])")
_UNIT = r"\\words\{([^{}]*)\}\s*(?:\^\s*\{?(-?[0-9])\}?)?"
_QUOTIENT_UNIT = re.compile(rf"\\frac\s*\{{\s*{_UNIT}\s*\}}\s*\{{\s*{_UNIT}\s*\}}")
_COMPOUND_UNIT = re.compile(rf"{_UNIT}\s*/\s*{_UNIT}")
_SYMBOL_UNIT = re.compile(
    r"(?<=[0-9}])\s*(?:\\words\{k\}|k)?\s*\\(?:(Omega)|AA|mathring\s*\{A\}|mu\s*\\words\{m\})(?![A-Za-z])"
)
_BARE_UNIT = re.compile(
    r"(?<=[0-9}]) ((?:[kcm]?m|mi|ft|km|mol|erg|[kmg]?g|J|L|rad|rev)/(?:s|h|hr|min|sec|kg|L|mol)(?:\^\{?[23]\}?)?"
    r"|[kMG]?(?:eV|Hz|Pa)|mol|erg|nm|mL)$"
)
_EXACT = re.compile(r".*=|[-(\s]*(?:[0-9]|e\^|\\(?:frac|sqrt|pi|ln|log|arc|sin|cos|tan|binom))")


def rewritten(text: str) -> str:
    """The text with every idiom in its plain form."""
    text = _approximated(_LEAD_IN.sub("", text, count=1) if _LEAD_IN.match(text) else text)
    text = _KEYBOARD_SIGN.sub(lambda found: _KEYBOARD[found[0].strip()], text)
    text = _DECIMAL_COMMA.sub(".", _BRACED_SIGN.sub(r"\1", text))
    text = _CUT_DECIMAL.sub(r"\1", _PERIOD.sub(_recurring, text))
    text = _MIXED.sub(r"\1\\frac{\2}{\3}", _TIMES_TEN.sub(r"\\times ", text))
    text = _TEMPERATURE.sub(r"\1", _REMAINDER.sub(lambda found: f" \\words{{mod {found[1] or found[2]}}}", text))
    text = _BARE_UNIT.sub(r" \\words{\1}", _COMPOUND_UNIT.sub(_per, _QUOTIENT_UNIT.sub(_per, text)))
    text = _SYMBOL_UNIT.sub(lambda found: f" \\words{{{'ohm' if found[1] else 'length'}}}", text)
    return _as_a_whole(text.strip())


def _as_a_whole(text: str) -> str:
    """What an answer says where all of it is one idiom."""
    if _SPACED_GROUPS.fullmatch(text):
        return text.replace(" ", "")
    if phrase := _PHRASE.fullmatch(text):
        said = phrase[1].strip().lower()
        number = cardinal(said)
        return _PHRASES.get(said, text) if number is None else str(number)
    builder = _SET_BUILDER.fullmatch(text)
    if builder:
        return builder[1].strip()
    outward = _OUTWARD.fullmatch(text)
    if outward and "," in outward[2] and outward[1] + outward[3] != "[]":
        return f"{'(' if outward[1] == ']' else '['}{outward[2]}{')' if outward[3] == '[' else ']'}"
    return text


def _per(found: re.Match[str]) -> str:
    above, below = (unit + (f"^{power}" if power else "") for unit, power in (found.groups()[:2], found.groups()[2:]))
    return f"\\words{{{above}/{below}}}"


def _recurring(found: re.Match[str]) -> str:
    """The fraction that a recurring decimal is: 0.1\\overline{6} is 1/6."""
    whole, before = found[1] or found[5] or "", found[2] or found[6] or ""
    period = found[3] or found[4] or found[8]
    shift = 10 ** len(before)
    value = Fraction(int(whole + before or "0"), shift) + Fraction(int(period), shift * (10 ** len(period) - 1))
    return f"\\frac{{{value.numerator}}}{{{value.denominator}}}"


def _approximated(text: str) -> str:
    """The exact value of one that also says what it is roughly; a name alone is given its value there."""
    exact, found, _ = text.partition("\\approx")
    return exact.strip() if found and _EXACT.match(exact) else text
