"""Trials to outcomes, in fixed groups. Knows neither what the trials are for nor where outcomes are kept.

The groups are formed from the trials alone, before anything is looked up, and a group is generated and kept whole or
not at all: an engine whose results depend on what is generated together gives the same results after a restart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from evaluator.ledger import Ledger
from evaluator.progress import Progress
from evaluator.turning_back import backtracks
from playground.engine.base import Completion, Engine, Request
from playground.grading import grade
from playground.records import Outcome, Trial
from playground.thinking import ThinkTags

Measure = Callable[[Trial], float | None]
"""What is measured of a trial beside its continuation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What trials are continued and judged with."""

    engine: Engine
    tags: ThinkTags
    steer_probability: Measure = lambda trial: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Trials that are generated together, in this order."""

    trials: tuple[Trial, ...]

    @property
    def id(self) -> str:
        """16 hexadecimal digits, a function of the members and their order."""
        return hashlib.sha256(" ".join(trial.id for trial in self.trials).encode()).hexdigest()[:16]


def form_groups(trials: Iterable[Trial], size: int) -> list[Group]:
    """Groups of `size` trials, each trial once: prompts of like length together, samples of a prompt side by side."""
    distinct = {trial.id: trial for trial in trials}.values()
    ordered = sorted(distinct, key=lambda trial: (len(trial.prompt), trial.prompt, trial.sample, trial.id))
    return [Group(trials=tuple(ordered[start : start + size])) for start in range(0, len(ordered), size)]


def run_groups(groups: Sequence[Group], generation: Generation, ledger: Ledger, progress: Progress) -> None:
    """Generate, grade and keep the groups that the ledger does not hold yet.

    Raises:
        EngineError: the engine failed; what was kept before stays.
        RunError: the ledger cannot be written to.
    """
    finished = ledger.finished()
    for group in groups:
        if all(trial.id in finished for trial in group.trials):
            progress.skip(len(group.trials))
            continue
        outcomes = dict(_outcomes(group, generation, progress))
        ledger.add_group(group.id, [(trial, outcomes[trial.id]) for trial in group.trials])


def _outcomes(group: Group, generation: Generation, progress: Progress) -> Iterator[tuple[str, Outcome]]:
    engine = generation.engine
    fits = {trial.id: _fits(trial, engine) for trial in group.trials}
    fitting = [trial for trial in group.trials if fits[trial.id]]
    requests = [Request(prompt=trial.prompt, params=trial.params) for trial in fitting]
    for position, completion in engine.generate(requests) if requests else ():
        trial = fitting[position]
        progress.advance(completion.completion_tokens)
        yield trial.id, _graded(trial, completion, generation)
    for trial in group.trials:
        if not fits[trial.id]:
            progress.advance(0)
            yield trial.id, _too_long(trial, engine)


def _fits(trial: Trial, engine: Engine) -> bool:
    return len(engine.token_ends(trial.prompt)) < engine.capabilities.context_length


def _too_long(trial: Trial, engine: Engine) -> Outcome:
    why = f"the prompt does not fit the context of {engine.capabilities.context_length} tokens"
    return Outcome(trial_id=trial.id, verdict="error", text="", tokens=0, why=why)


def _graded(trial: Trial, completion: Completion, generation: Generation) -> Outcome:
    verdict = grade(completion.text, completion.finish_reason, generation.tags, trial.question.gold)
    disturbed = trial.condition.test == "recoverability"
    return Outcome(
        trial_id=trial.id,
        verdict=verdict.outcome,
        text=completion.text,
        extracted=verdict.extracted,
        finish_reason=completion.finish_reason,
        tokens=completion.completion_tokens,
        why=verdict.why,
        backtracks=backtracks(completion, generation.tags, trial.question.text) if disturbed else None,
        steer_probability=generation.steer_probability(trial),
    )
