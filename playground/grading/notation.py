r"""Normalizes how answers are written: spacing, delimiters, Unicode and text commands of LaTeX.

Text in, text out, in time linear in it. Reads no mathematics: `playground.grading.reading` does.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from playground.grading.commands import in_few_commands
from playground.grading.idioms import rewritten
from playground.grading.vocabulary import FUNCTIONS

_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
_GREEK_LATE = "sigma tau upsilon phi chi psi omega"
_LETTERS: Final = dict(zip("αβγδεζηθικλμνξοπρ", _GREEK.split(), strict=True)) | dict(
    zip("στυφχψω", _GREEK_LATE.split(), strict=True)
)
_SIGNS: Final = {
    **dict.fromkeys("−–—‐‑‒﹣", "-"), "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "∙": r"\cdot ", "÷": "/",
    "∕": "/", "⁄": "/", "√": r"\sqrt ", "∛": r"\sqrt[3]", "∞": r"\infty ", "≤": r"\le ", "≥": r"\ge ", "⩽": r"\le ",
    "⩾": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "±": r"\pm ", "∓": r"\mp ", **dict.fromkeys("°º˚", r"^{\circ}"),
    "∪": r"\cup ", "∈": r"\in ", "∅": r"\emptyset ", "…": r"\ldots ", "ℝ": r"\mathbb{R}", "′": "'",
    "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "⟨": r"\langle ", "⟩": r"\rangle ",
    "∣": "|", "∖": r"\setminus ", "⇒": r"\Rightarrow ", "→": r"\to ", "∴": r"\therefore ",
    "≡": r"\equiv ", "∨": r"\vee ", "∧": r"\wedge ", "，": ",", "（": "(", "）": ")",
    "：": ":", "；": ";", "＝": "=", "＋": "+", "－": "-", "／": "/", "％": r"\%", "ϕ": r"\phi ", "Δ": r"\Delta ",
    "Σ": r"\Sigma ", "Ω": r"\Omega ", "Å": r"\AA ", "“": '"', "”": '"', "€": "", "£": "", "¥": "",
    "¢": r"\text{ cents}",
    **{letter: rf"\{name} " for letter, name in _LETTERS.items()},
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

_THIN_GROUPING = re.compile(r"(?<=[0-9])(?:\{,\}|'|(?:\\!)?,?\\[,!;: ]\s?|[\u2009\u202f\xa0])(?=[0-9]{3}(?![0-9]))")
_LONE_GROUPED = re.compile(
    r"[^0-9,()\[\].]*[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?[^0-9,()\[\]][^,()\[\]]*|(?:[A-Za-z]\s*=\s*)?[-+$\\]*[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
)
_SPACING = re.compile(
    r"\\[,;: ]|\\!|~|\\(?:left|right)\s*\.|\\(?:quad|qquad|thinspace|displaystyle|textstyle|limits|left|right|hfill|"
    r"[bB]igg?[lrm]?)(?![A-Za-z])"
)
_STYLES = (
    r"\\(?:text(?:bf|rm|it|tt|sf|up|sc|normal)?|mbox|math(?:rm|bf|it|sf|tt)|operatorname\*?|boldsymbol|pmb|emph|hbox)"
)
_TEXT = re.compile(_STYLES + r"\s*\{([^{}]*)\}")
_STYLED = re.compile(_STYLES + r"\s*(?=\{)")
"""Around what has braces itself: a formula in bold or, behind a value, a unit with powers."""
_MATRIX = re.compile(r"\\(begin|end)\s*\{[pbB]?(?:matrix|smallmatrix|array)\}(?:\{[clr| ]*\})?")
_MATH = re.compile(r"\\[()\[\]]|\$+")
_FONT = re.compile(
    r"\\(?:bf|rm|it|tt|sf|sl|bfseries|scriptstyle|tiny|small|normalsize|large|Large|LARGE|huge|Huge|checkmark)(?![A-Za-z])"
)
_ELLIPSIS = re.compile(r"\\(?:dots|cdots|dotsc|dotso)(?![A-Za-z])|\.\.\.")
_LETTER_UNITS = frozenset("mshg")
_VALUE_BEFORE = re.compile(r"[0-9})/](?:\\[,;:! ]|[\s~])*$")
_UPRIGHT_UNITS = frozenset("mshgKJNWVACFLT")
_UNITS_WITH_POWERS = re.compile(r"(?:[kcmnM]?[mgsJNWVAL]|min|hr?|ft|in|mol|K|Pa|Hz|eV|erg|[\s/^0-9-])+")
_SAID = re.compile(r"^(?:it|this|that|the answer) (?:is|was) ")
_MONEY = re.compile(r"^(-?)\s*(?:\\text\{)?\\\$\}?\s*(-?[0-9](?:[0-9.,\s]|\\[,!;: ]|\{,\})*?)\.?$")
_OUTER = re.compile(r"(?:\*\*|__)(.*)(?:\*\*|__)", re.DOTALL)


def plain(text: str) -> str:
    r"""The text in the one notation: ASCII and LaTeX commands, without spacing commands and delimiters of mathematics.

    Words of text commands become ``\words{…}``, rows of matrices end in ``\row``.
    """
    text = _ELLIPSIS.sub(r"\\ldots ", _FONT.sub(" ", in_few_commands(_ascii(text.strip()))))
    text = _MONEY.sub(r"\1\2\\text{ dollars}", text)
    outer = _OUTER.fullmatch(text)
    text = (outer[1] if outer else text).rstrip().removesuffix(".").rstrip()
    text = text.replace("\\\\", "\\row ").replace("\\$", "").replace("\\#", "").replace("`", "")
    text = _THIN_GROUPING.sub("", text.replace("\\&", r"\words{and}"))
    text = _MATH.sub(" ", text)
    text = _STYLED.sub(lambda found: found[0] if _is_behind_value(found) else "", _TEXT.sub(_words, text))
    text = _MATRIX.sub(lambda match: f"\\{match[1]}matrix ", text)
    text = _SPACING.sub(" ", text)
    text = " ".join(text.split()).removesuffix("\\row").removesuffix("\\").rstrip()
    text = rewritten(text.removesuffix(".").rstrip())
    if _LONE_GROUPED.fullmatch(text):
        text = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", text)
    return text


def _ascii(text: str) -> str:
    if text.isascii():
        return text
    text = re.sub(f"[{''.join(_RAISED)}]+", lambda run: "^{" + "".join(map(_RAISED.__getitem__, run[0])) + "}", text)
    text = re.sub(f"[{''.join(_LOWERED)}]+", lambda run: "_{" + "".join(map(_LOWERED.__getitem__, run[0])) + "}", text)
    shown = (character for character in text if unicodedata.category(character) != "Cf")
    return "".join(_SIGNS[character] if character in _SIGNS else _number(character) for character in shown)


def _number(character: str) -> str:
    """The ASCII digit for a decimal digit of any script, the fraction for one such as ⅛; other characters stay."""
    value = unicodedata.decimal(character, None)
    above, _, below = unicodedata.normalize("NFKC", character).partition("⁄")
    if value is None and below:
        return f"\\frac{{{above}}}{{{below}}}"
    return character if value is None else str(value)


def _is_behind_value(match: re.Match[str]) -> bool:
    return _VALUE_BEFORE.search(match.string[max(match.start() - 12, 0) : match.start()]) is not None


def _words(match: re.Match[str]) -> str:
    content = match[1].strip(" ~\t\n")
    if not content:
        return " "
    if _is_behind_value(match) and (
        content in _UPRIGHT_UNITS or (content[0].isalpha() and _UNITS_WITH_POWERS.fullmatch(content))
    ):
        return f"\\words{{{content}}}"
    if content in _LETTER_UNITS and match[0].startswith(("\\text{", "\\mbox{")):
        return f"\\words{{{content}}}"
    if content.lower() in FUNCTIONS or len(content) == 1 or any(map(str.isdigit, content)) or not content[0].isalpha():
        return f" {content} "
    return f"\\words{{{content}}}"


def words_of(text: str) -> str:
    """An answer in words, for comparison: lower case, without commands, punctuation and articles."""
    bare = re.sub(r"\\words|\\[A-Za-z]+", " ", plain(text))
    bare = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b", "", bare.lower())
    found = _SAID.sub("", " ".join(re.findall(r"[^\W_]+", bare))).split()
    return " ".join(word for word in found if word not in ("the", "a", "an")) or " ".join(found)
