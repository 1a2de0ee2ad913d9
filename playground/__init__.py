"""Reasoning models that think together on one shared trajectory.

The names below load on first use: `import playground` itself loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.backtracking import find_marks as find_marks
    from playground.engine.base import Completion as Completion
    from playground.engine.base import Delta as Delta
    from playground.engine.base import Engine as Engine
    from playground.engine.base import Request as Request
    from playground.engine.pool import Pool as Pool
    from playground.errors import PlaygroundError as PlaygroundError
    from playground.hand_over import Rule as Rule
    from playground.hand_over import parse_schedule as parse_schedule
    from playground.models import ModelCard as ModelCard
    from playground.models import find_card as find_card
    from playground.models import known_cards as known_cards
    from playground.prompting import render as render
    from playground.relay import Participant as Participant
    from playground.relay import Signals as Signals
    from playground.relay import Turn as Turn
    from playground.relay import TurnEnded as TurnEnded
    from playground.relay import Written as Written
    from playground.relay import continue_with as continue_with
    from playground.relay import hand_off_turns as hand_off_turns
    from playground.relay import schedule_turns as schedule_turns
    from playground.sampling import SamplingParams as SamplingParams
    from playground.steering import Cut as Cut
    from playground.steering import compose as compose
    from playground.thinking_budget import ThinkingBudget as ThinkingBudget
    from playground.trajectory import Author as Author
    from playground.trajectory import Segment as Segment
    from playground.trajectory import Trajectory as Trajectory

_HOMES = {
    "Author": "playground.trajectory",
    "Completion": "playground.engine.base",
    "Cut": "playground.steering",
    "Delta": "playground.engine.base",
    "Engine": "playground.engine.base",
    "ModelCard": "playground.models",
    "Participant": "playground.relay",
    "PlaygroundError": "playground.errors",
    "Pool": "playground.engine.pool",
    "Request": "playground.engine.base",
    "Rule": "playground.hand_over",
    "SamplingParams": "playground.sampling",
    "Segment": "playground.trajectory",
    "Signals": "playground.relay",
    "ThinkingBudget": "playground.thinking_budget",
    "Trajectory": "playground.trajectory",
    "Turn": "playground.relay",
    "TurnEnded": "playground.relay",
    "Written": "playground.relay",
    "compose": "playground.steering",
    "continue_with": "playground.relay",
    "find_card": "playground.models",
    "find_marks": "playground.backtracking",
    "hand_off_turns": "playground.relay",
    "known_cards": "playground.models",
    "parse_schedule": "playground.hand_over",
    "render": "playground.prompting",
    "schedule_turns": "playground.relay",
}

__version__ = "0.1.0"
__all__ = sorted(_HOMES)  # noqa: PLE0605 – a test holds it to the imports above


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'playground' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
