"""Tells whole numbers from broken ones, and brings them below a modulus. Compares nothing."""

from __future__ import annotations

from fractions import Fraction

from playground.grading.tree import Items, Number, Tree, rebuilt
from playground.grading.values import NoValue, exact


def is_broken(tree: Tree) -> bool:
    """Whether this is a rational number and no integer."""
    value = _value(tree)
    return value is not None and value.denominator != 1


def reduced(tree: Tree, modulus: int, always: bool) -> Tree:
    """The integers of an answer by a modulus; unless `always`, only those that reach it."""
    if isinstance(tree, Items) and tree.structure == "several":
        return rebuilt(tree, tuple(reduced(item, modulus, always) for item in tree.items))
    value = _value(tree)
    if value is None or value.denominator != 1 or modulus == 0 or (abs(value) < modulus and not always):
        return tree
    return Number(value % modulus)


def _value(tree: Tree) -> Fraction | None:
    try:
        return exact(tree, {})
    except NoValue:
        return None
