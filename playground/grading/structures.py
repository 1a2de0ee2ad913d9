"""Structures settled into one form: assignments to their value, inequalities to intervals, ± to two answers.

Trees in, trees out. Evaluates nothing and compares nothing.
"""

from __future__ import annotations

from playground.grading.tree import CONSTANTS, Apply, Items, Relation, Symbol, Tree, children, rebuilt, symbols, walk

_INFINITY = Symbol("infty")
_MOST_SIGNS = 4
"""Signs of ± in one answer; each doubles it."""


def settled(tree: Tree) -> Tree:
    """The form that is compared: what is said of a named unknown is its value, several answers stand in one list."""
    tree = _value(tree)
    if isinstance(tree, Items) and tree.structure in ("several", "set"):
        parts = [settled(item) for item in tree.items]
        if len(parts) > 1 and all(_is_interval(part) for part in parts) and any(map(_is_inequality, tree.items)):
            return Items("union", tuple(parts))
        return Items("several", tuple(leaf for part in parts for leaf in _leaves(part)))
    if isinstance(tree, Items):
        return rebuilt(tree, tuple(settled(item) for item in tree.items))
    both = _both_signs(tree)
    return Items("several", both) if len(both) > 1 else tree


def is_named(tree: Tree) -> bool:
    """Whether this is a name that a value is given to: a letter, or a function of letters like f(x)."""
    match tree:
        case Symbol():
            return tree.name not in CONSTANTS
        case Apply("multiply", (Symbol() as function, Symbol() | Items())):
            return function.name not in CONSTANTS
    return False


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
    match sides:
        case (low, Symbol() as unknown, high) if unknown.name not in CONSTANTS:
            return _ends(low, signs[0], signs[1], high)
        case (Symbol() as unknown, high) if unknown.name not in CONSTANTS:
            return _ends(Apply("negate", (_INFINITY,)), "<", signs[0], high)
        case (low, Symbol() as unknown) if unknown.name not in CONSTANTS:
            return _ends(low, signs[0], "<", _INFINITY)
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
