"""The stages of a run: alone, selection, then the twin tests. Knows no files and no report.

Each stage is a function of the configuration and of the outcomes before it, so that a run taken up again does the
same as one that was never broken off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from evaluator.config import RunConfig
from evaluator.faults import USUAL, FaultPolicy
from evaluator.running.leakage import LeakJudge, steers
from evaluator.running.ledger import Ledger
from evaluator.running.likelihood import steer_probability
from evaluator.running.runner import Generating, Generation, form_groups, run_groups
from evaluator.trials.attempts import Attempts, attempts, solo_trials
from evaluator.trials.distraction import recoverability_trials
from evaluator.trials.distractors import distractor_pools
from evaluator.trials.guidance import guidability_trials, guides
from evaluator.trials.recorded_responses import RecordedPool, recorded_outcomes
from evaluator.trials.standing import Standing
from evaluator.trials.subject import Subject
from evaluator.trials.subsets import subsets, to_be_guided
from evaluator.trials.taken_subsets import TakenSubsets, take_over
from playground.cli.progress import Progress
from playground.models import ModelCard
from playground.records import Question, RunModel, RunQuestion, Selection, Test, Trial

OpenEngine = Callable[[ModelCard], AbstractContextManager[Generating]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a run works with."""

    config: RunConfig
    cards: tuple[ModelCard, ...]
    """The models, in the order of `config.models`."""
    questions: tuple[RunQuestion, ...]
    open_engine: OpenEngine
    """Gives a model for one stage, which may be kept for the next if that is of the same model."""
    ledger: Ledger
    progress: Progress
    policy: FaultPolicy = USUAL
    """How many faults of its engines the run tolerates."""
    guides: tuple[ModelCard, ...] = ()
    """The models of `config.guides` that are not among the run's own."""
    recorded: Mapping[str, RecordedPool] = field(default_factory=dict)
    """Responses recorded elsewhere, by their model."""
    silent: frozenset[str] = frozenset()
    """The models of which there is nothing else."""
    taken: TakenSubsets | None = None
    """The subsets of another run, where they are to be the same."""
    judge: ModelCard | None = None
    """The model that says which steers hold the gold answer."""

    def run(self) -> None:
        """Fill a ledger that holds the run's questions; what outcomes it has already are kept.

        Raises:
            EngineError: an engine failed. The same run taken up again goes on from there.
            RunError: the ledger cannot be written to, or a model is not what it was when the run began.
        """
        for position, card in enumerate(self.cards):
            self._solo(position, card, self.questions)
        tries = {card.name: self._attempts(card) for card in self.cards}
        standing = Standing.of(self.config, self.questions, tries, self.silent)
        if self.guides:
            wanted = set(to_be_guided(standing))
            asked = [item for item in self.questions if item.question.id in wanted]
            for position, card in enumerate(self.guides, start=len(self.cards)):
                self._solo(position, card, asked)
            tries |= {card.name: self._attempts(card) for card in self.guides}
        selections = subsets(standing)
        if self.taken:
            selections = take_over(selections, self.taken, standing)
        self.ledger.add_selections(selections)
        for card in reversed(self.cards):  # the last one may still be loaded
            self._steered(card, standing, [item for item in selections if item.model == card.name])
        if self.judge:
            self._judged(self.judge)

    def _judged(self, judge: ModelCard) -> None:
        """Ask of each steer whether it holds the answer; what was asked before is kept."""
        known = {(item.question, item.steer) for item in self.ledger.reader.leak_judgements()}
        asked = [item for item in steers(self.ledger.reader.records("guidability")) if item.key not in known]
        if not asked:
            return
        with self.open_engine(judge) as engine:
            names = [card.name for card in (*self.cards, *self.guides)]
            place = names.index(judge.name) if judge.name in names else len(names)
            self.ledger.add_model(run_model(judge, engine), place)
            leak_judge = LeakJudge(engine, judge, self.config.max_tokens)
            self.progress.begin(f"leakage {judge.name}", len(asked))
            for start in range(0, len(asked), self.config.group_size):
                group = asked[start : start + self.config.group_size]
                self.ledger.add_leak_judgements(leak_judge.judge(group))
                for _ in group:
                    self.progress.advance()
            self.progress.end()

    def _solo(self, position: int, card: ModelCard, questions: Sequence[RunQuestion]) -> None:
        """What a model writes alone; what was recorded of it elsewhere is not generated."""
        pool = self.recorded.get(card.name)
        if pool and card.name in self.silent:
            model = RunModel(name=card.name, identity=pool.identity, think=pool.think, template_hash="")
            self.ledger.add_model(model, position)
            subject = Subject(card=card, revision=pool.identity.revision, token_ends=_no_tokens, config=self.config)
            self._take_over(pool, subject, solo_trials(subject, questions))
            return
        with self.open_engine(card) as engine:
            self.ledger.add_model(run_model(card, engine), position)
            subject = self._subject(card, engine)
            trials = solo_trials(subject, questions)
            if pool:
                there = self._take_over(pool, subject, trials)
                trials = [trial for trial in trials if trial.id not in there]
            self._generate("solo", Generation(engine=engine, tags=card.think, policy=self.policy), card, trials)

    def _take_over(self, pool: RecordedPool, subject: Subject, trials: Sequence[Trial]) -> set[str]:
        done = recorded_outcomes(subject, pool, trials)
        self.ledger.ask(trial for trial, _ in done)
        self.ledger.add_group(f"recorded {pool.digest[:12]}", done)
        return {trial.id for trial, _ in done}

    def _attempts(self, card: ModelCard) -> Attempts:
        return attempts(self.ledger.reader.records("solo", card.name), card.think)

    def _steered(self, card: ModelCard, standing: Standing, chosen: Sequence[Selection]) -> None:
        """Both tests of one model on its subsets; a trial that is in several subsets is made once."""
        if not any(item.questions for item in chosen):
            return
        with self.open_engine(card) as engine:
            subject = self._subject(card, engine)
            generation = Generation(engine=engine, tags=card.think, policy=self.policy)
            self._generate("recoverability", generation, card, self._recovering(subject, standing, chosen))
            if self.config.likelihood:
                measure = steer_probability(engine, card)
                generation = replace(generation, steer_probability=measure)
            self._generate("guidability", generation, card, self._guided(subject, standing, chosen))

    def _recovering(self, subject: Subject, standing: Standing, chosen: Sequence[Selection]) -> list[Trial]:
        names = {name for item in chosen if item.test == "recoverability" for name in item.questions}
        own = standing.tries[subject.card.name]
        pool = [item.question for item in self.questions if item.role == "pool"]
        tested = {item.question.id for item in self.questions if item.role == "tested"}
        traces = [attempt.thinking for name in sorted(tested) for attempt in own.get(name, ()) if attempt.correct]
        pools = distractor_pools(subject, pool, standing.tries, traces)
        return recoverability_trials(subject, self._named(names), own, pools)

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

    def _subject(self, card: ModelCard, engine: Generating) -> Subject:
        return Subject(card=card, revision=engine.identity.revision, token_ends=engine.token_ends, config=self.config)

    def _generate(self, stage: Test, generation: Generation, card: ModelCard, trials: Sequence[Trial]) -> None:
        self.ledger.ask(trials)
        inherited = self.ledger.inherited()
        groups = form_groups((trial for trial in trials if trial.id not in inherited), self.config.group_size)
        if groups:
            self.progress.begin(f"{stage} {card.name}", sum(len(group.trials) for group in groups))
            run_groups(groups, generation, self.ledger, self.progress)
            self.progress.end()


def _no_tokens(text: str) -> list[int]:
    """Where there is no model, nothing is measured in its tokens."""
    return []


def run_model(card: ModelCard, engine: Generating) -> RunModel:
    """A model of a run: who it is, exactly."""
    template = card.template.source if card.template else ""
    return RunModel(
        name=card.name,
        identity=engine.identity,
        think=card.think,
        template_hash=hashlib.sha256(template.encode()).hexdigest() if template else "",
        context_length=engine.capabilities.context_length,
        template_options=card.template.options if card.template else {},
        user_suffix=card.user_suffix,
        engine_options=card.options,
    )
