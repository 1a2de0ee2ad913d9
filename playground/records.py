"""What an evaluation is made of: conditions, trials and their outcomes. Knows no ledger, engine or grader."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from playground.sampling import SamplingParams
from playground.serialization import STRICT
from playground.steering import Protocol
from playground.trajectory import FinishReason

Test = Literal["solo", "recoverability", "guidability"]
OutcomeClass = Literal["correct", "wrong", "no_answer", "truncated", "grader_timeout", "error"]

OUTCOME_CLASSES: tuple[OutcomeClass, ...] = (
    "correct",
    "wrong",
    "no_answer",
    "truncated",
    "grader_timeout",
    "error",
)


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
    steer: float = 0.0
    """n, the share of the other trajectory that is put in."""
    protocol: Protocol = "paper"
    author: str = ""
    """The model that wrote the steer."""
    steer_question: str = ""
    """The id of the question the steer answers: another one for recoverability, the same for guidability."""
    steer_sample: int = 0
    """Which of that author's samples of the question it was cut from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One continuation to be generated."""

    __pydantic_config__ = STRICT

    model: str
    revision: str
    condition: Condition
    question: Question
    prompt: str
    prefix: str
    """The shared trajectory that stands in the prompt: the thinking begins with it."""
    params: SamplingParams
    """Its seed belongs to this trial alone, derived from the run's seed, the trial and the sample index."""
    sample: int = 0

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
    """The completion, as the model wrote it behind the prompt."""
    extracted: str | None
    """The final answer that was read from it."""
    finish_reason: FinishReason | None
    tokens: int
    """Tokens generated."""
    why: str = ""
    """Why this verdict, in a few words."""
