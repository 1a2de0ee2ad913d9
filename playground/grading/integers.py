"""Gold answers that are integers, compared exactly. Does not know where an answer stands in a completion."""

from __future__ import annotations

from playground.answers import integer
from playground.errors import InvalidInput
from playground.grading.verdict import Verdict


def grade_integer(extracted: str, gold: str) -> Verdict:
    """Whether an extracted answer is the gold integer.

    Raises:
        InvalidInput: the gold answer is not an integer.
    """
    wanted = integer(gold)
    if wanted is None:
        raise InvalidInput(f"The gold answer {gold!r} is not an integer.", "Give questions with integer answers.")
    given = integer(extracted)
    if given == wanted:
        return Verdict(outcome="correct", extracted=extracted, why=f"equals {wanted}")
    problem = "is not an integer" if given is None else f"is not {wanted}"
    return Verdict(outcome="wrong", extracted=extracted, why=f"{extracted[:60]} {problem}")
