"""A cursor over the tokens of an answer, for the parser. Knows no grammar."""

from __future__ import annotations

from fractions import Fraction

from playground.grading.tokens import Token
from playground.grading.tree import Apply, Items, Number, Tree


class Unreadable(ValueError):
    """The text is not understood."""


class Turned(Unreadable):
    """It says of a value what makes it another answer, as "at least 5" does."""


class TooDeep(Unreadable):
    """It is nested deeper than any answer."""


def numeral(text: str) -> Number:
    """The number that digits are, with an exponent or without.

    Raises:
        Unreadable: its exponent has more than five digits.
    """
    mantissa, _, exponent = text.lower().partition("e")
    if len(exponent) > 5:
        raise Unreadable("an exponent beyond all bounds")
    value = Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(exponent or 0)
    whole = "." not in mantissa and not exponent
    return Number(value, None if whole else len(mantissa.replace(".", "").lstrip("0")) or 1)


def juxtaposed(left: Tree, right: Tree) -> Tree:
    r"""What two things side by side are: a product, or a mixed number such as ``-1\frac{4}{5}``."""
    match left, right:
        case Apply("negate", (Number() as whole,)), _ if _is_part(right):
            return Apply("negate", (Apply("add", (whole, right)),))
        case Number(digits=None), Apply("percent", (part,)) if _is_part(part):
            return Apply("percent", (Apply("add", (left, part)),))
        case Number(digits=None), _ if _is_part(right):
            return Apply("add", (left, right))
    return Apply("multiply", (left, right))


def _is_part(tree: Tree) -> bool:
    """Whether this is a fraction of numerals between 0 and 1."""
    match tree:
        case Apply("divide", (Number(value=above), Number(value=below))):
            return 0 < above < below
    return False


def ratio(parts: list[Tree]) -> Tree:
    """The value of a : b; of more parts, how each compares with the first."""
    if len(parts) <= 2:
        return Apply("ratio", tuple(parts)) if len(parts) == 2 else parts[0]
    return Items("ordered", tuple(Apply("ratio", (part, parts[0])) for part in parts[1:]), "::")


class Cursor:
    """Reads tokens from left to right, one look ahead."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    @property
    def _next(self) -> str:
        """The token at hand as text; a letter, a number or words only say so."""
        if self._at >= len(self._tokens):
            return ""
        token = self._tokens[self._at]
        return token.text if token.kind in ("sign", "command") else f"<{token.kind}>"

    def _take(self, text: str) -> bool:
        if self._next != text:
            return False
        self._at += 1
        return True

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise Unreadable(f"no {text}")

    def _pop(self) -> Token:
        if self._at >= len(self._tokens):
            raise Unreadable("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _mark(self, names: tuple[str, ...]) -> bool:
        r"""Whether the exponent is no power but a mark, alone or in braces; takes it then."""
        if self._next in names:
            self._at += 1
            return True
        texts = [token.text for token in self._tokens[self._at : self._at + 3]]
        found = len(texts) == 3 and texts[0] == "{" and texts[1] in names and texts[2] == "}"
        self._at += 3 if found else 0
        return found

    def _raw(self) -> str:
        """A token or a group as plain text, for names."""
        token = self._pop()
        if token.text != "{" or token.kind != "sign":
            return token.text
        parts: list[str] = []
        depth = 1
        while depth:
            token = self._pop()
            depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
            parts.append(token.text)
        return "".join(parts[:-1])
