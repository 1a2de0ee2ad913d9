"""The work that is measured: shipped questions as the requests of an evaluation, several samples each."""

from __future__ import annotations

from playground.engine.base import Engine, Request
from playground.models import find_card
from playground.prompting import render
from playground.reasoners.questions import shipped_questions
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory

REASONER = "tiny-oak-plain"
QUESTIONS = 200
SAMPLES = 8
MAX_TOKENS = 400


def prompts(count: int = QUESTIONS) -> list[str]:
    """The exact prompts of questions from the first tier."""
    card = find_card(REASONER)
    return [render(Trajectory(question=question.problem), card) for question in shipped_questions(1)[:count]]


def requests(texts: list[str], samples: int, max_tokens: int = MAX_TOKENS, first_seed: int = 0) -> list[Request]:
    """Every prompt `samples` times, each request with a seed of its own."""
    repeated = [text for text in texts for _ in range(samples)]
    return [
        Request(prompt=text, params=SamplingParams(seed=first_seed + index, max_tokens=max_tokens))
        for index, text in enumerate(repeated)
    ]


def generated(engine: Engine, work: list[Request]) -> int:
    """Tokens that an engine writes for all of them."""
    return sum(result.completion.completion_tokens for result in engine.generate(work))
