"""Units of measurement: which are the same, and which measure the same thing. Knows no mathematics."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from playground.grading.turning import turned_behind

_SAME: Final = {
    "inch": "in", "inche": "in", "foot": "ft", "feet": "ft", "yard": "yd", "mile": "mi", "meter": "m", "metre": "m",
    "centimeter": "cm", "centimetre": "cm", "millimeter": "mm", "kilometer": "km", "kilometre": "km",
    "second": "s", "sec": "s", "minute": "min", "hour": "h", "hr": "h", "gram": "g", "kilogram": "kg", "pound": "lb",
    "lbs": "lb", "cent": "cent", "dollar": "dollar", "usd": "dollar", "deg": "degree",
    "liter": "l", "litre": "l", "milliliter": "ml", "millilitre": "ml",
}  # fmt: skip
_RATES: Final = {"mph": "mi/h", "kmh": "km/h", "kph": "km/h"}
_MEASURES: Final = {
    "mm": ("length", Fraction(1, 1000)), "cm": ("length", Fraction(1, 100)), "m": ("length", Fraction(1)),
    "km": ("length", Fraction(1000)), "s": ("time", Fraction(1)), "min": ("time", Fraction(60)),
    "h": ("time", Fraction(3600)), "g": ("mass", Fraction(1)), "kg": ("mass", Fraction(1000)),
    "in": ("imperial", Fraction(1)), "ft": ("imperial", Fraction(12)), "yd": ("imperial", Fraction(36)),
    "mi": ("imperial", Fraction(63360)), "ml": ("volume", Fraction(1)), "l": ("volume", Fraction(1000)),
    "cent": ("money", Fraction(1)), "dollar": ("money", Fraction(100)), "euro": ("euros", Fraction(1)),
}  # fmt: skip
_COMMON: Final = frozenset(("the", "and", "per", "more", "less", "than", "each", "total", "mod", "base"))
_PRICE = re.compile(r"dollar/|(?:per|each|apiece|an?|in|total|altogether)\b")
"""What a sum of money may be said to be as well."""
_POWERS: Final = {"square": 2, "squared": 2, "sq": 2, "cubic": 3, "cubed": 3, "cu": 3}


def factor(given: str, gold: str) -> Fraction | None:
    """By what a value in the given unit is multiplied to have the gold's; None where they measure different things.

    A unit that is missing on either side is taken for the other's, and one that is not known here has to be the same.
    """
    left, right = _canonical(given), _canonical(gold)
    if turned_behind(given) != turned_behind(gold):
        return None
    if not left or not right or left == right or _are_loosely_same(left, right):
        return Fraction(1)
    (first, power), (second, other) = _parts(left), _parts(right)
    if first not in _MEASURES or second not in _MEASURES:
        return None
    (kind, size), (wanted, unit) = _MEASURES[first], _MEASURES[second]
    return (size / unit) ** power if kind == wanted and power == other else None


def _are_loosely_same(left: str, right: str) -> bool:
    """Whether one unit only says less: square units for square inches, a price without what it is for, tickets."""
    if "dollar" in (left, right):
        return any(map(_PRICE.match, (left, right)))
    (first, power), (second, other) = _parts(left), _parts(right)
    if "unit" in (first, second):
        return power == other
    known = first in _MEASURES or second in _MEASURES
    return not known and bool(set(_words(first)) & set(_words(second)))


def _canonical(unit: str) -> str:
    unit = re.sub(r"[^a-z^0-9/ ]", "", unit.lower()).replace(" per ", "/")
    above, per, below = _RATES.get(unit.strip(), unit).partition("/")
    return f"{_simple(above)}/{_simple(below)}" if per else _simple(unit)


def _simple(unit: str) -> str:
    words = unit.split()
    power = next((value for word, value in _POWERS.items() if word in words), 1)
    rest = [word for word in words if word not in _POWERS]
    if len(rest) != 1:
        return " ".join(rest)
    name, _, written = rest[0].partition("^")
    name = _SAME.get(name, name)
    name = _SAME.get(name.removesuffix("s"), name.removesuffix("s") if len(name) > 2 else name)
    power = int(written) if written.isdigit() else power
    return name if power == 1 else f"{name}^{power}"


def _words(unit: str) -> list[str]:
    return [word.removesuffix("s") for word in unit.split() if len(word) > 2 and word not in _COMMON]


def _parts(unit: str) -> tuple[str, int]:
    name, _, power = unit.partition("^")
    return name, int(power) if power.isdigit() else 1
