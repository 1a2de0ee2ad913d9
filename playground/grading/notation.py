r"""Normalizes how answers are written: spacing, delimiters, Unicode and text commands of LaTeX.

Text in, text out, in time linear in it. Reads no mathematics: `playground.grading.reading` does.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from playground.grading.idioms import rewritten
from playground.grading.vocabulary import FUNCTIONS

_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
_GREEK_LATE = "sigma tau upsilon phi chi psi omega"
_LETTERS: Final = dict(zip("αβγδεζηθικλμνξοπρ", _GREEK.split(), strict=True)) | dict(
    zip("στυφχψω", _GREEK_LATE.split(), strict=True)
)
_SIGNS: Final = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "∙": r"\cdot ", "÷": "/",
    "∕": "/", "⁄": "/", "√": r"\sqrt ", "∛": r"\sqrt[3]", "∞": r"\infty ", "≤": r"\le ", "≥": r"\ge ", "⩽": r"\le ",
    "⩾": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "±": r"\pm ", "∓": r"\mp ", "°": r"^{\circ}", "º": r"^{\circ}",
    "∪": r"\cup ", "∈": r"\in ", "∅": r"\emptyset ", "…": r"\ldots ", "ℝ": r"\mathbb{R}", "′": "'",
    "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "⟨": r"\langle ", "⟩": r"\rangle ",
    "∣": "|", "，": ",", "（": "(", "）": ")",
    "：": ":", "；": ";", "＝": "=", "＋": "+", "－": "-", "／": "/", "％": r"\%", "ϕ": r"\phi ", "Δ": r"\Delta ",
    "Σ": r"\Sigma ", "Ω": r"\Omega ", "Å": r"\AA ", "“": '"', "”": '"', "€": "", "£": "", "¥": "",
    **{letter: rf"\{name} " for letter, name in _LETTERS.items()},
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

_THIN_GROUPING = re.compile(r"(?<=[0-9])(?:\{,\}|(?:\\!)?,?\\[,!;: ]\s?|[\u2009\u202f\xa0])(?=[0-9]{3}(?![0-9]))")
_LONE_GROUPED = re.compile(
    r"[^0-9,()\[\].]*[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?[^0-9,()\[\]][^,()\[\]]*|[-+$\\]*[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
)
_SPACING = re.compile(
    r"\\[,;: ]|\\!|~|\\(?:left|right)\s*\.|\\(?:quad|qquad|thinspace|displaystyle|textstyle|limits|left|right|hfill|"
    r"[bB]igg?[lrm]?)(?![A-Za-z])"
)
_FRACTION_STYLE = re.compile(r"\\[dtc]frac(?![A-Za-z])")
_TEXT = re.compile(
    r"\\(?:text|mbox|textbf|textrm|textit|mathrm|operatorname\*?|mathbf|boldsymbol|mathit|mathsf|emph|hbox)\s*\{([^{}]*)\}"
)
_MATRIX = re.compile(r"\\(begin|end)\s*\{[pbB]?(?:matrix|smallmatrix|array)\}(?:\{[clr| ]*\})?")
_MATH = re.compile(r"\\[()\[\]]|\$+")
_BOX = re.compile(r"\\(?:boxed|fbox|underline|bm)\s*(?=\{)|\\(?:text)?color\s*\{[A-Za-z]*\}")
_FONT = re.compile(
    r"\\(?:bf|rm|it|tt|sf|sl|bfseries|scriptstyle|tiny|small|normalsize|large|Large|LARGE|huge|Huge|checkmark)(?![A-Za-z])"
)
_ELLIPSIS = re.compile(r"\\(?:dots|cdots|dotsc|dotso)(?![A-Za-z])|\.\.\.")
_LETTER_UNITS = frozenset("mshg")
_VALUE_BEFORE = re.compile(r"[0-9})/](?:\\[,;:! ]|[\s~])*$")
_UPRIGHT_UNITS = frozenset("mshgKJNWVACFLT")
_UNITS_WITH_POWERS = re.compile(r"(?:[kcmnM]?[mgsJNWVAL]|min|hr?|ft|in|mol|K|Pa|Hz|eV|erg|[\s/^0-9-])+")
_OUTER = re.compile(r"(?:\*\*|__)(.*)(?:\*\*|__)", re.DOTALL)


def plain(text: str) -> str:
    r"""The text in the one notation: ASCII and LaTeX commands, without spacing commands and delimiters of mathematics.

    Words of text commands become ``\words{…}``, rows of matrices end in ``\row``.
    """
    text = _ELLIPSIS.sub(r"\\ldots ", _FONT.sub(" ", _ascii(text.strip())))
    outer = _OUTER.fullmatch(text)
    text = (outer[1] if outer else text).rstrip().removesuffix(".").rstrip()
    text = text.replace("\\\\", "\\row ").replace("\\$", "").replace("\\#", "").replace("`", "")
    text = _THIN_GROUPING.sub("", _BOX.sub("", text).replace("\\&", "&"))
    text = _MATH.sub(" ", text)
    text = _TEXT.sub(_words, text)
    text = _MATRIX.sub(lambda match: f"\\{match[1]}matrix ", text)
    text = _FRACTION_STYLE.sub(r"\\frac", _SPACING.sub(" ", text))
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


def _words(match: re.Match[str]) -> str:
    content = match[1].strip(" ~\t\n")
    if not content:
        return " "
    behind_value = _VALUE_BEFORE.search(match.string[max(match.start() - 12, 0) : match.start()])
    if behind_value and (content in _UPRIGHT_UNITS or (content[0].isalpha() and _UNITS_WITH_POWERS.fullmatch(content))):
        return f"\\words{{{content}}}"
    if content in _LETTER_UNITS and match[0].startswith(("\\text{", "\\mbox{")):
        return f"\\words{{{content}}}"
    if content.lower() in FUNCTIONS or len(content) == 1 or any(map(str.isdigit, content)) or not content[0].isalpha():
        return f" {content} "
    return f"\\words{{{content}}}"


def words_of(text: str) -> str:
    """An answer in words, for comparison: lower case, without commands, punctuation and articles."""
    bare = re.sub(r"\\words|\\[A-Za-z]+", " ", plain(text))
    found = re.findall(r"[^\W_]+", bare.lower())
    return " ".join(word for word in found if word not in ("the", "a", "an")) or " ".join(found)
