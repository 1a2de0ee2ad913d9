"""Decides whether a given answer is the gold answer: by its type where that decides, else by Math-Verify.

An integer is compared as one, a tuple place by place, several answers in any order, an equation up to a factor, words
as words, an expression by its values. Only what cannot be read, or has no values, goes to Math-Verify. Runs in a
process that may be killed (`playground.grading.worker`); knows no completion.
"""

from __future__ import annotations

import re

from playground.grading.choices import chosen, letters
from playground.grading.cursor import TooDeep, Turned, Unreadable
from playground.grading.equality import contradict, equal, proportional
from playground.grading.finding import Finding
from playground.grading.matrices import matrix_of
from playground.grading.notation import plain, words_of
from playground.grading.reading import read
from playground.grading.second_reading import says_equal
from playground.grading.structures import (
    argument_of,
    difference,
    is_equation,
    is_named,
    name_of,
    renamed,
    settled,
    unrounded,
    with_constant_of,
)
from playground.grading.tokens import tokens
from playground.grading.tree import Answer, Apply, Items, Number, Relation, Symbol, Tree, degrees, each, symbols, walk
from playground.grading.units import factor
from playground.grading.values import NoValue, TooLarge
from playground.grading.vocabulary import SEPARATORS
from playground.grading.whole_numbers import is_broken, reduced

_IN_WORDS = frozenset((*",;.'-()", *SEPARATORS))
"""Signs that may stand among words."""
_ONE_FUNCTION = ({"y", "f"}, {"y", "g"})
"""What one function may be called by turns: y = 2x is f(x) = 2x."""
_DECIMAL_COMMA = re.compile(
    r"((?:[A-Za-z]\s*=\s*)?[-+]?[0-9]+),((?:[0-9]{1,2}|[0-9]{4,})(?![0-9])(?:\s*%|\s*\\words\{[^{}]*\})?)"
)
_LISTED = re.compile(r"\s*(?:[A-Za-z]\s*=\s*)?[-+]?[0-9]{1,3}(?:,[-+]?[0-9]{3})+\s*")
"""Integers in a list, or one in groups."""
_LETTERED_DIGITS = re.compile(r"([0-9]*[A-Fa-f][0-9A-Fa-f]*)(?:_\{?(1[1-6])\}?)?")
"""Digits in a base that needs letters for them, as 2A_{16} does."""


def compare(given: str, gold: str) -> Finding | None:
    """What comes of comparing two answers by their types; None where that does not decide."""
    return _as_text(given, gold) or _as_mathematics(given, gold)


def _as_text(given: str, gold: str) -> Finding | None:
    """What the letters alone decide."""
    if plain(given) == plain(gold):
        return Finding(outcome="correct", why="is written as the gold answer")
    digits, others = (_LETTERED_DIGITS.fullmatch(plain(answer)) for answer in (gold, given))
    if digits and digits[2] and others:
        same = digits[1].lower() == others[1].lower() and others[2] in (None, digits[2])
        return _found(same, "has the same digits", "has other digits")
    wanted, named = letters(plain(gold)), chosen(plain(given))
    if wanted and named:
        return _found(named == wanted, "names the same choice", "names another choice")
    return _found(words_of(given) == words_of(gold), "says the same", "says something else") if is_words(gold) else None


def _as_mathematics(given: str, gold: str) -> Finding | None:
    try:
        wanted = read(gold)
        return _by_type(_by_commas(given, wanted) or read(given), wanted)
    except Turned as words:
        return Finding(outcome="wrong", why=f'differs in what is said of the value: "{words}"')
    except TooDeep:
        return Finding(outcome="wrong", why="is nested deeper than an answer is")
    except TooLarge:
        return Finding(outcome="grader_timeout", why="has a value too large to compute")
    except (Unreadable, NoValue):
        if is_words(given):
            return Finding(outcome="wrong", why="is words where the gold answer is mathematics")
    return None


def _by_commas(given: str, gold: Answer) -> Answer | None:
    """What commas mean where the gold answer tells: a point in ``0,5``, no grouping in ``100,200``; else None."""
    value = settled(gold.tree)
    if isinstance(value, Items):
        return read(given.replace(",", ", ")) if value.structure == "several" and _LISTED.fullmatch(given) else None
    written = _DECIMAL_COMMA.fullmatch(plain(given))
    return read(f"{written[1]}.{written[2]}") if written and is_broken(value) else None


def compare_again(given: str, gold: str) -> Finding:
    """What Math-Verify says of two answers that their types do not decide.

    Raises:
        MissingExtra: it is not installed.
    """
    return _found(says_equal(given, gold), "is equal by Math-Verify", "is not equal by Math-Verify")


def is_words(text: str) -> bool:
    """Whether an answer is words, such as ``\\text{Evelyn}`` or ``\\text{June 20}``."""
    found = [token for token in tokens(plain(text)) if token.kind != "sign" or token.text not in _IN_WORDS]
    return bool(found) and found[0].kind == "words" and all(token.kind in ("words", "number") for token in found)


def _found(same: bool, yes: str, no: str) -> Finding:
    return Finding(outcome="correct" if same else "wrong", why=yes if same else no)


def _by_type(given: Answer, gold: Answer) -> Finding:
    if not given.unit and _contradicts_itself(given.tree):
        return Finding(outcome="wrong", why="calls a value equal to another")
    if _modulus(given) and not gold.unit and symbols(settled(given.tree)):
        return Finding(outcome="wrong", why="is a remainder, not the value")
    given, gold = _in_radians(given, gold), _in_radians(gold, given)
    given, gold = _reduced(given, gold), _reduced(gold, given)
    times = factor(given.unit, gold.unit)
    if times is None:
        return Finding(outcome="wrong", why=f"is in {given.unit}, not in {gold.unit}")
    tree = given.tree if times == 1 else each(lambda value: Apply("multiply", (Number(times), value)), given.tree)
    return _found(_alike(tree, gold.tree), "is equal to the gold answer", "is not equal to the gold answer")


def _contradicts_itself(tree: Tree) -> bool:
    """Whether it says what cannot be, as 6 = 5 does; a unit, such as the modulus of 10 ≡ 1, may make it true."""
    equations = [part for part in walk(tree) if isinstance(part, Relation) and set(part.signs) == {"="}]
    return any(contradict(equation.sides) for equation in equations)


def _reduced(answer: Answer, other: Answer) -> Answer:
    """Integers by a modulus, brought below it where the other answer is by the same, or they reach it."""
    modulus = _modulus(answer)
    if modulus is None:
        return answer
    return Answer(reduced(settled(answer.tree), modulus, always=other.unit == answer.unit), answer.unit)


def _modulus(answer: Answer) -> int | None:
    found = re.fullmatch("mod ([0-9]{1,9})", answer.unit)
    return int(found[1]) if found else None


def _in_radians(answer: Answer, other: Answer) -> Answer:
    """An angle in degrees as one in radians where the other answer, with its π, is in radians."""
    if answer.unit != "degree" or other.unit not in ("", "radians", "rad") or Symbol("pi") not in walk(other.tree):
        return answer
    return Answer(each(degrees, answer.tree))


def _alike(given: Tree, gold: Tree) -> bool:
    if is_equation(gold) and is_equation(given):
        assert isinstance(given, Relation)
        assert isinstance(gold, Relation)
        return _same_equation(given, gold)
    if is_equation(gold) and not is_named(_left(gold)):
        return False
    return _same(settled(given), settled(gold)) or _same(settled(unrounded(given)), settled(gold))


def _left(tree: Tree) -> Tree:
    return tree.sides[0] if isinstance(tree, Relation) else tree


def _same_equation(given: Relation, gold: Relation) -> bool:
    (left, right), (wanted, value) = given.sides, gold.sides
    if is_named(left) and is_named(wanted):
        old, new = argument_of(left), argument_of(wanted)
        if old and new:
            return _same(settled(renamed(right, old, new)), settled(value))
        if _is_same_name(left, wanted) and _same(settled(right), settled(value)):
            return True
    return proportional(difference(given), difference(gold))


def _is_same_name(left: Tree, wanted: Tree) -> bool:
    """Whether both name one thing; y may be called f(x) as well, but |x| is not x."""
    names = {_initial(left), _initial(wanted)}
    return names in _ONE_FUNCTION or (len(names) == 1 and _is_absolute(left) == _is_absolute(wanted))


def _is_absolute(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.function == "absolute"


def _initial(tree: Tree) -> str:
    return name_of(tree).partition("_")[0]


def _same(given: Tree, gold: Tree) -> bool:
    """Whether two settled trees are the same answer."""
    if isinstance(gold, Items) and gold.structure == "several" and len(_distinct(gold.items)) == 1:
        gold = gold.items[0]
    if isinstance(given, Items) and given.structure == "several" and len(_distinct(given.items)) == 1:
        given = given.items[0]
    match given, gold:
        case Items(), Items():
            return _same_items(given, gold)
        case Relation(), Relation():
            return _same_relation(given, gold)
        case (Items() | Relation(), _) | (_, Items() | Relation()):
            return False
    return given == gold or _same_value(given, gold)


def _same_relation(given: Relation, gold: Relation) -> bool:
    if given.signs != gold.signs:
        return False
    if is_equation(given):
        return _same_equation(given, gold)
    return all(_same(left, right) for left, right in zip(given.sides, gold.sides, strict=True))


def _same_items(given: Items, gold: Items) -> bool:
    if {"=", "=_"} & {given.brackets, gold.brackets}:
        return _same_system(given, gold)
    if (given.structure, gold.structure) == ("several", "union") and all(map(_is_ordered, given.items)):
        given = Items("union", given.items)
    if {given.structure, gold.structure} == {"matrix", "ordered"}:
        return _same_matrix(matrix_of(given), gold if gold.brackets == "[]" else matrix_of(gold))
    if given.structure != gold.structure:
        return False
    if gold.structure in ("several", "union", "set"):
        return _same_in_any_order(_distinct(given.items), _distinct(gold.items))
    return given.brackets == gold.brackets and _same_in_order(given, gold)


def _same_system(given: Items, gold: Items) -> bool:
    """Whether values of several names are the same, told by name, as a tuple or, in the names' order, as a list.

    Where all are of one letter, as x_1 and x_2, a list may tell them in any order.
    """
    structures = {given.structure, gold.structure}
    if structures == {"ordered", "several"} and "=_" in (given.brackets, gold.brackets):
        return _same_in_any_order(_distinct(given.items), _distinct(gold.items))
    told = structures <= {"ordered", "several"} and {given.brackets, gold.brackets} <= {"=", "=_", "()", ""}
    return told and _same_in_order(given, gold)


def _is_ordered(tree: Tree) -> bool:
    return isinstance(tree, Items) and tree.structure == "ordered"


def _same_matrix(given: Items, gold: Items) -> bool:
    """Whether two matrices are the same, of which one is written as a tuple, which may be a row or a column."""
    lines = _is_line(given) and _is_line(gold)
    return (lines or given.brackets == gold.brackets) and _same_in_order(given, gold)


def _is_line(items: Items) -> bool:
    """Whether this is a matrix of one row or one column."""
    return items.structure == "matrix" and int(items.brackets) in (1, len(items.items))


def _same_in_order(given: Items, gold: Items) -> bool:
    return len(given.items) == len(gold.items) and all(map(_same, given.items, gold.items))


def _same_in_any_order(given: list[Tree], gold: list[Tree]) -> bool:
    if len(given) != len(gold):
        return False
    missing = list(gold)
    for item in given:
        place = next((place for place, wanted in enumerate(missing) if _same(item, wanted)), None)
        if place is None:
            return False
        del missing[place]
    return True


def _distinct(items: tuple[Tree, ...]) -> list[Tree]:
    found: list[Tree] = []
    for item in items:
        if not any(_same(item, other) for other in found):
            found.append(item)
    return found


def _same_value(given: Tree, gold: Tree) -> bool:
    if isinstance(given, Number) and isinstance(gold, Number) and {given.base, gold.base} != {None}:
        # Where the question names the base, answers leave it out.
        return given.value == gold.value and (given.base == gold.base or None in (given.base, gold.base))
    for value, other in ((given, gold), (gold, given)):
        if isinstance(value, Apply) and value.function == "percent" and not _is_percent(other):
            return equal(value.arguments[0], other) or equal(value, other)
    return equal(with_constant_of(gold, given), gold)


def _is_percent(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.function == "percent"
