r"""Answers in the one notation to trees: a recursive descent over the mathematics that answers are written in.

Whatever is not surely understood is `Unreadable`, and left to others. Evaluates nothing. Does not know what an answer
is compared with.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from playground.grading import vocabulary
from playground.grading.cursor import Cursor, TooDeep, Unreadable, numeral, primed
from playground.grading.notation import plain
from playground.grading.tokens import Token, tokens
from playground.grading.tree import Answer, Apply, Items, Number, Relation, Symbol, Tree

LONGEST: Final = 2000
"""Characters. No gold answer of a benchmark is half as long."""
_DEEPEST: Final = 60
_POSTFIXES: Final = {"!": "factorial", "%": "percent"}


def read(text: str) -> Answer:
    """What an answer says.

    Raises:
        Unreadable: it is not understood, or longer than `LONGEST`.
    """
    if len(text) > LONGEST:
        raise Unreadable("too long")
    return _Reader(tokens(plain(text))).answer()


class _Reader(Cursor):
    """One pass over the tokens of an answer."""

    def __init__(self, found: list[Token]) -> None:
        super().__init__(found)
        self._depth = 0
        self._bars = 0
        self._units: list[str] = []

    def answer(self) -> Answer:
        while self._next == "<words>" and not vocabulary.TURNING & set(self._tokens[self._at].text.lower().split()):
            self._at += 1  # "The answer is 5", "Area = 5"
        while self._next in ("approx", ":", "="):
            self._at += 1
        tree = self._several(ends=())
        if self._at < len(self._tokens):
            raise Unreadable(f"stray {self._tokens[self._at].text}")
        return Answer(tree, " ".join(self._units))

    def _several(self, ends: tuple[str, ...]) -> Tree:
        items = [self._relation()]
        while self._next in (",", ";"):
            while self._next in (",", ";"):
                self._at += 1
            if self._next in ends or not self._next:
                break
            items.append(self._relation())
        return items[0] if len(items) == 1 else Items("several", tuple(items))

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
        left = self._sum()
        return Apply("ratio", (left, self._sum())) if self._take(":") else left

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
                product = Apply("divide", (product, self._factor()))
            elif self._starts_factor():
                product = self._juxtaposed(product)
            else:
                return product

    def _juxtaposed(self, product: Tree) -> Tree:
        mixed = isinstance(product, Number) and product.digits is None and self._next == "frac"
        right = self._factor()
        match right:
            case Apply("divide", (Number(value=above), Number(value=below))) if mixed and 0 < above < below:
                return Apply("add", (product, right))  # 1\frac{4}{5}
        return Apply("multiply", (product, right))

    def _starts_factor(self) -> bool:
        return self._bars == 0 if self._next == "|" else self._next in vocabulary.STARTS

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
                self._units.append("degree")
            elif self._mark(("st", "nd", "rd", "th")):
                continue
            elif self._mark(("prime",)):
                base = primed(base)
            else:
                base = self._postfix(Apply("power", (base, self._exponent())))
        self._words()
        return base

    def _exponent(self) -> Tree:
        """An exponent, with those that it has itself: a tower is read from the top."""
        script = self._script()
        return Apply("power", (script, self._exponent())) if self._take("^") else script

    def _words(self) -> None:
        """Words behind a value are its unit: ``\\words{cm}^2``, ``\\words{square inches}``."""
        while self._next in ("<words>", "degree"):
            unit = self._pop().text
            if self._take("^"):
                power = self._script()
                unit += f"^{power.value}" if isinstance(power, Number) else "^?"
            self._units.append(unit)

    def _script(self) -> Tree:
        """What stands in an exponent: a group, or one token with its sign."""
        return self._factor() if self._next in ("-", "+") else self._group()

    def _postfix(self, tree: Tree) -> Tree:
        while self._next in ("!", "%", "prime", "'"):
            name = _POSTFIXES.get(self._pop().text)
            tree = Apply(name, (tree,)) if name else primed(tree)
        return tree

    def _closed(self, end: str) -> Tree:
        bars, self._bars = self._bars, 0
        tree = self._several(ends=(end,))
        self._need(end)
        self._bars = bars
        return tree

    def _atom(self) -> Tree:
        token = self._pop()
        if token.kind == "number":
            return self._number(token.text)
        if token.kind == "letter":
            return self._symbol(token.text)
        if token.kind == "command":
            return self._command(token.text)
        if token.text in ("(", "["):
            return self._bracketed(token.text)
        if token.text == "{":
            return self._closed("}")
        if token.text == "|":
            return self._absolute()
        raise Unreadable(f"stray {token.text}")

    def _number(self, text: str) -> Tree:
        number = numeral(text)
        if not self._take("_"):
            return number
        base = self._script()
        if not isinstance(base, Number) or base.value.denominator != 1:
            raise Unreadable("a strange base")
        return Number(number.value, None, int(base.value))

    def _symbol(self, name: str) -> Tree:
        while self._take("_"):
            name += f"_{self._raw()}"
        return Symbol(name)

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
        argument = self._operand()
        if power == Apply("negate", (Number(Fraction(1)),)) and name in vocabulary.INVERSE:
            name, power = vocabulary.INVERSE[name], None
        value: Tree = Apply(name, (argument,) if base is None else (argument, base))
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
        tree = self._closed(vocabulary.OPENING[opening])
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
