"""How a run's models did alone, from which both tests' subsets are selected. Pure; selects nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evaluator.config import RunConfig
from evaluator.trials.attempts import Attempts, miss_counts, solve_counts
from playground.records import RunQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the models of a run, and those that guide them, did alone."""

    config: RunConfig
    tries: Mapping[str, Attempts]
    """Those of the run's models and of its guides."""
    solves: Mapping[str, Mapping[str, int]]
    """Solve counts of the tested questions, for each model of the run."""
    misses: Mapping[str, Mapping[str, int]]
    """How often it failed them: what the engine or the grader could not do is neither."""
    pool: frozenset[str]
    silent: frozenset[str] = frozenset()
    """The models of which there is nothing but recorded responses."""

    @classmethod
    def of(
        cls,
        config: RunConfig,
        questions: Sequence[RunQuestion],
        tries: Mapping[str, Attempts],
        silent: Collection[str] = (),
    ) -> Self:
        pool = frozenset(item.question.id for item in questions if item.role == "pool")
        solves = {model: solve_counts(tries[model], questions) for model in config.models}
        misses = {model: miss_counts(tries[model], questions) for model in config.models}
        return cls(config=config, tries=tries, solves=solves, misses=misses, pool=pool, silent=frozenset(silent))

    @property
    def scores(self) -> dict[str, float]:
        """The share of right answers to the tested questions."""
        found = {model: (sum(self.solves[model].values()), sum(self.misses[model].values())) for model in self.solves}
        return {model: right / max(right + wrong, 1) for model, (right, wrong) in found.items()}

    def most_solves(self, model: str) -> dict[str, int]:
        """How often the model may have solved each tested question: all that it did not fail."""
        return {question: self.config.n - missed for question, missed in self.misses[model].items()}

    @property
    def voices(self) -> list[str]:
        """The models of the run that can go on with a trajectory."""
        return [model for model in self.config.models if model not in self.silent]

    def disturbable(self, model: str, question: str) -> bool:
        """Whether the model has a correct attempt that a distraction may be put into."""
        attempts = self.tries[model].get(question, ())
        return any(attempt.correct and self.config.can_be_disturbed(attempt.tokens) for attempt in attempts)

    def can_distract(self, model: str) -> bool:
        """Whether there is something to disturb the model with, in one of the run's variants at least."""
        lenders = {"own": [model], "first-paragraph": [model], "other-models": [m for m in self.tries if m != model]}
        return any(
            variant == "digits" or any(self._closes(lender) for lender in lenders[variant])
            for variant in self.config.variants
        )

    def _closes(self, model: str) -> bool:
        """Whether the model closed its thinking on a pool question."""
        return any(attempt.closed for question in self.pool for attempt in self.tries[model].get(question, ()))
