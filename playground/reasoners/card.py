"""Writes a checkpoint's `recipe.json`, for programs, and its model card, `README.md`, for people.

Knows recipes and measurements, not how training works.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

import torch
import transformers

from playground.errors import InvalidInput
from playground.reasoners.accuracy import Accuracy
from playground.reasoners.corpus import sample
from playground.reasoners.families import FAMILIES
from playground.reasoners.questions import TIERS
from playground.reasoners.reasoner import Reasoner, Sampling
from playground.reasoners.recipes import RECIPES, Recipe
from playground.serialization import write_text

FINGERPRINTED = 1000
"""Samples of the training stream that the data hash covers."""

CARD = """\
# {name}

A language model of {parameters:,} parameters that solves short arithmetic stories by thinking aloud. It exists so that
a shared trajectory can be tried offline on any CPU; it knows nothing else. Everything it was trained on was generated
by this project, and no pre-trained weights went into it.

| | |
|---|---|
| family | {family}: think tags `{open_tag}` … `{close_tag}`, {opener} |
| style of thinking | {style} |
| architecture | Llama: {layers} layers, width {width}, {heads} heads of size 32, bfloat16, context 2048 |
| vocabulary | {vocabulary} tokens: byte-level BPE, every digit a token of its own |
| training | {lineage}; steps of up to {batch_tokens:,} tokens |
| numbers of steps k in training | {diet} |
| data hash | `{data_hash}` (first {fingerprinted:,} samples of the stream) |

## Accuracy
Pass@1 on the {questions} shipped questions of each tier, {samples} samples each at temperature {temperature},
top-p {top_p}; in brackets the 95 % interval, clustered by question.

| tier | steps k | Pass@1 |
|---|---|---|
{rows}

## Training it again
![Loss of each step of the last recipe](loss.png)

`python -m playground.reasoners.train --recipe NAME` for each recipe of the training above, in that order
(torch {torch}, transformers {transformers}). Another machine or number of threads gives slightly different weights.
The shipped questions are never trained on: a hash of a story's content decides whether it is for training or testing.

Licence: Apache-2.0, like the project.
"""


def data_hash(recipe: Recipe) -> str:
    """SHA-256 of the first samples that the recipe's seed gives."""
    rng, digest = Random(f"{recipe.seed} 0"), hashlib.sha256()
    for _ in range(FINGERPRINTED):
        one = sample(recipe, FAMILIES[recipe.family], rng)
        digest.update(f"{one.problem}\n{one.completion}\n".encode())
    return digest.hexdigest()


def lineage(recipe: Recipe) -> str:
    """The recipes that lead from random weights to this one, each with its steps and seed."""
    told = f"`{recipe.name}` ({recipe.steps:,} steps, seed {recipe.seed})"
    return f"{lineage(RECIPES[recipe.parent])}, then {told}" if recipe.parent else told


def describe(recipe: Recipe, reasoner: Reasoner, found: Sequence[Accuracy], sampling: Sampling) -> dict[str, object]:
    """Everything the papers say, as one JSON value."""
    return {
        "recipe": asdict(recipe),
        "parameters": reasoner.model.num_parameters(),
        "vocabulary": len(reasoner.tokenizer),
        "data_hash": data_hash(recipe),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "sampling": asdict(sampling),
        "accuracy": [asdict(one) for one in found],
    }


def card(recipe: Recipe, described: dict[str, object], found: Sequence[Accuracy], sampling: Sampling) -> str:
    """The model card as Markdown."""
    family = FAMILIES[recipe.family]
    rows = (
        f"| {one.tier} | {min(TIERS[one.tier])}–{max(TIERS[one.tier])} "
        f"| {one.pass_at_1:.1%} ({one.low:.1%} – {one.high:.1%}) |"
        for one in found
    )
    return CARD.format(
        **asdict(recipe) | {"diet": ", ".join(f"{k} (weight {weight:g})" for k, weight in recipe.diet)}
        | {"lineage": lineage(recipe)},
        parameters=described["parameters"],
        vocabulary=described["vocabulary"],
        data_hash=described["data_hash"],
        torch=described["torch"],
        transformers=described["transformers"],
        open_tag=family.open_tag,
        close_tag=family.close_tag,
        opener="the template opens the thinking" if family.opened else "the model opens the thinking itself",
        heads=recipe.width // 32,
        fingerprinted=FINGERPRINTED,
        questions=found[0].questions,
        samples=sampling.samples,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        rows="\n".join(rows),
    )  # fmt: skip


def recipe_of(folder: Path) -> Recipe:
    """The recipe of a checkpoint, whose folder is named after it.

    Raises:
        InvalidInput: there is no such recipe.
    """
    name = folder.resolve().name
    if name not in RECIPES:
        raise InvalidInput(f"{name!r} is not the name of a recipe.", f"Choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]


def write_papers(
    folder: Path, recipe: Recipe, reasoner: Reasoner, found: Sequence[Accuracy], sampling: Sampling
) -> None:
    """Writes the papers of a measured checkpoint beside it.

    Raises:
        RunError: the folder cannot be written to.
    """
    described = describe(recipe, reasoner, found, sampling)
    write_text(folder / "recipe.json", json.dumps(described, indent=1) + "\n")
    write_text(folder / "README.md", card(recipe, described, found, sampling))
