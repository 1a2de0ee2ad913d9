r"""Rewrites idioms of answers in plain notation: recurring decimals, mixed numbers, remainders, bases, set builders …

Text in, text out, in time linear in it. Sees an answer after `playground.grading.notation` has brought spacing and
fonts into order; what comes out is still only text.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from playground.grading.phrases import meaning
from playground.grading.remarks import without_remarks
from playground.grading.vocabulary import CARDINALS, SCALES, cardinal

_NEGATIVE = re.compile(
    r"(^|[=,(:]\s*)(\\words\{\s*)?(?:negative|minus)\b\s*(\}?)"
    rf"(?=\s*(?:[0-9.(]|\\(?!words)|infinity|{'|'.join(CARDINALS)}))",
    re.IGNORECASE,
)
_HYPHENED = re.compile(rf"\b({'|'.join(CARDINALS)})-(?=(?:{'|'.join(SCALES)})\b)", re.IGNORECASE)
_PERIOD = re.compile(
    r"([0-9]{0,30})\.([0-9]{0,30})\\(?:overline|bar|dot)\s*(?:\{([0-9]{1,30})\}|([0-9]))"
    r"|([0-9]{0,30})\.([0-9]{0,6}?)(([0-9]{1,6}?)\8{2,})\s*\\ldots(?![A-Za-z])"
)
_CUT_DECIMAL = re.compile(r"([0-9]\.[0-9]+)\s*\\ldots(?![A-Za-z])")
_MIXED = re.compile(r"(?<![0-9./^_{\\])([0-9]+) ([0-9]+)/([0-9]+)(?![0-9/^])")
_SPACED_GROUPS = re.compile(r"-?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"(?<=[0-9])\{,\}(?=[0-9])")
_KEYBOARD: Final = {"<=": r"\le ", ">=": r"\ge ", "**": "^", "+/-": r"\pm ", "&lt;": "<", "&gt;": ">"}
_KEYBOARD_SIGN = re.compile(r"&[lg]t;|<=|>=|\+\s*/\s*-|(?<=[\w)}])\s*\*\*\s*(?=[-\w({\\])")
_BRACED_SIGN = re.compile(r"\{([-+=:<>])\}")
_TIMES_TEN = re.compile(r"(?<=[0-9])\s*[xX]\s*(?=10\s*\^)")
_REMAINDER = re.compile(
    r"\(?\s*(?:\\[pb]?mod|\\words\{mod(?:ulo)?\}|\bmod(?:ulo)?)\s*(?:\{([^{}]*)\}|([0-9]+|[A-Za-z](?![A-Za-z])))\s*\)?"
)
_TEMPERATURE = re.compile(r"(\^\s*\{?\s*\\circ\s*\}?)\s*\{?\s*[CF](?![A-Za-z])\s*\}?")
_DEGREES = re.compile(r"(?<=[0-9}])\s*\^\s*(?:o(?![A-Za-z])|\{\s*o\s*\})")
_BASE = re.compile(
    r"(?<![0-9])([0-9]{1,40})\s*(?:\\words\{\s*\(?\s*(?:in )?base[- ]([a-z]+)\)?\s*\}"
    r"|(?:\\words\{)?\(?\s*(?:in )?base[- ]?\}?\s*([0-9]+)\s*\)?)"
)
_COUNT = r"[0-9]+|[0-9]*[nmk]"
_CHOOSE = re.compile(
    rf"(?<![A-Za-z\\_^])C\s*\(\s*(?P<n>{_COUNT})\s*,\s*(?P<k>{_COUNT})\s*\)"
    rf"|(?<![\w)}}\]\s])(?:\{{\s*\}})?\s*[_^]\s*\{{?(?P<left>{_COUNT})\}}?\s*C\s*_\s*\{{?(?P<right>{_COUNT})\}}?"
    rf"|(?<![A-Za-z\\_^])C_\s*\{{?(?P<below>[0-9]{{2,3}}|[0-9]*[nmk])\}}?\s*\^\s*\{{?(?P<above>{_COUNT})\}}?"
)
_OVERLINED = re.compile(r"(?<![.0-9])\\overline\s*\{\s*([A-Z]\s*[A-Z]|[0-9]+)\s*\}")
_EITHER_RANGE = re.compile(r"\\cup(?=\s*[a-z]\s*(?:[<>]|\\[lg]))")
_UNION = re.compile(r"(?<=[\])])\s*U\s*(?=[\[(])")
_REALS = re.compile(
    r"(?:\\words\{)?all (?:real numbers|reals) except\s*\}?\s*([-0-9].*)|\\mathbb\s*\{?R\}?\s*-\s*\\\{(.*)\\\}"
)
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


def rewritten(text: str) -> str:
    """The text with every idiom in its plain form."""
    text = without_remarks(text)
    text = _KEYBOARD_SIGN.sub(lambda found: _KEYBOARD["".join(found[0].split())], text)
    text = _HYPHENED.sub(r"\1 ", _NEGATIVE.sub(_negative, text))
    text = _DECIMAL_COMMA.sub(".", _BRACED_SIGN.sub(r"\1", text))
    text = _CUT_DECIMAL.sub(r"\1", _PERIOD.sub(_recurring, text))
    text = _MIXED.sub(r"\1\\frac{\2}{\3}", _TIMES_TEN.sub(r"\\times ", text))
    text = _TEMPERATURE.sub(r"\1", _REMAINDER.sub(lambda found: f" \\words{{mod {found[1] or found[2]}}}", text))
    text = _BARE_UNIT.sub(r" \\words{\1}", _COMPOUND_UNIT.sub(_per, _QUOTIENT_UNIT.sub(_per, text)))
    text = _SYMBOL_UNIT.sub(lambda found: f" \\words{{{'ohm' if found[1] else 'length'}}}", text)
    return _as_a_whole(_in_signs(text).strip())


def _in_signs(text: str) -> str:
    """Bases, binomials, segments and unions, each as it is mostly written."""
    text = _BASE.sub(lambda found: f"{found[1]}_{{{found[3] or cardinal(found[2]) or found[2]}}}", text)
    text = _CHOOSE.sub(_binomial, text)
    text = _OVERLINED.sub(r" \1 ", _DEGREES.sub(r"^{\\circ}", text))
    return _UNION.sub(r"\\cup ", _EITHER_RANGE.sub(r"\\words{or}", text))


def _as_a_whole(text: str) -> str:
    """What an answer says where all of it is one idiom."""
    if _SPACED_GROUPS.fullmatch(text):
        return text.replace(" ", "")
    if phrase := meaning(text):
        return phrase
    if reals := _REALS.fullmatch(text):
        return rf"\mathbb{{R}}\setminus \{{{reals[1] or reals[2]}\}}"
    builder = _SET_BUILDER.fullmatch(text)
    if builder:
        return builder[1].strip()
    outward = _OUTWARD.fullmatch(text)
    if outward and "," in outward[2] and outward[1] + outward[3] != "[]":
        return f"{'(' if outward[1] == ']' else '['}{outward[2]}{')' if outward[3] == '[' else ']'}"
    return text


def _negative(found: re.Match[str]) -> str:
    """The sign for "negative" or "minus", which may be all that stands in words or the beginning of them."""
    return f"{found[1]}-{'' if found[3] else found[2] or ''}"


def _binomial(found: re.Match[str]) -> str:
    n, k = (found[name] for name in ("n", "left", "below")), (found[name] for name in ("k", "right", "above"))
    return f"\\binom{{{next(filter(None, n))}}}{{{next(filter(None, k))}}}"


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
