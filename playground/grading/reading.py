r"""Parses a normalized answer into a tree, by recursive descent.

Whatever is not surely understood is `Unreadable`, and left to others. Evaluates nothing. Does not know what an answer
is compared with.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from playground.grading import vocabulary
from playground.grading.brackets import Brackets
from playground.grading.cursor import TooDeep, Turned, Unreadable, juxtaposed, numeral, ratio
from playground.grading.notation import plain
from playground.grading.tokens import Token, tokens
from playground.grading.tree import CONSTANTS, Answer, Apply, Items, Number, Relation, Symbol, Tree

LONGEST: Final = 2000
"""Characters. No gold answer of a benchmark is half as long."""
_DEEPEST: Final = 60
_NAME = re.compile(r"\\?[A-Za-z][^=<>,;]*")
"""What a value may be given to although it is not understood: ``P(A \\cap B)``."""
_BETWEEN: Final = vocabulary.SEPARATORS | {",", ";", "row"}
_POSTFIXES: Final = {"!": "factorial", "%": "percent"}


def read(text: str) -> Answer:
    """What an answer says.

    Raises:
        Unreadable: it is not understood, or longer than `LONGEST`.
    """
    if len(text) > LONGEST:
        raise Unreadable("too long")
    text = plain(text)
    try:
        return _Reader(tokens(text)).answer()
    except (TooDeep, Turned):
        raise
    except Unreadable:
        name, equals, value = text.rpartition("=")
        if not equals or not _NAME.fullmatch(name):
            raise
        return _Reader(tokens(value)).answer()


class _Reader(Brackets):
    """One pass over the tokens of an answer."""

    def __init__(self, found: list[Token]) -> None:
        super().__init__(found)
        self._depth = 0

    def answer(self) -> Answer:
        self._lead_in()
        while self._next in ("approx", ":", "="):
            self._at += 1
        tree = self._several(ends=())
        if self._at < len(self._tokens):
            raise Unreadable(f"stray {self._tokens[self._at].text}")
        return Answer(tree, " ".join(dict.fromkeys(self._units)))

    def _several(self, ends: tuple[str, ...]) -> Tree:
        items, between = [self._relation()], set[str]()
        while self._next in _BETWEEN:
            while self._next in _BETWEEN:
                between.add(self._pop().text)
            if self._next in ends or not self._next:
                break
            items.append(self._relation())
        word = next(iter(between)) if len(between) == 1 and between <= vocabulary.SEPARATORS else ""
        return items[0] if len(items) == 1 else Items("several", tuple(items), word)

    def _relation(self) -> Tree:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TooDeep("nested too deep")
        sides, signs = [self._union()], []
        while self._next in vocabulary.RELATIONS:
            signs.append(vocabulary.RELATIONS[self._pop().text])
            sides.append(self._union())
        self._depth -= 1
        return Relation(tuple(signs), tuple(sides)) if signs else sides[0]

    def _union(self) -> Tree:
        parts = [self._ratio()]
        while self._take("cup"):
            parts.append(self._ratio())
        return Items("union", tuple(parts)) if len(parts) > 1 else parts[0]

    def _ratio(self) -> Tree:
        parts = [self._sum()]
        while self._take(":"):
            parts.append(self._sum())
        return ratio(parts)

    def _sum(self) -> Tree:
        total = Apply("pm", (Number(Fraction(0)), self._term())) if self._take("pm") else self._term()
        while self._next in ("+", "-", "pm", "mp"):
            sign = self._pop().text
            right = self._term()
            name = {"+": "add", "-": "subtract"}.get(sign, sign)
            total = Apply(name, (total, right))
        return total

    def _term(self) -> Tree:
        product = self._factor()
        while True:
            if self._next in ("*", "cdot", "times"):
                self._at += 1
                product = Apply("multiply", (product, self._factor()))
            elif self._next in ("/", "div"):
                self._at += 1
                product = Apply("divide", (product, self._divisor()))
            elif self._is_apart():
                product = Items("apart", (product, self._factor()))
            elif self._starts_factor():
                mixed = self._next == "frac"
                right = self._factor()
                product = juxtaposed(product, right) if mixed else Apply("multiply", (product, right))
            else:
                return product

    def _divisor(self) -> Tree:
        """A letter behind a slash draws in the letters behind it: ``t/RC`` is ``t/(RC)``."""
        letters = self._next_is_letter()
        divisor = self._factor()
        while letters and self._next_is_letter():
            divisor = Apply("multiply", (divisor, self._power()))
        return divisor

    def _next_is_letter(self) -> bool:
        return self._next == "<letter>" or self._next in vocabulary.GREEK

    def _starts_factor(self) -> bool:
        return self._bars == 0 if self._next == "|" else self._next in vocabulary.STARTS

    def _is_apart(self) -> bool:
        """Whether a numeral follows another one, or words: 3 h 20 min is no product."""
        return self._next == "<number>" and self._tokens[self._at - 1].kind in ("number", "words")

    def _factor(self) -> Tree:
        negative = False
        while self._next in ("-", "+"):
            negative ^= self._pop().text == "-"
        factor = self._power()
        return Apply("negate", (factor,)) if negative else factor

    def _power(self) -> Tree:
        base = self._postfix(self._atom())
        while self._take("^"):
            if self._mark(("circ", "degree")):
                base = self._degrees(base)
            elif self._mark(("st", "nd", "rd", "th")):
                continue
            elif self._mark(("prime",)):
                base = self._primed(base)
            else:
                base = self._postfix(Apply("power", (base, self._exponent())))
        return self._measured(base)

    def _exponent(self) -> Tree:
        """An exponent, with those that it has itself: a tower is read from the top."""
        self._angles += 1
        script = self._script()
        exponent = Apply("power", (script, self._exponent())) if self._take("^") else script
        self._angles -= 1
        return exponent

    def _script(self) -> Tree:
        """What stands in an exponent: a group, or one token with its sign."""
        return self._factor() if self._next in ("-", "+") else self._group()

    def _postfix(self, tree: Tree) -> Tree:
        while self._next in ("!", "%", "prime", "'"):
            name = _POSTFIXES.get(self._pop().text)
            if name == "factorial" and self._take("!"):
                name = "double factorial"
            tree = Apply(name, (tree,)) if name else self._primed(tree)
        return tree

    def _atom(self) -> Tree:
        token = self._pop()
        if token.kind == "number":
            return self._based(numeral(token.text))
        if token.kind == "letter":
            return self._symbol(token.text)
        if token.kind == "command":
            return self._command(token.text)
        if token.text in ("(", "["):
            return self._based(self._bracketed(token.text))
        if token.text == "{":
            return self._closed("}")
        if token.text == "|":
            return self._absolute()
        raise Unreadable(f"stray {token.text}")

    def _based(self, tree: Tree) -> Tree:
        """A number, with the base of its digits where one follows."""
        if not isinstance(tree, Number) or not self._take("_"):
            return tree
        base = self._raw().strip("() ")
        if not base.isdigit():
            raise Turned(f"base {base}")
        return Number(tree.value, None, int(base))

    def _symbol(self, name: str) -> Tree:
        while self._take("_"):
            name += f"_{self._raw()}"
        return Symbol(name if name in CONSTANTS else name + self._place())

    def _place(self) -> str:
        """The number that a function is taken at, as in ``I(0)``, which is no product; empty without one."""
        found = self._tokens[self._at : self._at + 3]
        if [token.text for token in found[::2]] != ["(", ")"] or found[1].kind != "number":
            return ""
        self._at += 3
        return f"({found[1].text})"

    def _command(self, name: str) -> Tree:
        if name in vocabulary.GREEK:
            return self._symbol(name)
        if name in vocabulary.ACCENTS:
            return self._symbol(f"{name} {self._raw()}")
        if name in ("emptyset", "varnothing"):
            return Symbol("emptyset")
        if name in vocabulary.FUNCTIONS:
            return self._function(name)
        return self._construct(name)

    def _construct(self, name: str) -> Tree:
        if name in ("frac", "binom"):
            arguments = (self._argument(), self._argument())
            return Apply("divide" if name == "frac" else "binomial", arguments)
        if name == "{":
            return self._braced()
        if name == "beginmatrix":
            return self._matrix()
        if name in vocabulary.OPENING:
            return self._fenced(name)
        raise Unreadable(f"\\{name} is not known")

    def _argument(self) -> Tree:
        r"""An argument of ``\frac``: a group, or a single digit or letter."""
        token = self._tokens[self._at] if self._at < len(self._tokens) else Token("sign", "")
        if token.kind == "number" and len(token.text) > 1:
            self._tokens[self._at] = Token("number", token.text[1:])
            return Number(Fraction(int(token.text[0])))
        return self._group()

    def _function(self, name: str) -> Tree:
        if name == "sqrt":
            index = self._closed("]") if self._take("[") else Number(Fraction(2))
            return Apply("root", (self._group(), index))
        base = self._script() if name == "log" and self._take("_") else None
        power = self._script() if self._take("^") else None
        self._angles += 1
        argument = self._operand()
        self._angles -= 1
        if power == Apply("negate", (Number(Fraction(1)),)) and name in vocabulary.INVERSE:
            name, power = vocabulary.INVERSE[name], None
        value: Tree = Apply(vocabulary.CALLED.get(name, name), (argument,) if base is None else (argument, base))
        return value if power is None else Apply("power", (value, power))

    def _group(self) -> Tree:
        return self._closed("}") if self._take("{") else self._atom()

    def _operand(self) -> Tree:
        r"""What a function is applied to: a group, or what is multiplied behind it up to the next function."""
        if self._next in ("(", "{", "["):
            return self._atom()
        product = self._factor()
        while self._starts_factor() and self._next not in vocabulary.FUNCTIONS and self._next not in ("(", "{"):
            product = Apply("multiply", (product, self._power()))
        return product
