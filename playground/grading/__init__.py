"""Verdicts on completions. `grade` finds a completion's final answer and compares it by the gold answer's type.

Integers are compared in this process, everything else in processes that can be killed. Knows no trials and aggregates
nothing.
"""

from __future__ import annotations

from playground.answers import final_answer, integer
from playground.errors import InvalidInput
from playground.grading.notation import plain
from playground.grading.reading import LONGEST
from playground.grading.verdict import Verdict
from playground.grading.workers import Workers, shared_workers
from playground.thinking import ThinkTags, split_thinking
from playground.trajectory import FinishReason

__all__ = ["Verdict", "grade", "grade_answer"]


def grade(completion: str, finish_reason: FinishReason | None, tags: ThinkTags, gold: str) -> Verdict:
    """The verdict on a completion that begins inside the thinking, as every prompt leaves it.

    The answer is what stands behind the last close tag (paper, section 4); for a model without tags it is looked for
    in the whole text. Without an answer the verdict is `no_answer`, or `truncated` where generation ran out of tokens.

    Raises:
        InvalidInput: the gold answer is empty.
        EngineError: no process can be started to compare answers in.
    """
    if finish_reason == "abort":
        return Verdict(outcome="error", why="the generation was aborted")
    thought = split_thinking(completion, tags, opened=True)
    extracted = None if thought.answer is None else final_answer(thought.answer)
    if extracted is not None:
        return grade_answer(extracted, gold)
    missing = "the thinking was never closed" if thought.answer is None else "the text names no final answer"
    if finish_reason == "length":
        return Verdict(outcome="truncated", why=f"{missing} before the tokens ran out")
    return Verdict(outcome="no_answer", why=missing)


def grade_answer(extracted: str, gold: str, workers: Workers | None = None) -> Verdict:
    """The verdict on a final answer, from any thread, within seconds whatever it is.

    Raises:
        InvalidInput: the gold answer is empty.
        EngineError: no process can be started to compare answers in.
    """
    if not gold.strip():
        raise InvalidInput("The gold answer is empty.", "Give every question an answer.")
    wanted, given = integer(gold), integer(extracted)
    if wanted is not None and given is not None:
        why = f"equals {wanted}" if given == wanted else f"is not {wanted}"
        return Verdict(outcome="correct" if given == wanted else "wrong", extracted=extracted, why=why)
    if len(extracted) > LONGEST:
        why = f"is longer than {LONGEST} characters, as no answer is"
        return Verdict(outcome="wrong", extracted=extracted, why=why)
    if plain(extracted) == plain(gold):
        return Verdict(outcome="correct", extracted=extracted, why="is written as the gold answer")
    finding = (workers or shared_workers()).compare(extracted, gold)
    return Verdict(outcome=finding.outcome, extracted=extracted, why=finding.why)
