"""Brings answers of one meaning into one form: assignments, inequalities, ± and the like.

Trees in, trees out. Evaluates nothing and compares nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from playground.grading.tree import (
    CONSTANTS,
    Apply,
    Items,
    Number,
    Relation,
    Symbol,
    Tree,
    children,
    rebuilt,
    symbols,
    walk,
)

_INFINITY = Symbol("infty")
_EVERYWHERE = (Apply("negate", (_INFINITY,)), _INFINITY)
_REALS = Symbol("mathbb R")
_MOST_SIGNS = 4
"""Signs of ± in one answer; each doubles it."""


def settled(tree: Tree) -> Tree:
    """The form that is compared: what is said of a named unknown is its value, several answers stand in one list."""
    tree = _value(tree)
    if isinstance(tree, Items):
        return _settled_items(tree)
    if tree == _REALS:
        return Items("ordered", _EVERYWHERE, "()")
    both = _both_signs(tree)
    return Items("several", both) if len(both) > 1 else _scaled(tree) or tree


def _settled_items(tree: Items) -> Tree:
    if tree.structure not in ("several", "set"):
        return rebuilt(tree, tuple(settled(item) for item in tree.items))
    if systems := _systems(tree.items):
        if tree.brackets == "or":
            return Items("several", tree.items)  # x = 1 or y = 2 says neither
        return systems[0] if len(systems) == 1 else Items("several", systems)
    parts = [settled(item) for item in tree.items]
    if len(parts) > 1 and all(_is_interval(part) for part in parts) and any(map(_is_inequality, tree.items)):
        if not _is_of_one(tree.items):
            return Items("several", tree.items)
        return _intersection(tree.items, parts) if tree.brackets == "and" else Items("union", tuple(parts))
    return Items("several", tuple(leaf for part in parts for leaf in _leaves(part)))


def _systems(items: tuple[Tree, ...]) -> tuple[Tree, ...]:
    """The solutions that x = 1, y = 2 gives, each a tuple by the names' alphabet; nothing for a single name."""
    named = [(name_of(item.sides[0]), item) for item in items if is_assignment(item)]
    size = len(dict(named))
    if len(named) != len(items) or size < 2 or len(items) % size:
        return ()
    solutions = [dict(named[start : start + size]) for start in range(0, len(named), size)]
    if any(len(solution) != size for solution in solutions):
        return ()
    return tuple(Items("ordered", tuple(settled(said[name]) for name in sorted(said)), "=") for said in solutions)


def is_assignment(tree: Tree) -> TypeGuard[Relation]:
    """Whether this gives one letter its value."""
    return isinstance(tree, Relation) and set(tree.signs) == {"="} and isinstance(tree.sides[0], Symbol)


def _scaled(tree: Tree) -> Tree | None:
    """A matrix or vector that is multiplied by a number, or has a sign."""
    match tree:
        case Apply("negate", (Items(structure="matrix") as matrix,)):
            return rebuilt(matrix, tuple(Apply("negate", (item,)) for item in matrix.items))
        case Apply("multiply", (factor, Items(structure="matrix") as matrix)) if not isinstance(factor, Items):
            return rebuilt(matrix, tuple(Apply("multiply", (factor, item)) for item in matrix.items))
    return None


def is_named(tree: Tree) -> bool:
    """Whether this is what a value is given to: a letter, a function of letters, its inverse or derivative, a tuple."""
    match tree:
        case Symbol():
            return tree.name not in CONSTANTS
        case Items(structure="ordered"):
            return all(isinstance(item, Symbol) for item in tree.items)
        case Apply("multiply", (Symbol() as function, Symbol() | Items())):
            return function.name not in CONSTANTS
        case Apply("multiply", (Apply("power", (Symbol(), Apply("negate", (Number(),)))), Symbol())):
            return True
        case Apply("divide", (Apply("multiply", (Symbol("d"), Symbol())), Apply("multiply", (Symbol("d"), Symbol())))):
            return True
    return isinstance(tree, Apply) and tree.function == "absolute" and isinstance(tree.arguments[0], Symbol)


def name_of(tree: Tree) -> str:
    """The letter of a named value, with what belongs to it."""
    first = tree.arguments[0] if isinstance(tree, Apply) else tree
    return first.name if isinstance(first, Symbol) else ""


def argument_of(tree: Tree) -> str:
    """The letter a function is defined with; empty for a plain letter."""
    match tree:
        case Apply("multiply", (Symbol(), Symbol() as argument)):
            return argument.name
    return ""


def renamed(tree: Tree, old: str, new: str) -> Tree:
    """The tree with one letter for another."""
    if isinstance(tree, Symbol):
        return Symbol(new) if tree.name == old else tree
    return rebuilt(tree, tuple(renamed(part, old, new) for part in children(tree)))


def difference(equation: Relation) -> Tree:
    """The left side of an equation less its right side."""
    return Apply("subtract", equation.sides)


def is_equation(tree: Tree) -> bool:
    return isinstance(tree, Relation) and tree.signs == ("=",)


def _value(tree: Tree) -> Tree:
    """What a relation says of its unknown: its value, or the interval it lies in."""
    if not isinstance(tree, Relation):
        return tree
    if tree.signs == ("in",) or set(tree.signs) == {"="}:
        first, last = tree.sides[0], tree.sides[-1]
        return first if tree.signs != ("in",) and symbols(last) and not symbols(first) else last
    return _interval(tree) or tree


def _interval(relation: Relation) -> Tree | None:
    """The interval that an inequality, or a chain of two, leaves for its unknown; None where it is not of that form."""
    sides, signs = relation.sides, relation.signs
    if not set(signs) <= {"<", "<="} and not set(signs) <= {">", ">="}:
        return None
    if signs[0].startswith(">"):
        sides, signs = sides[::-1], tuple(sign.replace(">", "<") for sign in signs[::-1])
    if len(sides) == 2 and any(isinstance(side, Apply) and side.function == "absolute" for side in sides):
        return _band(sides[0], signs[0], sides[1])
    match sides:
        case (low, Symbol() as unknown, high) if unknown.name not in CONSTANTS:
            return _ends(low, signs[0], signs[1], high)
        case (Symbol() as unknown, high) if unknown.name not in CONSTANTS:
            return _ends(Apply("negate", (_INFINITY,)), "<", signs[0], high)
        case (low, Symbol() as unknown) if unknown.name not in CONSTANTS:
            return _ends(low, signs[0], "<", _INFINITY)
    return None


def _is_of_one(inequalities: tuple[Tree, ...]) -> bool:
    """Whether the inequalities among some intervals are all of the same unknown."""
    named = [frozenset(_names(item.sides)) for item in inequalities if isinstance(item, Relation)]
    return bool(frozenset.intersection(*named))


def _names(sides: tuple[Tree, ...]) -> Iterator[str]:
    for side in sides:
        inner = side.arguments[0] if isinstance(side, Apply) and side.function == "absolute" else side
        if isinstance(inner, Symbol) and inner.name not in CONSTANTS:
            yield inner.name


def _intersection(inequalities: tuple[Tree, ...], parts: list[Tree]) -> Tree:
    """What x > a and x < b leave for x; other inequalities that all hold stay as they are."""
    for pair in (parts, parts[::-1]):
        match pair:
            case [Items(items=(low, end)) as above, Items(items=(start, high)) as below] if (start, end) == _EVERYWHERE:
                return Items("ordered", (low, high), above.brackets[0] + below.brackets[1])
    return Items("several", inequalities)


def _band(left: Tree, sign: str, right: Tree) -> Tree | None:
    """What |x| < a and a < |x| leave for x."""
    match left, right:
        case Apply("absolute", (Symbol(),)), _:
            return _ends(Apply("negate", (right,)), sign, sign, right)
        case _, Apply("absolute", (Symbol(),)):
            below = _ends(Apply("negate", (_INFINITY,)), "<", sign, Apply("negate", (left,)))
            return Items("union", (below, _ends(left, sign, "<", _INFINITY)))
    return None


def _ends(low: Tree, from_: str, to: str, high: Tree) -> Tree:
    return Items("ordered", (low, high), ("[" if from_ == "<=" else "(") + ("]" if to == "<=" else ")"))


def _is_interval(tree: Tree) -> bool:
    return isinstance(tree, Items) and tree.structure in ("ordered", "union")


def _is_inequality(tree: Tree) -> bool:
    return isinstance(tree, Relation) and "=" not in tree.signs


def _leaves(tree: Tree) -> tuple[Tree, ...]:
    return tree.items if isinstance(tree, Items) and tree.structure == "several" else (tree,)


def _both_signs(tree: Tree) -> tuple[Tree, ...]:
    """The two values of an expression with ±; ∓ takes the other sign."""
    signs = sum(isinstance(part, Apply) and part.function in ("pm", "mp") for part in walk(tree))
    if not 0 < signs <= _MOST_SIGNS:
        return (tree,)
    return (_signed(tree, "add", "subtract"), _signed(tree, "subtract", "add"))


def _signed(tree: Tree, for_plus: str, for_minus: str) -> Tree:
    parts = tuple(_signed(part, for_plus, for_minus) for part in children(tree))
    if isinstance(tree, Apply) and tree.function in ("pm", "mp"):
        return Apply(for_plus if tree.function == "pm" else for_minus, parts)
    return rebuilt(tree, parts)
