"""Verdicts on completions. `grade` takes one apart and hands its final answer to the grader of the gold's kind.

The only kind so far is the integer. Does not know trials, and nothing here aggregates.
"""

from __future__ import annotations

from playground.answers import final_answer
from playground.grading.integers import grade_integer
from playground.grading.verdict import Verdict
from playground.thinking import ThinkTags, split_thinking
from playground.trajectory import FinishReason

__all__ = ["Verdict", "grade"]


def grade(completion: str, finish_reason: FinishReason | None, tags: ThinkTags, gold: str) -> Verdict:
    """The verdict on a completion that begins inside the thinking, as every prompt leaves it.

    The answer is what stands behind the last close tag (paper, section 4); for a model without tags it is looked for
    in the whole text. Without an answer the verdict is `no_answer`, or `truncated` where generation ran out of tokens.

    Raises:
        InvalidInput: no grader reads this gold answer.
    """
    if finish_reason == "abort":
        return Verdict(outcome="error", why="the generation was aborted")
    thought = split_thinking(completion, tags, opened=True)
    extracted = None if thought.answer is None else final_answer(thought.answer)
    if extracted is not None:
        return grade_integer(extracted, gold)
    missing = "the thinking was never closed" if thought.answer is None else "the text names no final answer"
    if finish_reason == "length":
        return Verdict(outcome="truncated", why=f"{missing} before the tokens ran out")
    return Verdict(outcome="no_answer", why=missing)
