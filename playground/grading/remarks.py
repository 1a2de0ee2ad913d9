r"""Drops what an answer says beside its value: "the answer is", an approximation, what its letters stand for.

Text in, text out, in time linear in it. Sees an answer in the one notation of `playground.grading.notation`.
"""

from __future__ import annotations

import re

_LEAD_IN = re.compile(r"(?:the\s+)?(?:final\s+)?answer(?:\s+is|\s*[:=])\s*", re.IGNORECASE)
_KINDS = r"(?: (?:real|positive|natural|integers?|numbers?|values))*"
_ALL_OF = re.compile(rf"(?:\\words\{{|(?<![A-Za-z]))all{_KINDS}(?: of)?\}}?\s*(?=[a-z]\s*[<>\\=])")
"""Before an inequality: "all integers k ≥ 2"."""
_BESIDE = re.compile(r"\s*\(\s*(?:\\approx[^()]*|\\words\{([^{}]*)\})\s*\)$|(?<=\\words\{)\(([^(){}]*)\)(?=\}$)")
"""In brackets at the end: an approximation, or words."""
_FOR = r"\\words\{\s*,?\s*(?:for|where|with)"
_SETS = r"\\in\s*\\mathbb\s*\{?[NZQRC]\}?(?:\^\s*\{?[+*]\}?|_\s*\{[^{}]*\})?"
_MEMBERS = r"\\words\{\s*(?:is|being) (?:an?|any) [a-z ]*(?:integer|number|constant)\s*\}"
_LETTER = re.compile(
    rf"(?<=[^\s,;])\s*(?:[,;]|\(|(?=\\words))\s*(?:{_FOR}(?: (?:all|any|every|some))?\s*\}}\s*)?"
    rf"[a-zA-Z]\s*(?:{_SETS}|{_MEMBERS})\s*\)?$"
)
"""What a letter stands for, at the end: ", where k is an integer", "(k ∈ ℤ)"."""
_THROUGHOUT = re.compile(
    rf"(?<=[^\s,;])\s*,?\s*{_FOR}(?: (?:all|any|every|each))?{_KINDS}\s*\}}\s*[a-z]\s*"
    r"(?:(?:\\geq?(?:slant)?|>)\s*[0-9]+)?(?=\s*(?:$|[,;]|\\words\{\s*,?\s*(?:and|or)))"
)
"""Where an answer holds, when it holds everywhere: "for all x", "for n ≥ 1"."""
_EXACT = re.compile(r".*=|[-(\s]*(?:[0-9]|e\^|\\(?:frac|sqrt|pi|ln|log|arc|sin|cos|tan|binom))")


def without_remarks(text: str) -> str:
    """The answer alone."""
    lead_in = _LEAD_IN.match(text)
    text = _ALL_OF.sub("", text[lead_in.end() :] if lead_in else text, count=1)
    text = _THROUGHOUT.sub("", _LETTER.sub("", _BESIDE.sub(_beside, text)))
    return _exact(text)


def _beside(found: re.Match[str]) -> str:
    """What a remark in brackets leaves: nothing of an approximation, the words of words."""
    if found[2] is not None:
        return found[2]
    return f" \\words{{{found[1]}}}" if found[1] else ""


def _exact(text: str) -> str:
    """The exact value of one that also says what it is roughly; a name alone is given its value there."""
    exact, found, _ = text.partition("\\approx")
    return exact.strip() if found and _EXACT.match(exact) else text
