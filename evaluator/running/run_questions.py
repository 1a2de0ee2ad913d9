"""Finds the questions of a run: a preset's, those of benchmarks or files, or another run's. Draws no subset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from evaluator.benchmarks import math_questions, tiers
from evaluator.config import RunConfig
from evaluator.options import Request
from evaluator.presets import preset
from evaluator.trials.recorded_responses import RecordedPool, answered_by_all
from evaluator.trials.selection import run_questions
from evaluator.trials.taken_subsets import TakenSubsets
from playground.errors import InvalidInput
from playground.question_files import questions
from playground.records import Question, RunQuestion

OTHERS_FILE: Final = "math_test_5000.jsonl"
"""The test set of MATH in --data-dir: where it lies, distractors come from its questions outside MATH-500."""


def asked(request: Request) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """The questions that a run may test, and those whose trajectories may distract; no other ones of the latter mean
    that they come from the former.

    Raises:
        InvalidInput: no such benchmark, or a file that cannot be read.
    """
    shipped = {question.benchmark for question in tiers()}
    if request.tasks and set(request.tasks) <= shipped:
        return tuple(question for question in tiers() if question.benchmark in request.tasks), ()
    if request.tasks or preset(request.preset).math:
        found = math_questions(request.tasks, request.data_dir)
        return found, _others(found, request.data_dir)
    return tiers(), ()


def _others(tested: Sequence[Question], folder: Path | None) -> tuple[Question, ...]:
    path = (folder or Path()) / OTHERS_FILE
    if folder is None or not path.is_file():
        return ()
    texts, ids = {item.text.strip() for item in tested}, {item.id for item in tested}
    return tuple(item for item in questions(path) if item.text.strip() not in texts and item.id not in ids)


def questions_of(
    request: Request, config: RunConfig, pools: Sequence[RecordedPool], taken: TakenSubsets | None
) -> tuple[RunQuestion, ...]:
    """The questions of a run and what each serves for.

    Where there are recorded responses, only what all of them answer is asked.

    Raises:
        InvalidInput: there are not as many questions as the run is to ask, or recorded responses to none of them.
    """
    if taken:
        return answered_by_all(taken.questions, pools, config.n) if pools else taken.questions
    found, others = asked(request)
    if pools:
        found = _answered(found, pools)
        if not found:
            names = ", ".join(pool.model for pool in pools)
            raise InvalidInput(
                f"The recorded responses of {names} answer none of the questions.",
                "Compare the texts of their problems.",
            )
        others = _answered(others, pools)
    drawn = run_questions(found, limit=config.limit, pool=config.pool, seed=config.seed, others=others)
    return answered_by_all(drawn, pools, config.n) if pools else drawn


def _answered(found: Sequence[Question], pools: Sequence[RecordedPool]) -> tuple[Question, ...]:
    return tuple(question for question in found if all(pool.answers(question) for pool in pools))


def check_limit(config: RunConfig, drawn: Sequence[RunQuestion]) -> None:
    """Refuse a run in which recorded responses leave fewer questions than are to be tested.

    Raises:
        InvalidInput: says how many there are.
    """
    tested = sum(item.role == "tested" for item in drawn)
    if tested < config.limit and not config.subsets:
        raise InvalidInput(
            f"{tested} of {config.limit} questions have {config.n} recorded responses.",
            f"Give --limit {tested}, or a smaller --n.",
        )
