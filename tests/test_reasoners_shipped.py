"""The four checkpoints that ship with the project."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModelForCausalLM

from playground.assets import assets_dir
from playground.backtracking import find_marks
from playground.errors import InvalidInput
from playground.reasoners import measure
from playground.reasoners.accuracy import accuracy, is_correct
from playground.reasoners.card import data_hash
from playground.reasoners.families import FAMILIES
from playground.reasoners.questions import shipped_questions
from playground.reasoners.reasoner import Reasoner, Sampling
from playground.reasoners.recipes import RECIPES, SHIPPED, Recipe

FOLDER = assets_dir() / "reasoners"


QUESTIONS = shipped_questions(1)[:24]


@pytest.fixture(scope="module", params=SHIPPED)
def written(request: pytest.FixtureRequest) -> tuple[Recipe, list[str]]:
    """What each checkpoint writes on a few easy questions, one sample each."""
    reasoner = Reasoner(FOLDER / request.param)
    prompts = [reasoner.prompt(question.problem) for question in QUESTIONS]
    return RECIPES[request.param], reasoner.complete(prompts, Sampling(max_tokens=400))


def test_a_checkpoint_solves_easy_questions_in_its_own_format(written: tuple[Recipe, list[str]]) -> None:
    recipe, texts = written
    assert sum(map(is_correct, texts, QUESTIONS)) >= 16
    family = FAMILIES[recipe.family]
    assert all((family.open_tag + "\n" in text) is not family.opened for text in texts)
    assert sum(text.count(family.close_tag + family.after_close) == 1 for text in texts) >= 22


def test_the_reflective_turn_back_of_themselves_and_the_plain_never(written: tuple[Recipe, list[str]]) -> None:
    recipe, texts = written
    turning = sum(any(mark.kind == "backtrack" for mark in find_marks(text)) for text in texts)
    assert turning >= 2 if recipe.style == "reflective" else turning == 0


def recorded(name: str) -> list[dict[str, Any]]:
    """The accuracy of a checkpoint on each tier, as its papers tell it."""
    return json.loads((FOLDER / name / "recipe.json").read_text(encoding="utf-8"))["accuracy"]


def test_the_strongest_solves_the_middle_tier_and_the_weakest_clearly_less_of_it() -> None:
    middle = sorted((recorded(name)[1] for name in SHIPPED), key=lambda found: found["pass_at_1"])
    assert middle[-1]["low"] >= 0.9
    assert middle[0]["high"] < middle[-1]["low"] - 0.1


def test_many_questions_are_hard_for_a_weak_one_and_easy_for_a_strong_one() -> None:
    weak, strong = (
        [count for tier in recorded(name) for count in tier["correct"]] for name in ("tiny-oak-plain", "tiny-elm-plain")
    )
    assert sum(few <= 1 and many >= 6 for few, many in zip(weak, strong, strict=True)) >= 50


@pytest.mark.parametrize("name", SHIPPED)
def test_weights_are_bfloat16_in_heads_of_32(name: str) -> None:
    with safe_open(FOLDER / name / "model.safetensors", "pt") as weights:
        assert {weights.get_tensor(key).dtype for key in weights.keys()} == {torch.bfloat16}  # noqa: SIM118
    config = AutoModelForCausalLM.from_pretrained(FOLDER / name).config
    assert config.hidden_size // config.num_attention_heads == config.head_dim == 32
    assert config.max_position_embeddings == 2048


@pytest.mark.parametrize("name", SHIPPED)
def test_the_papers_tell_the_recipe_and_the_accuracy(name: str) -> None:
    described = json.loads((FOLDER / name / "recipe.json").read_text(encoding="utf-8"))
    assert described["recipe"] == json.loads(json.dumps(asdict(RECIPES[name])))
    assert described["data_hash"] == data_hash(RECIPES[name])
    card = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    assert all(f"{found['pass_at_1']:.1%}" in card for found in described["accuracy"])


def test_an_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = accuracy(1, 8, (0, 8) * 10), accuracy(1, 8, (0, 8) * 200)
    assert few.low < many.low < many.pass_at_1 == 0.5 < many.high < few.high


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path, capsys) -> None:
    with pytest.raises(InvalidInput, match="There is no checkpoint"):
        Reasoner(tmp_path)
    assert measure.main([str(tmp_path)]) == 2
    assert "Give the folder of a trained reasoner." in capsys.readouterr().err
