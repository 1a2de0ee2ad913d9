"""The result of comparing two answers. Knows no completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.serialization import STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Whether a given answer is the gold answer, and why."""

    __pydantic_config__ = STRICT

    outcome: Literal["correct", "wrong", "grader_timeout", "error"]
    why: str
    """In a few words that go on after the answer: "equals 27", "is another number"."""
