"""The recipes of the four tiny reasoners and of the stages before them: family, size, diet and schedule.

A table, no logic. A family learns first to copy and to calculate from terse traces, then to tell from "They go to
Mia now" who gains, and at last the reflective style, which first learns to notice errors and then not to see too many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides a checkpoint, together with the code and its seed."""

    name: str
    family: str
    style: str
    """terse | plain | erring | reflective"""
    parent: str = ""
    """The recipe whose checkpoint training starts from, or "" for random weights."""
    width: int
    layers: int
    steps: int
    batch_tokens: int = 3_000
    """Tokens of a batch, padding included."""
    rate: float = 0.003
    """Peak learning rate."""
    turn_weight: float = 1.0
    """How much the tokens on which a trace turns count in the loss, against 1 for the rest of the completion."""
    diet: tuple[tuple[int, float], ...]
    """The numbers of arithmetic steps k to train on, with their weights."""
    seed: int = 0


OAK_DIET = ((2, 3), (3, 3), (4, 3), (5, 0.6), (6, 0.4))
ELM_DIET = tuple((k, 1.0) for k in range(2, 11))


def _oak(name: str, style: str, **rest: Any) -> Recipe:
    return Recipe(name=name, family="oak", style=style, width=128, layers=4, diet=OAK_DIET, **rest)


def _elm(name: str, style: str, **rest: Any) -> Recipe:
    return Recipe(name=name, family="elm", style=style, width=192, layers=4, diet=ELM_DIET, **rest)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        _oak("oak-basics", "terse", steps=4500, rate=0.004, seed=11),
        _oak("tiny-oak-plain", "plain", parent="oak-basics", steps=1500, turn_weight=5.0, seed=12),
        _oak("oak-recovery", "erring", parent="tiny-oak-plain", steps=2000, turn_weight=3.0, seed=13),
        _oak("tiny-oak-reflective", "reflective", parent="oak-recovery", steps=1500, rate=0.002, seed=14),
        _elm("elm-basics", "terse", steps=2700, rate=0.004, seed=21),
        _elm("elm-roles", "plain", parent="elm-basics", steps=1000, turn_weight=5.0, seed=22),
        _elm("tiny-elm-plain", "plain", parent="elm-roles", steps=1400, turn_weight=5.0, seed=24),
        _elm("elm-recovery", "erring", parent="tiny-elm-plain", steps=1600, turn_weight=3.0, seed=23),
        _elm("tiny-elm-reflective", "reflective", parent="elm-recovery", steps=800, rate=0.002, seed=25),
    )
}
"""Every recipe by name, parents before children."""

SHIPPED = tuple(name for name in RECIPES if name.startswith("tiny-"))
"""The reasoners whose checkpoints ship with the project; the others are stages on the way."""
