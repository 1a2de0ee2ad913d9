"""A limit on thinking, and what happens when it is reached. Knows no model and no trajectory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from playground.errors import InvalidInput
from playground.serialization import STRICT

AtBudget = Literal["stop", "answer"]
AT_BUDGET: tuple[AtBudget, ...] = get_args(AtBudget)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinkingBudget:
    """How many tokens models may think.

    `stop` ends the text there, truncated. `answer` ends the thinking: the close tag is written as structure, and the
    model goes on with its answer. A character that is made of several tokens is kept whole, so a few tokens more may
    be thought.
    """

    __pydantic_config__ = STRICT

    tokens: int
    then: AtBudget = "answer"

    def __post_init__(self) -> None:
        if self.tokens < 0:
            raise InvalidInput(f"A thinking budget of {self.tokens} tokens is impossible.", "Give 0 or more.")
        if self.then not in AT_BUDGET:
            raise InvalidInput(f"{self.then!r} cannot be done at a budget.", f"Choose {' or '.join(AT_BUDGET)}.")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What of a budget is left for one turn."""

    budget: ThinkingBudget
    left: int
    """Tokens; below 1 nothing."""
