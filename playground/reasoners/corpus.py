"""The stream of training batches: fresh stories every step, from a seed.

Knows recipes, stories and tokenizers; not models or optimizers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import torch
from transformers import PreTrainedTokenizerFast

from playground.reasoners import traces
from playground.reasoners.families import Family
from playground.reasoners.questions import training_story
from playground.reasoners.recipes import Recipe
from playground.reasoners.reflection import Rates, erring, reflective

STYLES = {"terse": traces.terse, "plain": traces.plain, "erring": erring, "reflective": reflective}
POOL = 1024
"""Samples that are drawn together and sorted by length, so that a batch holds little padding."""
TURNS = (" +", " -", "Wait", "Hold")
"""The words on whose first token a trace turns: whether a move gains or loses, and that an error is noticed."""
ROUND = 16
"""Batches are padded to a multiple of this many tokens."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids, shape (rows, length), and how much each counts in the loss: 0 in the question and the padding."""

    ids: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True, slots=True)
class Sample:
    """One question and what a reasoner of the recipe's style writes about it."""

    problem: str
    completion: str


def sample(recipe: Recipe, family: Family, rng: Random) -> Sample:
    """A fresh training sample."""
    ks, weights = zip(*recipe.diet, strict=True)
    story = training_story(rng, rng.choices(ks, weights)[0])
    thinking = STYLES[recipe.style](story, rng)
    return Sample(story.problem, family.completion(thinking, traces.answer(story)) + family.eos)


TOKENIZER_RATES = Rates(
    mishaps=(0.35, 0.45, 0.20), slip=0.30, doubt=0.12, opening=0.45, stumble=0.15, check=0.40, reread=0.3, near=0.5,
    strayed=(1, 2, 3), parts=(3, 3, 2, 4, 2, 2),
)  # fmt: skip
"""The rates of the text that the tokenizers are trained on; another text would be another vocabulary."""


def tokenizer_texts(family: Family) -> Iterator[str]:
    """The text that a family's tokenizer is trained on: both styles, all difficulties."""
    rng = Random(f"tokenizer {family.name}")
    for _ in range(4000):
        story = training_story(rng, rng.randint(2, 10))
        yield story.problem
        thinking = traces.without_receivers(reflective(story, rng, TOKENIZER_RATES))
        yield f"{thinking} {traces.answer(story)} Wait. Hold on."


def batches(recipe: Recipe, family: Family, tokenizer: PreTrainedTokenizerFast, first: int = 0) -> Iterator[Batch]:
    """The endless stream of batches of a recipe from number `first` on; equal arguments give equal batches."""
    turns = torch.tensor([first_id for first_id, *_ in tokenizer(list(TURNS), add_special_tokens=False)["input_ids"]])
    number = pool = 0
    while True:
        rng = Random(f"{recipe.seed} {pool}")
        rows = _pool(recipe, family, tokenizer, rng)
        chunks = _chunks(rows, recipe.batch_tokens)
        rng.shuffle(chunks)
        for chunk in chunks:
            if number >= first:
                yield _batch(chunk, tokenizer.pad_token_id, turns, recipe.turn_weight)
            number += 1
        pool += 1


def _pool(
    recipe: Recipe, family: Family, tokenizer: PreTrainedTokenizerFast, rng: Random
) -> list[tuple[list[int], int]]:
    """Encoded samples sorted by length, each with the number of its prompt's tokens."""
    samples = [sample(recipe, family, rng) for _ in range(POOL)]
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": one.problem}], tokenize=False, add_generation_prompt=True
        )
        for one in samples
    ]
    heads = tokenizer(prompts, add_special_tokens=False)["input_ids"]
    tails = tokenizer([one.completion for one in samples], add_special_tokens=False)["input_ids"]
    rows = [(head + tail, len(head)) for head, tail in zip(heads, tails, strict=True)]
    return sorted(rows, key=lambda row: len(row[0]))


def _chunks(rows: list[tuple[list[int], int]], tokens: int) -> list[list[tuple[list[int], int]]]:
    """Neighbouring rows in groups that hold at most `tokens` tokens once padded."""
    chunks: list[list[tuple[list[int], int]]] = [[]]
    for row in rows:
        if chunks[-1] and _padded(len(row[0])) * (len(chunks[-1]) + 1) > tokens:
            chunks.append([])
        chunks[-1].append(row)
    return chunks


def _padded(length: int) -> int:
    return -(-length // ROUND) * ROUND


def _batch(rows: list[tuple[list[int], int]], pad: int, turns: torch.Tensor, turn_weight: float) -> Batch:
    length = _padded(max(len(ids) for ids, _ in rows))
    ids = torch.full((len(rows), length), pad)
    weights = torch.zeros((len(rows), length))
    for number, (row, prompt) in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        weights[number, prompt : len(row)] = 1.0
    weights[torch.isin(ids, turns)] *= turn_weight
    return Batch(ids, weights)
