"""The likelihood probe: how probable a model finds the steps it is given. Knows no subset and no outcome.

Source: protocol of arXiv 2510.06410, section 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from evaluator.running.runner import Generating
from playground.engine.base import Engine
from playground.errors import Unsupported
from playground.models import ModelCard
from playground.prompting import opening
from playground.records import Trial


def steer_probability(engine: Generating, card: ModelCard) -> Callable[[Trial], float | None]:
    """A function that gives the mean probability of a token of a guide's steps, given the question.

    It is None for every trial but those of guidability.

    Raises:
        Unsupported: the engine cannot score text.
    """
    if not isinstance(engine, Engine) or not engine.capabilities.scoring:
        raise Unsupported(f"{card.name} cannot score text on this engine.", "Leave out --likelihood.")

    def measure(trial: Trial) -> float | None:
        if trial.condition.test != "guidability":
            return None
        tokens = engine.score(opening(trial.question.text, card), trial.prefix)
        scores = [token.logprob for token in tokens if token.logprob is not None]
        return sum(map(math.exp, scores)) / len(scores) if scores else None

    return measure
