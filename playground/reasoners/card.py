"""The papers of a shipped checkpoint: `recipe.json` for programs and `README.md`, the model card, for people.

`python -m playground.reasoners.card FOLDER` measures a checkpoint and writes both beside it. Knows recipes and
measurements, not how training works.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

import torch
import transformers

from playground.errors import InvalidInput, PlaygroundError
from playground.reasoners.corpus import sample
from playground.reasoners.families import FAMILIES
from playground.reasoners.measure import Accuracy, Reasoner, Sampling, measure
from playground.reasoners.questions import TIERS
from playground.reasoners.recipes import RECIPES, Recipe

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
top-p {top_p}; in brackets the 95 % interval, reckoned by questions.

| tier | steps k | Pass@1 |
|---|---|---|
{rows}

## Made again
![Loss of each step of the last recipe](loss.png)

`python -m playground.reasoners.train --recipe NAME` for each recipe of the training above, in that order
(torch {torch}, transformers {transformers}). Another machine or number of threads gives slightly different weights.
The shipped questions are never trained on: a hash of a story's content decides on which side it is.

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


def write_papers(folder: Path, sampling: Sampling) -> None:
    """Measures the checkpoint in `folder`, named after its recipe, and writes its papers."""
    if folder.name not in RECIPES:
        raise InvalidInput(f"{folder.name!r} is not the name of a recipe.", f"Choose one of {', '.join(RECIPES)}.")
    recipe, reasoner = RECIPES[folder.name], Reasoner(folder)
    found = [measure(reasoner, tier, sampling) for tier in TIERS]
    described = describe(recipe, reasoner, found, sampling)
    (folder / "recipe.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card(recipe, described, found, sampling), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m playground.reasoners.card", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of a checkpoint, named after its recipe")
    options = parser.parse_args(arguments)
    try:
        write_papers(options.folder.resolve(), Sampling())
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
