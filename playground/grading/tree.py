"""The tree that an answer is read into: numbers, symbols, operations and structures. Pure values.

Does not know how an answer is written, nor when two are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Structure = Literal["several", "ordered", "set", "matrix", "union", "apart"]


@dataclass(frozen=True, slots=True)
class Number:
    """A numeral."""

    value: Fraction
    digits: int | None = None
    """Significant digits of a decimal, which may stand for a longer number; None for an integer."""
    base: int | None = None
    """The base that is written with it; `value` is then what its digits would be in base ten."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter, with everything that is part of its name: ``x``, ``x_{0}``, ``dot x``, ``pi``, ``infty``."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation or a function on its arguments."""

    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """Several answers (in any order), a tuple, vector or interval (in order, with its brackets), a set, a matrix …

    `apart` are numbers side by side that are no product: 3 h 20 min.
    """

    structure: Structure
    items: tuple[Tree, ...]
    brackets: str = ""
    """For `ordered`: "()", "[]", "(]" or "[)"; for `matrix`: its number of columns; for `several`: "and" or "or"
    where only that word joins them."""


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation, an inequality or a membership, possibly a chain: n + 1 sides and n signs."""

    signs: tuple[str, ...]
    sides: tuple[Tree, ...]


Tree = Number | Symbol | Apply | Items | Relation


@dataclass(frozen=True, slots=True)
class Answer:
    """A tree and the words behind it, which are taken for its unit."""

    tree: Tree
    unit: str = ""


def children(tree: Tree) -> tuple[Tree, ...]:
    """What a tree is made of, one level down."""
    match tree:
        case Apply():
            return tree.arguments
        case Items():
            return tree.items
        case Relation():
            return tree.sides
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """A tree and everything in it."""
    stack = [tree]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(children(here))


def symbols(tree: Tree) -> frozenset[str]:
    """The names of the letters that stand for something unknown."""
    return frozenset(part.name for part in walk(tree) if isinstance(part, Symbol)) - CONSTANTS


def rebuilt(tree: Tree, parts: tuple[Tree, ...]) -> Tree:
    """The same tree with other children."""
    match tree:
        case Apply():
            return Apply(tree.function, parts)
        case Items():
            return Items(tree.structure, parts, tree.brackets)
        case Relation():
            return Relation(tree.signs, parts)
    return tree


def each(change: Callable[[Tree], Tree], tree: Tree) -> Tree:
    """The tree with every value in it changed, whatever structure the values stand in."""
    match tree:
        case Items():
            return rebuilt(tree, tuple(each(change, item) for item in tree.items))
        case Relation():
            return rebuilt(tree, (*tree.sides[:-1], each(change, tree.sides[-1])))
    return change(tree)


def in_degrees(tree: Tree) -> Tree:
    """The same tree with the bare numbers that trigonometric functions are applied to taken for degrees."""
    parts = tuple(map(in_degrees, children(tree)))
    if isinstance(tree, Apply) and tree.function in _OF_ANGLES and isinstance(tree.arguments[0], Number):
        return Apply(tree.function, (degrees(tree.arguments[0]),))
    return rebuilt(tree, parts)


def degrees(value: Tree) -> Tree:
    """An angle of so many degrees, in radians."""
    return Apply("multiply", (value, Apply("divide", (Symbol("pi"), Number(Fraction(180))))))


_OF_ANGLES = frozenset(("sin", "cos", "tan", "cot", "sec", "csc"))
CONSTANTS = frozenset(("pi", "e", "i", "infty", "emptyset"))
