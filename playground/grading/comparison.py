"""Decides whether a given answer is the gold answer: by its type where that decides, else by Math-Verify.

An integer is compared as one, a tuple place by place, several answers in any order, an equation up to a factor, words
as words, an expression by its values. Only what cannot be read, or has no values, goes to Math-Verify. Runs in a
process that may be killed (`playground.grading.worker`); knows no completion.
"""

from __future__ import annotations

import re
from fractions import Fraction

from playground.grading.cursor import TooDeep, Unreadable
from playground.grading.equality import contradict, equal, proportional
from playground.grading.finding import Finding
from playground.grading.notation import plain, words_of
from playground.grading.reading import read
from playground.grading.second_reading import says_equal
from playground.grading.structures import argument_of, difference, is_equation, is_named, name_of, renamed, settled
from playground.grading.tokens import tokens
from playground.grading.tree import Answer, Apply, Items, Number, Relation, Symbol, Tree, walk
from playground.grading.units import factor
from playground.grading.values import NoValue, TooLarge
from playground.grading.vocabulary import SEPARATORS

_CHOSEN = r"(?:(?:option|choice|answer)\s+)?"
_CHOICE = re.compile(r"\(?([A-Z])\)?")

_TOLD = r"[).:]\s*(?!and\b|or\b)[^\s,;(].*"
"""What follows a choice that is written out: "C) 12"."""
_IN_WORDS = frozenset((*",;.'-()", *SEPARATORS))
"""Signs that may stand among words."""
_WORDS = re.compile(r"\\words\{([^{}]*)\}")


def compare(given: str, gold: str) -> Finding | None:
    """What comes of comparing two answers by their types; None where that does not decide."""
    return _as_text(given, gold) or _as_mathematics(given, gold)


def _as_text(given: str, gold: str) -> Finding | None:
    """What the letters alone decide."""
    if plain(given) == plain(gold):
        return Finding(outcome="correct", why="is written as the gold answer")
    letter = _CHOICE.fullmatch(plain(gold))
    if letter and re.fullmatch(
        rf"(?i:{_CHOSEN})\(?{letter[1]}(?:\)?|{_TOLD})", _WORDS.sub(r"\1", plain(given)), re.DOTALL
    ):
        return Finding(outcome="correct", why=f"is choice {letter[1]}")
    return _found(words_of(given) == words_of(gold), "says the same", "says something else") if is_words(gold) else None


def _as_mathematics(given: str, gold: str) -> Finding | None:
    try:
        return _by_type(read(given), read(gold))
    except TooDeep:
        return Finding(outcome="wrong", why="is nested deeper than an answer is")
    except TooLarge:
        return Finding(outcome="grader_timeout", why="has a value too large to compute")
    except (Unreadable, NoValue):
        if is_words(given):
            return Finding(outcome="wrong", why="is words where the gold answer is mathematics")
    return None


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
    given, gold = _in_radians(given, gold), _in_radians(gold, given)
    times = factor(given.unit, gold.unit)
    if times is None:
        return Finding(outcome="wrong", why=f"is in {given.unit}, not in {gold.unit}")
    tree = given.tree if times == 1 else Apply("multiply", (Number(times), settled(given.tree)))
    return _found(_alike(tree, gold.tree), "is equal to the gold answer", "is not equal to the gold answer")


def _contradicts_itself(tree: Tree) -> bool:
    """Whether it says what cannot be, as 6 = 5 does; a unit, such as the modulus of 10 ≡ 1, may make it true."""
    equations = [part for part in walk(tree) if isinstance(part, Relation) and set(part.signs) == {"="}]
    return any(contradict(equation.sides) for equation in equations)


def _in_radians(answer: Answer, other: Answer) -> Answer:
    """An angle in degrees as one in radians where the other answer, with its π, is in radians."""
    if answer.unit != "degree" or other.unit or Symbol("pi") not in walk(other.tree):
        return answer
    radians = Apply("divide", (Symbol("pi"), Number(Fraction(180))))
    return Answer(Apply("multiply", (answer.tree, radians)))


def _alike(given: Tree, gold: Tree) -> bool:
    if is_equation(gold) and is_equation(given):
        assert isinstance(given, Relation)
        assert isinstance(gold, Relation)
        return _same_equation(given, gold)
    if (is_equation(gold) and not is_named(_left(gold))) or _is_foreign(given, gold):
        return False
    return _same(settled(given), settled(gold))


def _left(tree: Tree) -> Tree:
    return tree.sides[0] if isinstance(tree, Relation) else tree


def _is_foreign(given: Tree, gold: Tree) -> bool:
    """Whether the given answer excludes a value, as x ≠ 2 does, and the gold answer is one."""
    return isinstance(given, Relation) and "!=" in given.signs and not isinstance(gold, Relation)


def _same_equation(given: Relation, gold: Relation) -> bool:
    (left, right), (wanted, value) = given.sides, gold.sides
    if is_named(left) and is_named(wanted):
        old, new = argument_of(left), argument_of(wanted)
        if old and new:
            return _same(settled(renamed(right, old, new)), settled(value))
        if _initial(left) == _initial(wanted) and _same(settled(right), settled(value)):
            return True
    return proportional(difference(given), difference(gold))


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
    if "=" in (given.brackets, gold.brackets):
        return _same_system(given, gold)
    if (given.structure, gold.structure) == ("several", "union") and all(map(_is_ordered, given.items)):
        given = Items("union", given.items)
    if {given.structure, gold.structure} == {"matrix", "ordered"}:
        return _is_vector(given) and _is_vector(gold) and _same_in_order(given, gold)
    if given.structure != gold.structure:
        return False
    if gold.structure in ("several", "union"):
        return _same_in_any_order(_distinct(given.items), _distinct(gold.items))
    return given.brackets == gold.brackets and _same_in_order(given, gold)


def _same_system(given: Items, gold: Items) -> bool:
    """Whether values of several names are the same, told by name, as a tuple or, in the names' order, as a list."""
    structures = {given.structure, gold.structure}
    told = structures <= {"ordered", "several"} and {given.brackets, gold.brackets} <= {"=", "()", ""}
    return told and _same_in_order(given, gold)


def _is_ordered(tree: Tree) -> bool:
    return isinstance(tree, Items) and tree.structure == "ordered"


def _is_vector(items: Items) -> bool:
    return items.brackets in ("()", "1")


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
    return equal(given, gold)


def _is_percent(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.function == "percent"
