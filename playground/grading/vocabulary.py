"""Tables of the words, signs and commands that answers are written with. Pure tables."""

from __future__ import annotations

from typing import Final

_FUNCTION_NAMES = "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log lg exp sqrt max min gcd lcm"
_UNIT_NAMES = (
    "cm mm km dm ft in yd mi kg mg lb oz hr min sec ml day days hour hours minute minutes second seconds degree "
    "degrees deg th st nd rd rad unit units meter meters mph kmh year years USD EUR"
)
SHORT_WORDS = frozenset(("yes", "odd", "all", "not", "the", "one", "two", "six", "ten", "none", "red", "per", "men"))
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
INVERSE: Final = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_TURNING_WORDS = "not no never less more least most than between over under where if any all except"
TURNING: Final = frozenset(_TURNING_WORDS.split())
"""Words that make another answer of the number behind them."""
SEPARATORS: Final = frozenset(("and", "or"))
NAMED: Final = frozenset(
    ("pi", "infty", "infinity", "infinite", "inf", "theta", "alpha", "beta", "lambda", "mu", "omega", "phi")
)
_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety hundred"
CARDINALS: Final = {word: value for value, word in enumerate(_CARDINALS.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), start=3)
}


def cardinal(words: str) -> int | None:
    """The number that words such as "forty-two" are, up to a hundred; None for others."""
    values = [CARDINALS.get(word) for word in words.lower().replace("-", " ").split()]
    match values:
        case [int(value)]:
            return value
        case [int(tens), int(units)] if tens % 10 == 0 and 20 <= tens < 100 and 0 < units < 10:
            return tens + units
        case [1, 100]:
            return 100
    return None
