"""Measures a tiny reasoner's accuracy on the shipped questions: Pass@1 with an interval.

Knows completions and questions, not how a reasoner came about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.reasoners.questions import Question, shipped_questions
from playground.reasoners.reasoner import Reasoner, Sampling
from playground.statistics.rates import rate

BOXED = re.compile(r"\\boxed\{(-?\d+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Pass@1 on one tier."""

    tier: int
    questions: int
    samples: int
    pass_at_1: float
    low: float
    """Lower end of the 95 % interval, clustered by question."""
    high: float
    correct: tuple[int, ...]
    """Correct samples of each question, in the order of the shipped file."""


def is_correct(completion: str, question: Question) -> bool:
    """Whether the last boxed number of a completion is the gold answer."""
    found = BOXED.findall(completion)
    return bool(found) and found[-1] == question.answer


def measure(reasoner: Reasoner, tier: int, sampling: Sampling) -> Accuracy:
    """Pass@1 of a reasoner on all shipped questions of a tier."""
    questions = shipped_questions(tier)
    prompts = [reasoner.prompt(question.problem) for question in questions for _ in range(sampling.samples)]
    completions = reasoner.complete(prompts, sampling)
    correct = tuple(
        sum(is_correct(text, question) for text in completions[at * sampling.samples : (at + 1) * sampling.samples])
        for at, question in enumerate(questions)
    )
    return accuracy(tier, sampling.samples, correct)


def accuracy(tier: int, samples: int, correct: tuple[int, ...]) -> Accuracy:
    """Pass@1 with its interval from how many of its `samples` each question has right."""
    hits = [sample < count for count in correct for sample in range(samples)]
    found = rate(hits, [str(question) for question in range(len(correct)) for _ in range(samples)])
    return Accuracy(
        tier=tier,
        questions=len(correct),
        samples=samples,
        pass_at_1=found.value,
        low=found.low,
        high=found.high,
        correct=correct,
    )
