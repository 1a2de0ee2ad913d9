"""Parses what stands in brackets, bars and braces: tuples, intervals, sets, absolute values, matrices.

Knows how these open and close, not what may stand in them: that is the task of `playground.grading.reading`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from playground.grading.cursor import Unreadable
from playground.grading.measures import Measures
from playground.grading.tokens import Token
from playground.grading.tree import Apply, Items, Symbol, Tree
from playground.grading.vocabulary import OPENING


class Brackets(Measures, ABC):
    """Reads what is enclosed."""

    def __init__(self, found: list[Token]) -> None:
        super().__init__(found)
        self._bars = 0
        """How many bars are open; inside, another one closes."""

    @abstractmethod
    def _several(self, ends: tuple[str, ...]) -> Tree:
        """Answers side by side, up to one of `ends`."""

    @abstractmethod
    def _relation(self) -> Tree:
        """One answer."""

    @abstractmethod
    def _sum(self) -> Tree:
        """One value."""

    def _closed(self, end: str) -> Tree:
        bars, self._bars = self._bars, 0
        tree = self._several(ends=(end,))
        self._need(end)
        self._bars = bars
        return tree

    def _bracketed(self, opening: str) -> Tree:
        bars, self._bars = self._bars, 0
        tree = self._several(ends=(")", "]"))
        self._bars = bars
        closing = self._pop().text
        if closing not in (")", "]"):
            raise Unreadable("a bracket is not closed")
        if isinstance(tree, Items) and tree.structure == "several":
            return Items("ordered", tree.items, opening + closing)
        if opening + closing not in ("()", "[]"):
            raise Unreadable("brackets that do not match")
        return tree

    def _fenced(self, opening: str) -> Tree:
        tree = self._closed(OPENING[opening])
        if opening == "langle":
            return Items("ordered", tree.items, "()") if isinstance(tree, Items) else tree
        return Apply({"lfloor": "floor", "lceil": "ceiling", "lvert": "absolute"}[opening], (tree,))

    def _absolute(self) -> Tree:
        self._bars += 1
        tree = self._relation()
        self._need("|")
        self._bars -= 1
        return Apply("absolute", (tree,))

    def _braced(self) -> Tree:
        if self._take("}"):
            return Symbol("emptyset")
        tree = self._closed("}")  # the backslash of \} is gone
        return Items("set", tree.items if isinstance(tree, Items) and tree.structure == "several" else (tree,))

    def _matrix(self) -> Tree:
        rows: list[list[Tree]] = [[self._sum()]]
        while not self._take("endmatrix"):
            if self._take("&"):
                rows[-1].append(self._sum())
            elif self._take("row"):
                if self._next != "endmatrix":
                    rows.append([self._sum()])
            else:
                raise Unreadable("a strange matrix")
        if len({len(row) for row in rows}) != 1:
            raise Unreadable("a matrix of unequal rows")
        return Items("matrix", tuple(cell for row in rows for cell in row), str(len(rows[0])))
