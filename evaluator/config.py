"""The configuration of a run. Knows no command line, no folder and no model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.errors import InvalidInput
from playground.records import TWIN_TESTS, Test, Variant
from playground.sampling import SamplingParams
from playground.serialization import STRICT, from_dict, from_json, to_dict
from playground.steering import Protocol

RECOVERABILITY_STEER = 0.2
MOST_SAMPLES = 1024


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
    distractor: float | tuple[float, ...] = RECOVERABILITY_STEER
    """n of recoverability; of several, each position takes those with m + n ≤ 1."""
    lengths: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)
    """n of guidability."""
    group_size: int = 64
    """Requests generated together, and written to the ledger together."""
    tests: tuple[Test, ...] = TWIN_TESTS
    """The tests that follow the questions alone."""
    protocol: Protocol = "paper"
    """How trajectories are cut and joined, and which of them distract."""
    transition: str | None = None
    """What stands before a distraction; None means the protocol's own phrase."""
    variants: tuple[Variant, ...] = ("own",)
    """The disturbances of recoverability."""
    least_source: int = 0
    """Tokens that a correct trajectory must have to be disturbed."""
    most_source: int = 0
    """Tokens that such a trajectory has at most; 0 is no limit."""
    guides: tuple[str, ...] = ()
    """The models that guide; without names each model is guided by those of the run that are stronger alone."""
    control: int = 0
    """The most questions a model has in guidability's control: those it solves every time alone."""
    likelihood: bool = False
    """Whether the probability of each guide's steps under the guided model is measured."""
    judge: str = ""
    """The model that says which steers hold the gold answer; none where the name is empty."""
    recorded: tuple[str, ...] = ()
    """SHA-256 of each file of recorded responses that the run takes over, with the names of their models."""
    subsets: str = ""
    """SHA-256 of the subsets that were taken over from another run."""

    def __post_init__(self) -> None:
        if len(set(self.models)) != len(self.models):
            raise InvalidInput("A model is named twice.", "Name each model once.")
        if not self.models:
            raise InvalidInput("There is no model to evaluate.", "Name some with --models.")
        for name in ("limit", "n", "pool", "shared", "individual", "guided", "group_size"):
            value = getattr(self, name)
            least = 0 if name == "pool" and "recoverability" not in self.tests else 1
            if value < least:
                raise InvalidInput(f"--{name.replace('_', '-')} is {value}.", f"Give a number of at least {least}.")
        if self.n > MOST_SAMPLES:
            raise InvalidInput(f"--n is {self.n}.", f"Give at most {MOST_SAMPLES} samples a question.")
        if not 0 <= self.seed < 2**63:
            raise InvalidInput(f"--seed is {self.seed}.", "Give a number from 0 to 2⁶³ − 1.")
        self.params(seed=0)
        self._check_tests()

    def _check_tests(self) -> None:
        """Refuse what can have no trial.

        Raises:
            InvalidInput: says which option cannot be.
        """
        disturbed, guided = "recoverability" in self.tests, "guidability" in self.tests
        faults = {
            "a position lies outside [0, 1)": not all(0 <= share < 1 for share in self.positions),
            "a steer's length lies outside (0, 1]": not all(0 < share <= 1 for share in (*self.steers, *self.lengths)),
            "there is no pair with m + n ≤ 1 among --positions and --distractor": disturbed and not self.cuts,
            "--control is below 0": self.control < 0,
            "a number of tokens is below 0": min(self.least_source, self.most_source) < 0,
            "--guides, --control, --likelihood and --judge belong to guidability": not guided
            and bool(self.guides or self.control or self.likelihood or self.judge),
            "--variants and --transition belong to recoverability": not disturbed
            and (self.variants != ("own",) or self.transition is not None),
            "other-models needs a second model": "other-models" in self.variants and len(self.models) < 2,
            "there is no variant": disturbed and not self.variants,
        }
        for fault, present in faults.items():
            if present:
                raise InvalidInput(f"{fault[0].upper()}{fault[1:]}.", "See --help for what goes with which test.")

    def can_be_disturbed(self, tokens: int) -> bool:
        """Whether a correct attempt of so many tokens may be a trajectory that a distraction is put into."""
        return self.least_source <= tokens and not 0 < self.most_source <= tokens

    @property
    def steers(self) -> tuple[float, ...]:
        """The lengths of recoverability's steers."""
        return self.distractor if isinstance(self.distractor, tuple) else (self.distractor,)

    @property
    def cuts(self) -> list[tuple[float, float]]:
        """The pairs of m and n of recoverability."""
        return [(own, steer) for own in self.positions for steer in self.steers if own + steer <= 1 + 1e-9]

    def params(self, seed: int) -> SamplingParams:
        """The sampling parameters of one trial."""
        return SamplingParams(temperature=self.temperature, top_p=self.top_p, max_tokens=self.max_tokens, seed=seed)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> RunConfig:
        """The configuration with these values, their types checked.

        Raises:
            InvalidData: an unknown key, or a value of another type.
            InvalidInput: a value that cannot be.
        """
        return from_dict(cls, dict(values))

    def to_json(self) -> dict[str, Any]:
        return to_dict(self)

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """The configuration that a ledger holds.

        Raises:
            InvalidData: it has not the form of one.
        """
        return from_json(cls, text)
