"""The questions of each preset. Does not know which of them a run takes."""

from __future__ import annotations

from playground.reasoners.questions import TIERS, shipped_questions
from playground.records import Question


def tiers() -> tuple[Question, ...]:
    """The shipped arithmetic stories; each tier of difficulty is a benchmark."""
    return tuple(
        Question(id=item.id, text=item.problem, gold=item.answer, benchmark=f"tier{tier}")
        for tier in TIERS
        for item in shipped_questions(tier)
    )
