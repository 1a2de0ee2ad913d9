"""Says how a finished trace ended, with its verdict. Judges nothing itself: the graders do."""

from __future__ import annotations

from playground.answers import final_answer
from playground.branches import Ending
from playground.grading import grade, grade_answer
from playground.thinking import ThinkTags
from playground.trajectory import FinishReason, Trajectory


def judge(trajectory: Trajectory, reason: FinishReason, tags: ThinkTags) -> Ending:
    """The ending of a relay that ran to its end; `tags` are its last writer's.

    Raises:
        InvalidInput: no grader reads the gold answer.
    """
    completion = trajectory.thinking + ((tags.close or "") + trajectory.answer if trajectory.closed else "")
    if trajectory.gold is not None:
        verdict = grade(completion, reason, tags, trajectory.gold)
        return Ending(outcome=verdict.outcome, answer=verdict.extracted, gold=trajectory.gold, why=verdict.why)
    answer = final_answer(completion if tags.close is None else trajectory.answer)
    if answer is not None:
        return Ending(outcome="answer", answer=answer, why="no correct answer is known")
    if reason == "length":
        return Ending(outcome="truncated", why="the tokens ran out")
    return Ending(outcome="no_answer", why="the text names no final answer")


def adopts(extracted: str | None, outcome: str, steer_gold: str) -> bool:
    """Whether a final answer is the one to the question that a distractor was cut from; at times it is by chance."""
    if extracted is None or outcome not in ("wrong", "answer"):
        return False
    return grade_answer(extracted, steer_gold).outcome == "correct"
