"""The questions, conditions, trials and outcomes of an evaluation. Knows no ledger and no grader."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from playground.engine.base import Identity
from playground.sampling import SamplingParams
from playground.serialization import STRICT
from playground.steering import Protocol
from playground.thinking import ThinkTags
from playground.trajectory import FinishReason, Segment, Trajectory

Test = Literal["solo", "recoverability", "guidability"]
TESTS: tuple[Test, ...] = get_args(Test)
TWIN_TESTS: tuple[Test, ...] = ("recoverability", "guidability")
Subset = Literal["shared", "individual", "control"]
"""`control` is of guidability: questions that the model solves every time alone."""
SUBSETS: tuple[Subset, ...] = get_args(Subset)
Variant = Literal["own", "first-paragraph", "other-models", "digits"]
"""What disturbs a model in recoverability.

`own`: its own reasoning on another question. `first-paragraph`: that, with the first paragraphs left out of the steer
and kept before it. `other-models`: another model's reasoning on another question. `digits`: typos in the numbers of its
own reasoning.
"""
OutcomeClass = Literal["correct", "wrong", "no_answer", "truncated", "grader_timeout", "error"]
OUTCOME_CLASSES: tuple[OutcomeClass, ...] = get_args(OutcomeClass)
UNDECIDED: tuple[OutcomeClass, ...] = ("grader_timeout", "error")
"""Where the grader or the engine could not do its work: no answer was found wrong, and no rate counts these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A benchmark question with its correct answer."""

    __pydantic_config__ = STRICT

    id: str
    text: str
    gold: str
    benchmark: str
    """Which benchmark, or tier, it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What is done to a question before the model goes on. For `solo` all but the test keep their defaults."""

    __pydantic_config__ = STRICT

    test: Test
    own: float = 0.0
    """m, the share of the model's own reasoning that stays."""
    own_sample: int = 0
    """Which of the model's own samples of the question that reasoning was cut from; means nothing where m is 0."""
    steer: float = 0.0
    """n, the share of the other trajectory that is put in."""
    protocol: Protocol = "paper"
    author: str = ""
    """The model that wrote the steer."""
    steer_question: str = ""
    """The id of the question the steer answers: another one for recoverability, the same for guidability."""
    steer_sample: int = 0
    """Which of that author's samples of the question it was cut from."""
    variant: Variant = "own"
    """What the disturbance is; means nothing outside recoverability."""

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one condition from another, for deriving seeds."""
        parts = (self.test, self.own, self.steer, self.protocol, self.author, self.steer_question, self.steer_sample)
        variant = () if self.variant == "own" else (self.variant,)
        return (*map(str, parts), *variant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One continuation to be generated."""

    __pydantic_config__ = STRICT

    model: str
    revision: str
    condition: Condition
    question: Question
    prompt: str
    segments: tuple[Segment, ...]
    """The shared trajectory that stands in the prompt; empty for `solo`."""
    params: SamplingParams
    """Its seed belongs to this trial alone, derived from the run's seed, the trial and the sample index."""
    sample: int = 0

    @property
    def prefix(self) -> str:
        """The shared trajectory's text: the thinking begins with it."""
        return "".join(segment.text for segment in self.segments)

    @property
    def trajectory(self) -> Trajectory:
        """The trial as it stood before the model went on."""
        question = self.question
        return Trajectory(question=question.text, segments=self.segments, gold=question.gold, question_id=question.id)

    @property
    def id(self) -> str:
        """16 hexadecimal digits, a function of what determines the result: model, prompt, sampling, seed, sample."""
        identity = (self.model, self.revision, self.prompt, repr(self.params), str(self.sample), self.condition.test)
        return hashlib.sha256("\x1f".join(identity).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a trial."""

    __pydantic_config__ = STRICT

    trial_id: str
    verdict: OutcomeClass
    text: str
    """The completion, as the model wrote it after the prompt."""
    extracted: str | None = None
    """The final answer that was read from it."""
    finish_reason: FinishReason | None = None
    tokens: int
    """Tokens generated."""
    why: str = ""
    """Why this verdict, in a few words."""
    backtracks: tuple[int, ...] | None = None
    """Tokens generated before each sentence that is marked as backtracking; None where nobody looked for them."""
    steer_probability: float | None = None
    """Mean probability of a token of the steer after the question, as the model gives it; None where not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakJudgement:
    """What a judge says of a guide's steps: whether they hold the gold answer."""

    __pydantic_config__ = STRICT

    question: str
    """The question's id."""
    steer: str
    candidates: str
    """The candidate answers that the judge found in the steer."""
    leaked: bool | None = None
    """None where the judge said neither yes nor no."""
    judge: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A finished trial, as a ledger keeps it."""

    trial: Trial
    outcome: Outcome
    created: str
    """When its group was written, ISO 8601 in UTC; never changed afterwards."""


Role = Literal["tested", "pool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuestion:
    """A question of a run and what it serves for."""

    question: Question
    role: Role
    """`pool` questions are never tested: their trajectories are the distractors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunModel:
    """A model of a run: who it was, exactly."""

    name: str
    identity: Identity
    think: ThinkTags
    template_hash: str
    """SHA-256 of its chat template's source; empty without one."""
    context_length: int = 0
    """Tokens of prompt and continuation together; 0 where nothing was generated."""
    template_options: Mapping[str, str | int | bool] = field(default_factory=dict, hash=False)
    """The switches of its chat template."""
    user_suffix: str = ""
    """What stands behind each question."""
    engine_options: Mapping[str, str | int | float | bool] = field(default_factory=dict, compare=False)
    """The engine's options that were given: shown, but free to change; what decides results is in `identity` and
    `context_length`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The questions of one model in one subset of a test."""

    __pydantic_config__ = STRICT

    model: str
    test: Test
    subset: Subset
    questions: tuple[str, ...]
    guides: tuple[str, ...] = ()
    """The models whose steps are put in; none for recoverability."""
    absent: str = ""
    """Why there are none."""
