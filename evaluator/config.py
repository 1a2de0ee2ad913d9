"""What a run is to do, and the presets. Knows no command line, no folder and no model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.errors import InvalidInput
from playground.sampling import SamplingParams
from playground.serialization import STRICT, from_json, to_dict

RECOVERABILITY_STEER = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that decides a run's results, apart from the models' weights."""

    __pydantic_config__ = STRICT

    preset: str
    models: tuple[str, ...]
    limit: int
    """Tested questions in all, spread over the benchmarks."""
    n: int
    """Samples of each tested question alone."""
    seed: int
    temperature: float
    top_p: float
    max_tokens: int
    pool: int
    """Questions outside the tested set whose trajectories are the distractors."""
    shared: int
    """The most questions in recoverability's shared subset."""
    individual: int
    """The most questions a model has in recoverability's individual subset."""
    guided: int
    """The most questions in each of guidability's subsets."""
    positions: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8)
    """m of recoverability: how much of the model's own reasoning stands before the distractor."""
    distractor: float = RECOVERABILITY_STEER
    """n of recoverability."""
    lengths: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)
    """n of guidability."""
    group_size: int = 64
    """Requests generated together, and written to the ledger together."""

    def __post_init__(self) -> None:
        if len(set(self.models)) != len(self.models):
            raise InvalidInput("A model is named twice.", "Name each model once.")
        if not self.models:
            raise InvalidInput("There is no model to evaluate.", "Name some with --models.")
        for name in ("limit", "n", "pool", "shared", "individual", "guided", "group_size"):
            value = getattr(self, name)
            if value < 1:
                raise InvalidInput(f"--{name.replace('_', '-')} is {value}.", "Give a number of at least 1.")
        if self.n > MOST_SAMPLES:
            raise InvalidInput(f"--n is {self.n}.", f"Give at most {MOST_SAMPLES} samples a question.")
        if not 0 <= self.seed < 2**63:
            raise InvalidInput(f"--seed is {self.seed}.", "Give a number from 0 to 2⁶³ − 1.")
        self.params(seed=0)

    def params(self, seed: int) -> SamplingParams:
        """The sampling parameters of one trial."""
        return SamplingParams(temperature=self.temperature, top_p=self.top_p, max_tokens=self.max_tokens, seed=seed)

    def to_json(self) -> dict[str, Any]:
        return to_dict(self)

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """The configuration that a ledger holds.

        Raises:
            InvalidData: it has not the form of one.
        """
        return from_json(cls, text)


MOST_SAMPLES = 1024


def tiny(models: tuple[str, ...]) -> RunConfig:
    """Arithmetic stories in three tiers, for the reasoners that ship with the project: minutes on two cores."""
    return RunConfig(
        preset="tiny",
        models=models,
        limit=96,
        n=8,
        seed=0,
        temperature=0.6,
        top_p=0.95,
        max_tokens=640,
        pool=24,
        shared=32,
        individual=48,
        guided=32,
    )


PRESETS: dict[str, Callable[[tuple[str, ...]], RunConfig]] = {"tiny": tiny}


def preset(name: str, models: tuple[str, ...]) -> RunConfig:
    """A preset by name, for these models.

    Raises:
        InvalidInput: there is no such preset; the hint lists those there are.
    """
    if name not in PRESETS:
        raise InvalidInput(f"There is no preset called {name!r}.", f"Choose one of: {', '.join(PRESETS)}.")
    return PRESETS[name](models)
