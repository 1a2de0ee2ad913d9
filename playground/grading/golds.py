r"""Reads gold answers as benchmarks give them, and tells their types. Compares nothing.

A type is read off the answer itself, so that a file needs no column for it.
"""

from __future__ import annotations

import math
from typing import Literal

from playground.answers import integer, last_box
from playground.grading.comparison import is_words
from playground.grading.cursor import Unreadable
from playground.grading.reading import read
from playground.grading.structures import is_named, settled
from playground.grading.tree import Apply, Items, Number, Relation, Tree

GoldType = Literal[
    "integer",
    "rational",
    "decimal",
    "expression",
    "several",
    "tuple",
    "interval",
    "matrix",
    "equation",
    "text",
    "unread",
]
"""`interval` also for inequalities and unions, `several` also for sets and ±; `unread` is left to Math-Verify."""


def gold_text(answer: object, solution: object = None) -> str | None:
    r"""The gold answer of a row: its `answer`, else the last box of its `solution`, else the solution itself.

    Several answers in a list are joined by commas. None where there is none.
    """
    if isinstance(answer, list):
        parts = [gold_text(part) for part in answer]
        return ", ".join(part for part in parts if part) or None if all(parts) else None
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return str(answer) if math.isfinite(answer) else None
    if isinstance(answer, str):
        return answer.strip() or None
    if answer is None and solution is not None:
        text = gold_text(solution) or ""
        return last_box(text) or text or None
    return None


def gold_type(gold: str) -> GoldType:
    """What kind of answer this is, and so how answers are compared with it."""
    if integer(gold) is not None:
        return "integer"
    if is_words(gold):
        return "text"
    try:
        return _type_of(read(gold).tree)
    except Unreadable:
        return "unread"


def _type_of(tree: Tree) -> GoldType:
    if isinstance(tree, Relation) and set(tree.signs) == {"="} and not is_named(tree.sides[0]):
        return "equation"
    value = settled(tree)
    match value:
        case Items(structure="several"):
            return "several"
        case Items(structure="matrix" | "union" as structure):
            return "matrix" if structure == "matrix" else "interval"
        case Items(structure="ordered"):
            return "interval" if value.brackets != "()" or _has_infinity(value) or value != tree else "tuple"
        case Relation():
            return "equation"
    return _type_of_value(value)


def _has_infinity(items: Items) -> bool:
    return any("infty" in repr(item) for item in items.items)


def _type_of_value(tree: Tree) -> GoldType:
    while isinstance(tree, Apply) and tree.function in ("negate", "percent"):
        tree = tree.arguments[0]
    match tree:
        case Number():
            return "integer" if tree.digits is None else "decimal"
        case Apply("divide", (Number(digits=None), Number(digits=None))):
            return "rational"
    return "expression"
