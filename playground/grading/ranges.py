"""Brings inequalities into the form of intervals. Trees in, trees out; evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from playground.grading.tree import CONSTANTS, Apply, Items, Number, Relation, Symbol, Tree, symbols

_INFINITY = Symbol("infty")
EVERYWHERE = (Apply("negate", (_INFINITY,)), _INFINITY)
"""Between what all real numbers lie."""


def interval_of(relation: Relation) -> Tree | None:
    """The interval that an inequality, or a chain of two, leaves for its unknown; None where it is not of that form."""
    sides, signs = relation.sides, relation.signs
    if signs == ("!=",) and _is_unknown(sides[0]) and not symbols(sides[1]):
        return Items("union", (_ends(EVERYWHERE[0], "<", "<", sides[1]), _ends(sides[1], "<", "<", _INFINITY)))
    if not set(signs) <= {"<", "<="} and not set(signs) <= {">", ">="}:
        return None
    if signs[0].startswith(">"):
        sides, signs = sides[::-1], tuple(sign.replace(">", "<") for sign in signs[::-1])
    if len(sides) == 2 and any(isinstance(side, Apply) and side.function == "absolute" for side in sides):
        return _band(sides[0], signs[0], sides[1])
    return _between(sides, signs)


def _between(sides: tuple[Tree, ...], signs: tuple[str, ...]) -> Tree | None:
    match sides:
        case (low, unknown, high) if _is_unknown(unknown):
            return _ends(low, signs[0], signs[1], high)
        case (unknown, high) if _is_unknown(unknown):
            return _ends(EVERYWHERE[0], "<", signs[0], high)
        case (low, unknown) if _is_unknown(unknown):
            return _ends(low, signs[0], "<", _INFINITY)
    return None


def _band(left: Tree, sign: str, right: Tree) -> Tree | None:
    """What |x - a| < b and b < |x - a| leave for x."""
    match left, right:
        case Apply("absolute", (inner,)), _ if middle := _middle(inner):
            return _ends(Apply("subtract", (middle, right)), sign, sign, Apply("add", (middle, right)))
        case _, Apply("absolute", (inner,)) if middle := _middle(inner):
            below = _ends(EVERYWHERE[0], "<", sign, Apply("subtract", (middle, left)))
            return Items("union", (below, _ends(Apply("add", (middle, left)), sign, "<", _INFINITY)))
    return None


def _middle(inner: Tree) -> Tree | None:
    """Where an unknown, or what is left of it less a number, is zero."""
    match inner:
        case Symbol():
            return Number(Fraction(0))
        case Apply("subtract", (Symbol(), middle)) if not symbols(middle):
            return middle
        case Apply("add", (Symbol(), middle)) if not symbols(middle):
            return Apply("negate", (middle,))
    return None


def _ends(low: Tree, from_: str, to: str, high: Tree) -> Tree:
    return Items("ordered", (low, high), ("[" if from_ == "<=" else "(") + ("]" if to == "<=" else ")"))


def intersection(inequalities: tuple[Tree, ...], parts: list[Tree]) -> Tree:
    """What x > a and x < b leave for x; other inequalities that all hold stay as they are."""
    for pair in (parts, parts[::-1]):
        match pair:
            case [Items(items=(low, end)) as above, Items(items=(start, high)) as below] if (start, end) == EVERYWHERE:
                return Items("ordered", (low, high), above.brackets[0] + below.brackets[1])
    return Items("several", inequalities)


def are_of_one(inequalities: tuple[Tree, ...]) -> bool:
    """Whether the inequalities among some intervals are all of the same unknown."""
    named = [frozenset(_names(item.sides)) for item in inequalities if isinstance(item, Relation)]
    return bool(frozenset.intersection(*named))


def _names(sides: tuple[Tree, ...]) -> Iterator[str]:
    for side in sides:
        inner = side.arguments[0] if isinstance(side, Apply) and side.function == "absolute" else side
        if isinstance(inner, Symbol) and inner.name not in CONSTANTS:
            yield inner.name


def is_interval(tree: Tree) -> bool:
    """Whether this is an interval or a union of such; a tuple of two looks alike."""
    return isinstance(tree, Items) and tree.structure in ("ordered", "union")


def is_inequality(tree: Tree) -> bool:
    """Whether this says that one value is less than, or not, another."""
    return isinstance(tree, Relation) and "=" not in tree.signs


def _is_unknown(tree: Tree) -> bool:
    return isinstance(tree, Symbol) and tree.name not in CONSTANTS
