"""Decides whether two values, written as trees, are equal. Knows no structures.

Two expressions are equal when they are so at points drawn at random: exactly where the values are rational, else to
25 of 40 digits. Letters stand for positive numbers, and also for negative ones where no root or logarithm asks which
branch is meant; for integers where factorials or powers of negative numbers occur, or floors on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any, Final

from playground.errors import MissingExtra
from playground.grading.tree import Apply, Number, Symbol, Tree, in_degrees, symbols, walk
from playground.grading.values import NoValue, Point, TooLarge, approximate, exact

_POINTS: Final = 5
_TRIES: Final = 40
_DIGITS: Final = 40
_AGREEING: Final = 25
_NEAR: Final = 0.05
"""How far a decimal may be from the value that it rounds, as a share of it, to be called equal to it."""
_LEAST_ROUNDED: Final = 6
"""Significant digits from which a decimal is taken for a rounded value."""


def equal(given: Tree, gold: Tree) -> bool:
    """Whether two expressions have the same value.

    Raises:
        NoValue: neither equality nor inequality can be shown.
        TooLarge: because a value is beyond all bounds.
    """
    names = symbols(given) | symbols(gold)
    compared = 0
    for point in _points(names, given, gold):
        try:
            same = _equal_at(given, gold, point)
        except TooLarge:
            raise
        except NoValue:
            continue
        if not same:
            return False
        compared += 1
        if compared == (_POINTS if names else 1):
            return True
    if compared < 2:
        raise NoValue("too few points where both have values")
    return True


def proportional(given: Tree, gold: Tree) -> bool:
    """Whether one expression is a constant multiple of the other, as the two sides of equal equations are.

    Raises:
        NoValue: it cannot be shown.
    """
    names = symbols(given) | symbols(gold)
    ratio = None
    compared = 0
    for point in _points(names, given, gold):
        try:
            values = [approximate(tree, point, _context(_DIGITS)) for tree in (given, gold)]
        except TooLarge:
            raise
        except NoValue:
            continue
        if values[0] == 0 or values[1] == 0:
            if values[0] != values[1]:
                return False
            continue
        ratio = values[0] / values[1] if ratio is None else ratio
        if not _close(values[0], ratio * values[1]):
            return False
        compared += 1
        if compared == _POINTS:
            break
    if compared < 2:
        raise NoValue("too few points where both have values")
    return True


def contradict(values: Sequence[Tree]) -> bool:
    """Whether two of the values that are called equal are not; letters, and numbers in a base, may be anything.

    Raises:
        TooLarge: a value is beyond all bounds.
    """
    known = [tree for tree in values if not (symbols(tree) or any(map(_may_be_anything, walk(tree))))]
    return any(not _agree(left, right) for left, right in pairwise(known))


def _may_be_anything(tree: Tree) -> bool:
    """Whether this is another value in another reading: a name such as ``e``, digits in a base."""
    match tree:
        case Symbol():
            return tree.name != "pi"
        case Number():
            return tree.base is not None
    return False


def _agree(left: Tree, right: Tree) -> bool:
    """Whether two values may be called equal; where angles are bare numbers, in degrees as well as in radians."""
    return _near(left, right) or _near(in_degrees(left), in_degrees(right))


def _near(left: Tree, right: Tree) -> bool:
    """Whether two values are equal or, where one is a decimal, near to each other."""
    context = _context(_DIGITS)
    try:
        values = [approximate(tree, {}, context) for tree in (left, right)]
    except TooLarge:
        raise
    except NoValue:
        return True
    decimal = any(isinstance(part, Number) and part.digits for tree in (left, right) for part in walk(tree))
    return _close(*values) or (decimal and bool(abs(values[0] - values[1]) <= _NEAR * max(map(abs, values))))


def _equal_at(given: Tree, gold: Tree, point: Point) -> bool:
    try:
        left, right = exact(given, point), exact(gold, point)
    except NoValue:
        values = [approximate(tree, point, _context(_DIGITS)) for tree in (given, gold)]
        if not all(map(_context(_DIGITS).isfinite, values)):
            return given == gold  # infinity plus one is no answer
        return _close(*values) or _vanishing(given, gold, point, values) or _rounded(given, gold, values)
    return left == right or _rounded(given, gold, [_real(left), _real(right)])


def _close(left: Any, right: Any) -> bool:
    if left == right:
        return True
    context = _context(_DIGITS)
    if not (context.isfinite(left) and context.isfinite(right)):
        return False
    return bool(abs(left - right) <= context.mpf(10) ** -_AGREEING * max(abs(left), abs(right)))


def _vanishing(given: Tree, gold: Tree, point: Point, values: list[Any]) -> bool:
    """Whether two tiny values are both zero but for rounding: then more digits make them smaller still."""
    tiny = _context(_DIGITS).mpf(10) ** -_AGREEING
    if max(map(abs, values)) > tiny:
        return False
    sharper = [approximate(tree, point, _context(3 * _DIGITS)) for tree in (given, gold)]
    return bool(max(map(abs, sharper)) <= tiny**3)


def _rounded(given: Tree, gold: Tree, values: list[Any]) -> bool:
    """Whether a decimal of at least six digits is the other value, rounded to as many."""
    digits = [count for count in map(_decimal_digits, (given, gold)) if count is not None]
    if not digits or min(digits) < _LEAST_ROUNDED or any(map(_is_integer, (given, gold))):
        return False
    context = _context(_DIGITS)
    if any(context.im(value) != 0 or not context.isfinite(value) for value in values) or 0 in values:
        return False
    magnitude = int(context.floor(context.log10(abs(values[1])))) + 1
    return bool(abs(values[0] - values[1]) <= context.mpf(10) ** (magnitude - min(digits)) * context.mpf("0.500001"))


def _is_integer(tree: Tree) -> bool:
    try:
        return _decimal_digits(tree) is None and exact(tree, {}).denominator == 1
    except NoValue:
        return False


def _decimal_digits(tree: Tree) -> int | None:
    while isinstance(tree, Apply) and tree.function in ("negate", "percent"):
        tree = tree.arguments[0]
    return tree.digits if isinstance(tree, Number) else None


def _points(names: frozenset[str], *trees: Tree) -> Iterator[Point]:
    random = Random(0)
    whole = any(map(_asks_for_integers, trees)) or all(map(_rounds, trees))
    signed = not whole and not any(map(_has_branches, trees))
    for turn in range(_TRIES if names else 1):
        yield {name: _coordinate(random, whole, signed and turn % 2 == 1) for name in sorted(names)}


def _coordinate(random: Random, whole: bool, signed: bool) -> Fraction:
    if whole:
        return Fraction(random.randint(3, 40))
    value = Fraction(random.randint(60, 400), 131)
    return -value if signed and random.random() < 0.5 else value


def _asks_for_integers(tree: Tree) -> bool:
    return any(isinstance(part, Apply) and _whole(part) for part in walk(tree))


def _whole(part: Apply) -> bool:
    if part.function in ("factorial", "double factorial", "binomial"):
        return bool(symbols(part))
    return (
        part.function == "power"
        and isinstance(part.arguments[0], Apply)
        and part.arguments[0].function == "negate"
        and bool(symbols(part.arguments[1]))
    )


def _rounds(tree: Tree) -> bool:
    """Whether letters are rounded in it; where they are on one side only, the other has to be so everywhere."""
    return any(
        isinstance(part, Apply) and part.function in ("floor", "ceiling") and symbols(part) for part in walk(tree)
    )


def _has_branches(tree: Tree) -> bool:
    return any(isinstance(part, Apply) and _branches(part) for part in walk(tree))


def _branches(part: Apply) -> bool:
    if part.function == "power":
        exponent = part.arguments[1]
        return not (isinstance(exponent, Number) and exponent.value.denominator == 1)
    return part.function in ("root", "ln", "log", "lg", "arcsin", "arccos")


def _real(value: Fraction) -> Any:
    return _context(_DIGITS).mpf(value.numerator) / value.denominator


@cache
def _context(digits: int) -> Any:
    try:
        from mpmath import MPContext
    except ImportError:
        raise MissingExtra("mpmath", "math") from None
    context = MPContext()
    context.dps = digits
    return context
