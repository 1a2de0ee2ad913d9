"""A run from its configuration to a full ledger: alone, selection, then the twin tests. Knows no files and no report.

Each stage is a function of the configuration and of the outcomes before it, so that a run taken up again does the
same as one that was never broken off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from evaluator.config import RunConfig
from evaluator.guidance import guidability_trials, guides
from evaluator.ledger import Ledger
from evaluator.progress import Progress
from evaluator.distraction import distractors, recoverability_trials
from evaluator.runner import form_groups, run_groups
from evaluator.attempts import Attempts, attempts, solo_trials
from evaluator.subject import Subject
from evaluator.subsets import Standing, subsets
from playground.engine.base import Engine
from playground.models import ModelCard
from playground.records import Question, RunModel, RunQuestion, Selection, Trial

OpenEngine = Callable[[ModelCard], AbstractContextManager[Engine]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a run works with."""

    config: RunConfig
    cards: tuple[ModelCard, ...]
    """The models, in the order of `config.models`."""
    questions: tuple[RunQuestion, ...]
    open_engine: OpenEngine
    """Loads a model for one stage; it is closed before the next."""
    ledger: Ledger
    progress: Progress

    def run(self) -> None:
        """Fill a ledger that holds the run's questions; what outcomes it has already are kept.

        Raises:
            EngineError: an engine failed. The same run taken up again goes on from there.
            RunError: the ledger cannot be written to, or a model is not what it was when the run began.
        """
        for position, card in enumerate(self.cards):
            self._solo(position, card)
        tries = {card.name: self._attempts(card) for card in self.cards}
        standing = Standing.of(self.config, self.questions, tries)
        selections = subsets(standing)
        self.ledger.add_selections(selections)
        for card in self.cards:
            self._steered(card, standing, [item for item in selections if item.model == card.name])

    def _solo(self, position: int, card: ModelCard) -> None:
        with self.open_engine(card) as engine:
            self.ledger.add_model(_run_model(card, engine), position)
            self._generate("solo", card, engine, solo_trials(self._subject(card, engine), self.questions))

    def _attempts(self, card: ModelCard) -> Attempts:
        return attempts(self.ledger.reader.records("solo", card.name), card.think)

    def _steered(self, card: ModelCard, standing: Standing, chosen: Sequence[Selection]) -> None:
        """Both tests of one model on its subsets; a trial that is in several subsets is made once."""
        if not any(item.questions for item in chosen):
            return
        with self.open_engine(card) as engine:
            subject = self._subject(card, engine)
            self._generate("recoverability", card, engine, self._recovering(subject, standing, chosen))
            self._generate("guidability", card, engine, self._guided(subject, standing, chosen))

    def _recovering(self, subject: Subject, standing: Standing, chosen: Sequence[Selection]) -> list[Trial]:
        names = {name for item in chosen if item.test == "recoverability" for name in item.questions}
        own = standing.tries[subject.card.name]
        pool = [item.question for item in self.questions if item.role == "pool"]
        return recoverability_trials(subject, self._named(names), own, distractors(subject, pool, own))

    def _guided(self, subject: Subject, standing: Standing, chosen: Sequence[Selection]) -> list[Trial]:
        steers = [
            guide
            for item in chosen
            if item.test == "guidability"
            for guide in guides(self._named(item.questions), item.guides, standing.tries, self.config.seed)
        ]
        return guidability_trials(subject, steers)

    def _named(self, names: Collection[str]) -> list[Question]:
        return [item.question for item in self.questions if item.question.id in names]

    def _subject(self, card: ModelCard, engine: Engine) -> Subject:
        return Subject(card=card, revision=engine.identity.revision, token_ends=engine.token_ends, config=self.config)

    def _generate(self, stage: str, card: ModelCard, engine: Engine, trials: Sequence[Trial]) -> None:
        groups = form_groups(trials, self.config.group_size)
        if groups:
            self.progress.begin(f"{stage} {card.name}", sum(len(group.trials) for group in groups))
            run_groups(groups, engine, card.think, self.ledger, self.progress)
            self.progress.end()


def _run_model(card: ModelCard, engine: Engine) -> RunModel:
    template = card.template.source if card.template else ""
    return RunModel(
        name=card.name,
        identity=engine.identity,
        think=card.think,
        template_hash=hashlib.sha256(template.encode()).hexdigest() if template else "",
    )
