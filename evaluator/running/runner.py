"""Generates and grades trials in fixed groups. Knows neither what they are for nor where outcomes are kept.

The groups are formed from the trials alone, before anything is looked up, and a group is generated and kept whole or
not at all: an engine whose results depend on what is generated together gives the same results after a restart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from evaluator.faults import USUAL, FaultPolicy, Faults, continued
from evaluator.running.ledger import Ledger
from evaluator.running.turning_back import backtracks
from playground.cli.progress import Progress
from playground.engine.base import Capabilities, Completion, Failed, Identity, Indexed, Request
from playground.errors import EngineError
from playground.grading import grade
from playground.records import Outcome, Trial
from playground.thinking import ThinkTags

Measure = Callable[[Trial], float | None]
"""What is measured of a trial beside its continuation."""


class Generating(Protocol):
    """What generates a run's continuations: an engine, or several processes that each have one."""

    @property
    def identity(self) -> Identity: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def token_ends(self, text: str) -> list[int]: ...

    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]: ...

    def attempt(self, requests: Sequence[Request]) -> Iterator[Indexed | Failed]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What trials are continued and judged with."""

    engine: Generating
    tags: ThinkTags
    steer_probability: Measure = lambda trial: None
    policy: FaultPolicy = USUAL


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

    An engine that batches continuously gets all of them at once, and each is kept when its last member is finished.

    Raises:
        EngineError: the engine failed; what was kept before stays.
        RunError: the ledger cannot be written to.
    """
    finished = ledger.finished()
    missing = [group for group in groups if any(trial.id not in finished for trial in group.trials)]
    progress.skip(sum(len(group.trials) for group in groups) - sum(len(group.trials) for group in missing))
    faults = Faults(generation.policy, total=sum(len(group.trials) for group in groups))
    parts = [missing] if generation.engine.capabilities.continuous_batching else [[group] for group in missing]
    for part in parts:
        kept = {trial.id: group for group in part for trial in group.trials}
        outcomes: dict[str, Outcome] = {}
        for outcome in _outcomes([trial for group in part for trial in group.trials], generation, faults, progress):
            outcomes[outcome.trial_id] = outcome
            group = kept[outcome.trial_id]
            if all(trial.id in outcomes for trial in group.trials):
                ledger.add_group(group.id, [(trial, outcomes.pop(trial.id)) for trial in group.trials])


def _outcomes(trials: Sequence[Trial], generation: Generation, faults: Faults, progress: Progress) -> Iterator[Outcome]:
    """What becomes of each trial, as they come."""
    engine = generation.engine
    room = engine.capabilities.context_length
    fits = {prompt: len(engine.token_ends(prompt)) < room for prompt in {trial.prompt for trial in trials}}
    for trial in trials:
        if not fits[trial.prompt]:
            outcome = _failed(trial, f"the prompt does not fit the context of {room} tokens")
            progress.advance(outcome.verdict)
            yield outcome
    for trial, result in continued(engine, [trial for trial in trials if fits[trial.prompt]], faults):
        if isinstance(result, EngineError):
            outcome = replace(_failed(trial, result.message), finish_reason="abort")
            progress.advance(outcome.verdict)
        else:
            outcome = _graded(trial, result, generation)
            progress.advance(outcome.verdict, result)
        yield outcome


def _failed(trial: Trial, why: str) -> Outcome:
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
