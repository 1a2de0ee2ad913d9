"""Handles trials whose engine fails: tried again, told apart from the others, and counted. Judges no answer.

An engine that is gone for good ends a run at once; so does a fault that all of its work would have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from playground.engine.base import Completion, Failed, Indexed, Request
from playground.errors import EngineError, InvalidInput
from playground.records import Trial

SLICE = 64
"""Trials that are tried again together, before each is tried alone."""


class Attempting(Protocol):
    """What continues prompts and says which of them it could not continue."""

    def attempt(self, requests: Sequence[Request]) -> Iterator[Indexed | Failed]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPolicy:
    """How many faults a run tolerates."""

    retries: int = 2
    """How often a trial is tried again; the last time alone, so that it takes no others with it."""
    limit: float = 0.1
    """The share of a stage's trials that may fail for good; from 1 on, their number."""

    def __post_init__(self) -> None:
        if self.retries < 0:
            raise InvalidInput(f"--retry-on-error is {self.retries}.", "Give a number of at least 0.")
        if not self.limit >= 0:
            raise InvalidInput(f"--fail-on-error is {self.limit:g}.", "Give a share below 1, or a number of trials.")

    @property
    def sizes(self) -> tuple[int | None, ...]:
        """How many trials are tried together, each time; None is all of them."""
        again = (SLICE,) * (self.retries - 1) + (1,) if self.retries else ()
        return (None, *again)


USUAL = FaultPolicy()


@dataclass(slots=True)
class Faults:
    """The trials of one stage that failed for good."""

    policy: FaultPolicy
    total: int
    """Trials of the stage."""
    failed: int = field(default=0, init=False)

    def count(self, error: EngineError) -> None:
        """One more.

        Raises:
            EngineError: these are more than the policy tolerates.
        """
        self.failed += 1
        limit = self.policy.limit if self.policy.limit >= 1 else self.policy.limit * self.total
        if self.failed > limit:
            raise EngineError(
                f"{self.failed} of {self.total} trials failed, more than --fail-on-error allows; the last one:"
                f" {error.message}",
                "Check the engine; the same command goes on from the last group that was finished.",
            )


class Continued(NamedTuple):
    """A trial and what became of it."""

    trial: Trial
    result: Completion | EngineError


def continued(engine: Attempting, trials: Sequence[Trial], faults: Faults) -> Iterator[Continued]:
    """Every trial with its completion, as they come, or with the error that it failed with each time.

    Raises:
        EngineError: the engine is gone, or too many trials failed.
    """
    errors: dict[str, EngineError] = {}
    waiting = list(trials)
    for size in faults.policy.sizes:
        errors = {}
        step = size or max(len(waiting), 1)
        for start in range(0, len(waiting), step):
            tried = waiting[start : start + step]
            for told in engine.attempt([Request(prompt=trial.prompt, params=trial.params) for trial in tried]):
                if isinstance(told, Indexed):
                    yield Continued(tried[told.position], told.completion)
                else:
                    errors[tried[told.position].id] = told.error
        waiting = [trial for trial in waiting if trial.id in errors]
    for trial in waiting:
        faults.count(errors[trial.id])
        yield Continued(trial, errors[trial.id])
