"""A grader's verdict on one completion. Knows no grader."""

from __future__ import annotations

from dataclasses import dataclass

from playground.records import OutcomeClass
from playground.serialization import STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one completion."""

    __pydantic_config__ = STRICT

    outcome: OutcomeClass
    extracted: str | None = None
    """The final answer that was read from the completion, as written; None when there is none."""
    why: str = ""
    """Why this outcome, in a few words."""
