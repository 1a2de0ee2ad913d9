"""Evaluates trees at a point: exactly in rational numbers where possible, else to 40 digits. Compares nothing.

Every size is bounded before it is computed, so that an answer like ``9^{9^{9^9}}`` costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from playground.grading.tree import Apply, Items, Number, Relation, Symbol, Tree

Point = Mapping[str, Fraction]

_MOST_BITS: Final = 200_000
_MOST_FACTORIAL: Final = 10_000
_LARGEST_MAGNITUDE: Final = 1e9
"""Binary digits before the point of an approximate value."""
_LARGEST_ANGLE: Final = 1e12


class NoValue(ArithmeticError):
    """The tree has no value at this point, or none that this module computes."""


class TooLarge(NoValue):
    """It has a value beyond the bounds."""


def exact(tree: Tree, point: Point) -> Fraction:
    """The value as a rational number.

    Raises:
        NoValue: it is none, or is not computed as one.
        TooLarge: it needs more than 200,000 binary digits.
    """
    match tree:
        case Number():
            return tree.value
        case Symbol():
            if tree.name not in point:
                raise NoValue(tree.name)
            return point[tree.name]
        case Apply():
            values = [exact(part, point) for part in tree.arguments]
            return _bounded(_exact(tree.function, values))
        case Items() | Relation():
            raise NoValue("a structure")


def _bounded(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > _MOST_BITS:
        raise TooLarge
    return value


def _exact(function: str, values: list[Fraction]) -> Fraction:
    if function not in _EXACTLY:
        raise NoValue(function)
    return _EXACTLY[function](*values)


def _quotient(left: Fraction, right: Fraction) -> Fraction:
    if right == 0:
        raise NoValue("division by zero")
    return left / right


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        return _power(_root(base, Fraction(exponent.denominator)), Fraction(exponent.numerator))
    if base == 0 and exponent < 0:
        raise NoValue("division by zero")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(base) != 1 and bits * abs(exponent) > _MOST_BITS:
        raise TooLarge
    return base ** int(exponent) if abs(base) != 1 else base ** (int(exponent) % 2)


def _root(value: Fraction, index: Fraction) -> Fraction:
    """The root where it is rational; that of a negative number is left to the approximation."""
    if value < 0 or index.denominator != 1 or not 2 <= index <= 64:
        raise NoValue("no rational root")
    above, below = (_whole_root(part, int(index)) for part in (value.numerator, value.denominator))
    return Fraction(above, below)


def _factorial(value: Fraction) -> Fraction:
    return Fraction(math.factorial(_counted(value)))


def _double_factorial(value: Fraction) -> Fraction:
    return Fraction(math.prod(range(_counted(value), 0, -2)))


def _counted(value: Fraction) -> int:
    if value.denominator != 1 or value < 0:
        raise NoValue("no whole number")
    if value > _MOST_FACTORIAL:
        raise TooLarge
    return int(value)


def _binomial(n: Fraction, k: Fraction) -> Fraction:
    if not (n.denominator == k.denominator == 1 and 0 <= k <= n <= _MOST_FACTORIAL):
        raise NoValue("no whole numbers in order")
    return Fraction(math.comb(int(n), int(k)))


def _whole_root(value: int, index: int) -> int:
    low, high = 0, 1 << (value.bit_length() // index + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**index <= value else (low, middle - 1)
    if low**index != value:
        raise NoValue("no rational root")
    return low


_EXACTLY: Final[dict[str, Callable[..., Fraction]]] = {
    "add": lambda left, right: left + right,
    "subtract": lambda left, right: left - right,
    "multiply": lambda left, right: left * right,
    "divide": _quotient,
    "ratio": _quotient,
    "negate": lambda value: -value,
    "percent": lambda value: value / 100,
    "absolute": abs,
    "floor": lambda value: Fraction(math.floor(value)),
    "ceiling": lambda value: Fraction(math.ceil(value)),
    "power": _power,
    "root": _root,
    "factorial": _factorial,
    "double factorial": _double_factorial,
    "binomial": _binomial,
}


def approximate(tree: Tree, point: Point, context: Any) -> Any:
    """The value as a real or complex number of an mpmath context.

    Raises:
        NoValue: there is none.
        TooLarge: it is beyond the bounds.
    """
    match tree:
        case Number():
            return context.mpf(tree.value.numerator) / tree.value.denominator
        case Symbol(name="pi" | "e" as name) if name not in point:
            return +getattr(context, name)
        case Symbol(name="i") if "i" not in point:
            return context.mpc(0, 1)
        case Symbol(name="infty"):
            return context.inf
        case Symbol():
            value = exact(tree, point)
            return context.mpf(value.numerator) / value.denominator
        case Apply():
            values = [approximate(part, point, context) for part in tree.arguments]
            return _computed(tree.function, values, context)
        case Items() | Relation():
            raise NoValue("a structure")


def _computed(function: str, values: list[Any], context: Any) -> Any:
    if function not in _OPERATIONS:
        raise NoValue(function)
    try:
        value = _OPERATIONS[function](context, *values)
    except (ZeroDivisionError, ValueError, TypeError, OverflowError, ArithmeticError) as error:
        if isinstance(error, TooLarge):
            raise
        raise NoValue(f"{function}: {error}") from None
    if context.isnan(value):
        raise NoValue(function)
    return value


def _magnitude(context: Any, value: Any) -> float:
    """The binary logarithm of a value's size, roughly."""
    return float(context.mag(value)) if value != 0 and context.isfinite(value) else 0.0


def _to_power(context: Any, base: Any, exponent: Any) -> Any:
    if context.isfinite(base) and context.isfinite(exponent) and base != 0:
        size = max(abs(_magnitude(context, base)), 1.0)
        if _magnitude(context, exponent) > 60 or size * abs(complex(exponent)) > _LARGEST_MAGNITUDE:
            raise TooLarge
    return context.power(base, exponent)


def _to_root(context: Any, value: Any, index: Any) -> Any:
    """The real root where there is one, also that of a negative number by an odd index."""
    if context.im(value) == 0 and context.re(value) < 0 and context.isint(index) and int(index) % 2:
        return -context.root(-value, int(index))
    return context.sqrt(value) if index == 2 else _to_power(context, value, 1 / index)


def _to_factorial(function: str) -> Callable[..., Any]:
    def computed(context: Any, value: Any) -> Any:
        if abs(value) > 1e6:
            raise TooLarge
        return getattr(context, function)(value)

    return computed


def _to_binomial(context: Any, n: Any, k: Any) -> Any:
    if max(abs(n), abs(k)) > 1e6:
        raise TooLarge
    return context.binomial(n, k)


def _whole(round_: str) -> Callable[..., Any]:
    def rounded(context: Any, value: Any) -> Any:
        if _magnitude(context, value) > 1000:
            raise TooLarge
        return getattr(context, round_)(value)

    return rounded


def _of_angle(name: str) -> Callable[..., Any]:
    def computed(context: Any, value: Any) -> Any:
        if abs(value) > _LARGEST_ANGLE:
            raise TooLarge
        return getattr(context, name)(value)

    return computed


_OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "add": lambda _, left, right: left + right,
    "subtract": lambda _, left, right: left - right,
    "multiply": lambda _, left, right: left * right,
    "divide": lambda _, left, right: left / right,
    "ratio": lambda _, left, right: left / right,
    "negate": lambda _, value: -value,
    "percent": lambda _, value: value / 100,
    "absolute": lambda _, value: abs(value),
    "power": _to_power,
    "root": _to_root,
    "factorial": _to_factorial("factorial"),
    "double factorial": _to_factorial("fac2"),
    "binomial": _to_binomial,
    "floor": _whole("floor"),
    "ceiling": _whole("ceil"),
    "ln": lambda context, value: context.log(value),
    "log": lambda context, value, base=10: context.log(value) / context.log(base),
    "lg": lambda context, value: context.log(value) / context.log(10),
    "exp": lambda context, value: _to_power(context, context.e, value),
    **{name: _of_angle(name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")},
    **{f"arc{name}": _of_angle(f"a{name}") for name in ("sin", "cos", "tan")},
}
