"""A saved condition, from which the evaluator draws: one question, the place to go on from, and who goes on.

The file is JSON in the values of `playground.records`. The pages write it; `python -m evaluator.condition` runs it.
Draws nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from playground.errors import InvalidInput
from playground.records import Condition, Question, Trial
from playground.sampling import SamplingParams, derive_seed
from playground.serialization import STRICT, read_json, to_dict
from playground.trajectory import Segment, Trajectory
from playground.visible import visible_json

SCHEMA_VERSION = 1
SAMPLES = 20
"""How many each model draws unless it is said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCondition:
    """One question under one condition."""

    __pydantic_config__ = STRICT

    question: Question
    condition: Condition
    segments: tuple[Segment, ...]
    """The shared trajectory, steer and all, from which the models go on; empty for the question alone."""
    models: tuple[str, ...]
    """Who goes on, each for itself."""
    params: SamplingParams
    """How it is drawn; a sample's seed derives from `seed`."""
    n: int = SAMPLES
    """Samples of each model."""
    seed: int = 0
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        faults = {
            f"has schema version {self.schema_version}; this program reads {SCHEMA_VERSION}": self.schema_version
            != SCHEMA_VERSION,
            "names no model": not self.models,
            "asks for no sample": self.n < 1,
            "holds text that is not thinking": any(segment.kind != "thinking" for segment in self.segments),
        }
        for fault, present in faults.items():
            if present:
                raise InvalidInput(f"The condition {fault}.", "Save it again on the page.")

    @property
    def trajectory(self) -> Trajectory:
        """What stands there before the models go on."""
        asked = self.question
        return Trajectory(question=asked.text, segments=self.segments, gold=asked.gold, question_id=asked.id)

    @property
    def digest(self) -> str:
        """12 hexadecimal digits that tell conditions apart, whoever goes on and however often."""
        told = json.dumps(to_dict(replace(self, models=("",), n=1)), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def params_of(self, model: str, sample: int) -> SamplingParams:
        """The sampling parameters of one sample, with a seed of its own."""
        seed = derive_seed(self.seed, model, *self.condition.key, self.question.id, sample)
        return replace(self.params, seed=seed)

    def to_text(self) -> str:
        """The file's text."""
        return visible_json(to_dict(self))


def saved_condition(trial: Trial, models: Sequence[str], n: int = SAMPLES) -> SavedCondition:
    """The condition of a trial, to be drawn from again. Raises as `SavedCondition` does."""
    return SavedCondition(
        question=trial.question,
        condition=trial.condition,
        segments=trial.segments,
        models=tuple(dict.fromkeys(models)),
        params=replace(trial.params, seed=None),
        n=n,
    )


def read_condition(path: Path) -> SavedCondition:
    """The condition in a file.

    Raises:
        InvalidInput: the file cannot be read, or the condition cannot be.
        InvalidData: it has not the form of one; says where.
    """
    return read_json(SavedCondition, path, "Give a condition that the page or `outcomes --condition` has saved.")
