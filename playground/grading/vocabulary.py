"""Tables of the words, signs and commands that answers are written with. Pure tables."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_FUNCTION_NAMES = (
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log lg exp sqrt max min gcd lcm abs floor ceil"
)
_UNIT_NAMES = (
    "cm mm km dm ft in yd mi kg mg lb oz hr min sec ml day days hour hours minute minutes second seconds degree "
    "degrees deg th st nd rd rad unit units meter meters mph kmh year years USD EUR"
)
_SHORT_WORDS = "yes odd all not the one two six ten none red per men is are was of for"
SHORT_WORDS: Final = frozenset(_SHORT_WORDS.split())
FUNCTIONS: Final = frozenset(_FUNCTION_NAMES.split())
UNITS: Final = frozenset(_UNIT_NAMES.split())
RELATIONS: Final = {
    "=": "=", "<": "<", ">": ">", "lt": "<", "gt": ">", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "in": "in", "approx": "=", "equiv": "=",
}  # fmt: skip
ACCENTS: Final = frozenset(("dot", "ddot", "vec", "hat", "bar", "overline", "tilde", "mathbb", "mathcal", "widehat"))
_LETTER_NAMES = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega hbar ell infty mho odot prime "
    "angle triangle ldots"
)
GREEK: Final = frozenset(_LETTER_NAMES.split())
OPENING: Final = {"(": ")", "[": "]", "lfloor": "rfloor", "lceil": "rceil", "lvert": "rvert", "langle": "rangle"}
STARTS: Final = (
    FUNCTIONS
    | GREEK
    | ACCENTS
    | frozenset(("<letter>", "<number>", "(", "[", "{", "frac", "binom", "lvert", "lfloor", "lceil", "beginmatrix"))
)
"""What a factor begins with."""
CALLED: Final = {"abs": "absolute", "ceil": "ceiling"}
"""Functions under names of programming languages."""
INVERSE: Final = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_PARTS = "half third fourth fifth sixth seventh eighth ninth tenth"
SCALES: Final = {
    **dict.fromkeys(("hundred", "hundreds"), Fraction(100)),
    **dict.fromkeys(("thousand", "thousands"), Fraction(1000)),
    **dict.fromkeys(("million", "millions"), Fraction(10**6)),
    **dict.fromkeys(("billion", "billions"), Fraction(10**9)),
    **dict.fromkeys(("trillion", "trillions"), Fraction(10**12)),
    **dict.fromkeys(("dozen", "dozens"), Fraction(12)),
    **{f"{word}{end}": Fraction(1, part) for part, word in enumerate(_PARTS.split(), 2) for end in ("", "s")},
    "halves": Fraction(1, 2),
    **dict.fromkeys(("hundredth", "hundredths"), Fraction(1, 100)),
    **dict.fromkeys(("thousandth", "thousandths"), Fraction(1, 1000)),
}
"""What a word behind a number multiplies it by."""
SEPARATORS: Final = frozenset(("and", "or"))
NAMED: Final = frozenset(
    ("pi", "infty", "infinity", "infinite", "inf", "theta", "alpha", "beta", "lambda", "mu", "omega", "phi")
)
_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
CARDINALS: Final = {word: value for value, word in enumerate(_CARDINALS.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), start=3)
}


def cardinal(words: str) -> int | None:
    """The number that words such as "forty-two" are, below a hundred; None for others."""
    values = [CARDINALS.get(word) for word in words.lower().replace("-", " ").split()]
    match values:
        case [int(value)]:
            return value
        case [int(tens), int(units)] if tens % 10 == 0 and 20 <= tens < 100 and 0 < units < 10:
            return tens + units
    return None
