"""The model under test as builders of trials see it, and the one way to make a trial. Generates nothing."""

from __future__ import annotations

from dataclasses import dataclass

from evaluator.config import RunConfig
from playground import prompting
from playground.models import ModelCard
from playground.records import Condition, Question, Trial
from playground.sampling import derive_seed
from playground.steering import TokenEnds
from playground.trajectory import Segment, Trajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A loaded model: its card, its revision and its measure of text."""

    card: ModelCard
    revision: str
    token_ends: TokenEnds
    """The tokens in which its own and foreign reasoning are measured."""
    config: RunConfig

    def trial(
        self, question: Question, condition: Condition, segments: tuple[Segment, ...] = (), sample: int = 0
    ) -> Trial:
        """The trial that continues these segments, with a seed of its own."""
        seed = derive_seed(self.config.seed, self.card.name, *condition.key, question.id, sample)
        return Trial(
            model=self.card.name,
            revision=self.revision,
            condition=condition,
            question=question,
            prompt=prompting.render(Trajectory(question=question.text, segments=segments), self.card),
            segments=segments,
            params=self.config.params(seed),
            sample=sample,
        )
