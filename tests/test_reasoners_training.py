"""Training a tiny reasoner: seeds reproduce, a saved state goes on exactly, bad input is one clear line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from playground.errors import InvalidInput
from playground.reasoners import train
from playground.reasoners.corpus import batches, tokenizer_texts
from playground.reasoners.families import OAK, train_tokenizer
from playground.reasoners.recipes import RECIPES, Recipe
from playground.reasoners.training import Training, loss_of, new_model

RECIPE = replace(RECIPES["oak-basics"], width=32, layers=1, steps=6, batch_tokens=400)
TOKENIZER = train_tokenizer(OAK, tokenizer_texts(OAK))


def training(recipe: Recipe = RECIPE) -> Training:
    return Training(recipe, OAK, TOKENIZER, new_model(recipe, TOKENIZER))


def test_equal_seeds_give_equal_batches() -> None:
    first, again = (next(batches(RECIPE, OAK, TOKENIZER)) for _ in range(2))
    other = next(batches(replace(RECIPE, seed=99), OAK, TOKENIZER))
    assert torch.equal(first.ids, again.ids)
    assert first.ids.shape != other.ids.shape or not torch.equal(first.ids, other.ids)


def test_the_loss_is_taken_on_the_completion_alone() -> None:
    batch = next(batches(RECIPE, OAK, TOKENIZER))
    counted = TOKENIZER.decode(batch.ids[0][batch.weights[0] > 0])
    told = TOKENIZER.decode(batch.ids[0][batch.weights[0] == 0]).replace(OAK.pad, "")
    assert told.startswith("<|user|>\n")
    assert told.endswith("<|assistant|>\n<think>\n")
    assert "</think>\n\n" in counted
    assert counted.endswith("<|end|>")


def test_turns_count_as_much_as_the_recipe_says() -> None:
    batch = next(batches(replace(RECIPE, turn_weight=5.0), OAK, TOKENIZER))
    heavy = TOKENIZER.batch_decode(batch.ids[batch.weights == 5.0].unsqueeze(1))
    assert set(heavy) == {" +", " -"}


def test_a_batch_holds_no_more_tokens_than_the_recipe_says() -> None:
    stream = batches(RECIPE, OAK, TOKENIZER)
    assert all(next(stream).ids.numel() <= RECIPE.batch_tokens for _ in range(20))


def test_the_training_attention_is_the_ordinary_one() -> None:
    model, batch = new_model(RECIPE, TOKENIZER), next(batches(RECIPE, OAK, TOKENIZER))
    ordinary = loss_of(model, batch).item()
    assert loss_of(Training(RECIPE, OAK, TOKENIZER, model).model, batch).item() == pytest.approx(ordinary, rel=1e-5)


def test_a_resumed_training_is_the_same_as_an_uninterrupted_one(tmp_path: Path) -> None:
    straight, first, second = training(), training(), training()
    list(straight.run(6))
    list(first.run(3))
    first.save(tmp_path / "state.pt")
    second.load(tmp_path / "state.pt")
    list(second.run(6))
    assert second.losses == straight.losses
    weights = zip(straight.model.parameters(), second.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)


def test_a_state_of_another_recipe_is_refused(tmp_path: Path) -> None:
    training().save(tmp_path / "state.pt")
    with pytest.raises(InvalidInput, match="another recipe"):
        training(replace(RECIPE, seed=99)).load(tmp_path / "state.pt")


def test_training_lowers_the_loss() -> None:
    losses = [progress.loss for progress in training(replace(RECIPE, steps=200)).run(200)]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_the_command_writes_a_checkpoint_that_a_child_recipe_starts_from(tmp_path: Path) -> None:
    for name in ("oak-basics", "tiny-oak-plain", "oak-recovery", "tiny-oak-reflective"):
        assert train.main(["--recipe", name, "--output", str(tmp_path), "--steps", "1"]) == 0
        assert (tmp_path / name / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--recipe", "tiny-ash"], "error: There is no recipe 'tiny-ash'. Choose one of oak-basics"),
        (["--recipe", "tiny-oak-plain", "--steps", "0"], "error: --steps must be at least 1, not 0."),
        (["--recipe", "tiny-elm-reflective"], "Train elm-recovery first."),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, line, tmp_path, capsys) -> None:
    assert train.main([*arguments, "--output", str(tmp_path)]) == 2
    complaint = capsys.readouterr().err
    assert line in complaint
    assert complaint.count("\n") == 1
