"""Reads the words around a value: what leads to it, what unit it has, what scales it.

Knows which words do so from `playground.grading.vocabulary`, and no grammar of values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from playground.grading import vocabulary
from playground.grading.cursor import Cursor, Turned, Unreadable
from playground.grading.tokens import Token
from playground.grading.tree import Apply, Number, Symbol, Tree, degrees
from playground.grading.turning import SAYING, is_function, turned_before


class Measures(Cursor, ABC):
    """Reads words and marks of units."""

    def __init__(self, found: list[Token]) -> None:
        super().__init__(found)
        self._angles = 0
        """How many functions of an angle are open; inside, degrees are no unit."""
        self._units: list[str] = []

    @abstractmethod
    def _script(self) -> Tree:
        """An exponent without those that it has itself."""

    def _lead_in(self) -> None:
        """Words before a value, as in "The answer is 5" and "Area = 5"."""
        words = ""
        while self._next == "<words>" or (words and self._is_subject()):
            words += f" {self._pop().text}"
        if turned_before(words, said=self._next in ("=", ":")) or (self._next == "(" and is_function(words)):
            raise Turned(words.strip())

    def _is_subject(self) -> bool:
        """Whether a letter at hand is only what something is said of: "The least such n is 5"."""
        said = self._tokens[self._at + 1 : self._at + 2]
        return self._next == "<letter>" and any(token.text.partition(" ")[0] in SAYING for token in said)

    def _measured(self, value: Tree) -> Tree:
        """Words behind a value are its unit, ``\\words{cm}^2``, ``\\words{square inches}``, or what scales it."""
        while self._next in ("<words>", "degree"):
            first, _, rest = self._pop().text.partition(" ")
            scale = vocabulary.SCALES.get(first.lower())
            if scale is not None:
                value = Apply("multiply", (value, Number(scale)))
            unit = rest if scale is not None else f"{first} {rest}".strip()
            if self._take("^"):
                power = self._script()
                unit += f"^{power.value}" if isinstance(power, Number) else "^?"
            self._units += [unit] if unit else []
        return value

    def _primed(self, tree: Tree) -> Tree:
        """A prime is part of a name; behind a number it is a unit, of angles, times or lengths."""
        if isinstance(tree, Symbol):
            return Symbol(tree.name + "'")
        if not isinstance(tree, Number):
            raise Unreadable("a stray prime")
        self._units.append("prime")
        return tree

    def _degrees(self, value: Tree) -> Tree:
        """The angle that a function is applied to, in radians; elsewhere degrees are a unit."""
        if self._angles:
            return degrees(value)
        self._units.append("degree")
        return value
