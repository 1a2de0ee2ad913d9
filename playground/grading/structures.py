"""Brings answers of one meaning into one form: assignments, inequalities, ± and the like.

Trees in, trees out. Evaluates nothing and compares nothing.
"""

from __future__ import annotations

import re
from typing import TypeGuard

from playground.grading.matrices import matrix_of, transposed
from playground.grading.ranges import EVERYWHERE, are_of_one, intersection, interval_of, is_inequality, is_interval
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

_REALS = Symbol("mathbb R")
_NUMBERS = tuple(Symbol(f"mathbb {letter}") for letter in "NZQRC")
_CONSTANT = re.compile("[Cc](?:_[0-9])?")
"""What a constant of integration is called."""
_COUNTER = re.compile("[kmn]")
_MOST_SIGNS = 4
"""Signs of ± in one answer; each doubles it."""


def settled(tree: Tree) -> Tree:
    """The form that is compared: what is said of a named unknown is its value, several answers stand in one list."""
    tree = _value(tree)
    if isinstance(tree, Items):
        return _settled_items(tree)
    if tree == _REALS:
        return Items("ordered", EVERYWHERE, "()")
    both = _both_signs(tree)
    return Items("several", both) if len(both) > 1 else _scaled(tree) or tree


def _settled_items(tree: Items) -> Tree:
    if tree.structure == "union" and all(_is_set(item) for item in tree.items):
        tree = Items("set", tuple(part for item in tree.items for part in children(item)))
    if tree.structure not in ("several", "set"):
        return rebuilt(tree, _each(tree))
    return _settled_system(tree) or _settled_ranges(tree) or _settled_list(tree)


def _settled_system(tree: Items) -> Tree | None:
    """What is said of several names."""
    systems = _systems(tree.items)
    if systems and tree.brackets == "or":
        return Items("several", tree.items)  # x = 1 or y = 2 says neither
    return systems[0] if len(systems) == 1 else Items("several", systems) if systems else None


def _settled_ranges(tree: Items) -> Tree | None:
    """What several inequalities leave for one unknown; each as it is where they are of several."""
    items = _without_domains(tree.items)
    if len(items) < 2 or not any(map(is_inequality, items)):
        return None
    parts = [settled(item) for item in items]
    if not all(map(is_interval, parts)):
        return None
    if not are_of_one(items):
        return Items("several", items)
    return intersection(items, parts) if tree.brackets == "and" else Items("union", tuple(parts))


def _settled_list(tree: Items) -> Tree:
    """Several answers without order; sets among them stay sets, and so does that of the empty set."""
    items = _without_domains(tree.items)
    if len(items) > 1:
        items = tuple(rebuilt(item, _each(item)) if _is_set(item) else settled(item) for item in items)
    elif items == (Symbol("emptyset"),) and tree.structure == "set":
        return tree
    else:
        items = tuple(map(settled, items))
    return Items("several", tuple(leaf for item in items for leaf in _leaves(item)))


def _each(items: Tree) -> tuple[Tree, ...]:
    return tuple(settled(item) for item in children(items))


def _without_domains(items: tuple[Tree, ...]) -> tuple[Tree, ...]:
    """The items that answer, without those that only say what their letters stand for: ``n^2, n \\ge 1``."""
    values = [item for item in items if not isinstance(item, Relation)]
    letters = frozenset().union(*map(symbols, values))
    rest = tuple(item for item in items if not _is_domain(item, letters))
    return rest or items


def _is_domain(tree: Tree, letters: frozenset[str]) -> bool:
    if not isinstance(tree, Relation) or len(tree.signs) != 1 or not isinstance(tree.sides[0], Symbol):
        return False
    if tree.signs == ("in",):
        return tree.sides[1] in _NUMBERS
    return tree.signs[0] != "=" and tree.sides[0].name in letters and not symbols(tree.sides[1])


def _is_set(tree: Tree) -> bool:
    return isinstance(tree, Items) and tree.structure == "set"


def _systems(items: tuple[Tree, ...]) -> tuple[Tree, ...]:
    """The solutions that x = 1, y = 2 gives, each a tuple by the names' alphabet; nothing for a single name."""
    named = [(name_of(item.sides[0]), item) for item in items if is_assignment(item)]
    size = len(dict(named))
    if len(named) != len(items) or size < 2 or len(items) % size:
        return ()
    solutions = [dict(named[start : start + size]) for start in range(0, len(named), size)]
    if any(len(solution) != size for solution in solutions):
        return ()
    brackets = "=_" if len({name.partition("_")[0] for name, _ in named}) == 1 else "="
    return tuple(Items("ordered", tuple(settled(said[name]) for name in sorted(said)), brackets) for said in solutions)


def is_assignment(tree: Tree) -> TypeGuard[Relation]:
    """Whether this gives one letter its value."""
    return isinstance(tree, Relation) and set(tree.signs) == {"="} and isinstance(tree.sides[0], Symbol)


def _scaled(tree: Tree) -> Tree | None:
    """A matrix or vector that is multiplied by a number, has a sign or is transposed; the point that a letter names."""
    match tree:
        case Apply("negate", (Items(structure="matrix") as matrix,)):
            return rebuilt(matrix, tuple(Apply("negate", (item,)) for item in matrix.items))
        case Apply("multiply", (factor, Items(structure="matrix") as matrix)) if not isinstance(factor, Items):
            return rebuilt(matrix, tuple(Apply("multiply", (factor, item)) for item in matrix.items))
        case Apply("power", (Items(structure="ordered" | "matrix") as items, Symbol("T"))):
            return transposed(matrix_of(items))
        case Apply("multiply", (Symbol(name), Items(structure="ordered", brackets="()") as point)) if name.isupper():
            return settled(point)
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


def with_constant_of(gold: Tree, given: Tree) -> Tree:
    """The given tree with its one free constant under the gold's name: ``x^2 + c`` for ``x^2 + C``.

    Beside π, which integer counts the periods is free as well.
    """
    names = symbols(given)
    for kind in (_CONSTANT, _COUNTER) if Symbol("pi") in walk(gold) else (_CONSTANT,):
        wanted = [name for name in symbols(gold) if kind.fullmatch(name)]
        found = [name for name in names - symbols(gold) if kind.fullmatch(name)]
        if len(wanted) == len(found) == 1 and wanted[0] not in names:
            return renamed(given, found[0], wanted[0])
    return given


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
    return interval_of(tree) or tree


def unrounded(tree: Tree) -> Tree:
    """The exact value of one that is also given as a decimal: ``2\\sqrt3 = 3.46``."""
    match tree:
        case Relation(sides=(*_, exact, Number(digits=int()))) if set(tree.signs) == {"="} and not symbols(exact):
            return exact
    return tree


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
