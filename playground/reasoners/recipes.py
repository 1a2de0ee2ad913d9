"""The recipes of the four tiny reasoners: family, size, diet and schedule of each. A table, no logic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides a checkpoint, together with the code and its seed."""

    name: str
    family: str
    style: str
    """plain | reflective"""
    parent: str = ""
    """The recipe whose checkpoint training starts from, or "" for random weights."""
    width: int
    layers: int
    steps: int
    batch_tokens: int = 3_000
    """Tokens of a batch, padding included."""
    muon: float
    """Peak learning rate of the hidden matrices."""
    adamw: float
    """Peak learning rate of the embeddings and norms."""
    diet: tuple[tuple[int, float], ...]
    """The numbers of arithmetic steps k to train on, with their weights."""
    seed: int = 0


OAK_DIET = ((2, 3), (3, 3), (4, 3), (5, 0.6), (6, 0.4))
ELM_DIET = tuple((k, 1.0) for k in range(2, 11))

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="tiny-oak-plain", family="oak", style="plain", width=128, layers=4,
            steps=4500, muon=0.004, adamw=0.004, diet=OAK_DIET, seed=11,
        ),
        Recipe(
            name="tiny-oak-reflective", family="oak", style="reflective", parent="tiny-oak-plain", width=128, layers=4,
            steps=2400, muon=0.003, adamw=0.003, diet=OAK_DIET, seed=12,
        ),
        Recipe(
            name="tiny-elm-plain", family="elm", style="plain", width=192, layers=4,
            steps=2700, muon=0.004, adamw=0.004, diet=ELM_DIET, seed=21,
        ),
        Recipe(
            name="tiny-elm-reflective", family="elm", style="reflective", parent="tiny-elm-plain", width=192, layers=4,
            steps=1500, muon=0.003, adamw=0.003, diet=ELM_DIET, seed=22,
        ),
    )
}  # fmt: skip
