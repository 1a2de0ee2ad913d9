"""`python -m playground.reasoners.train --recipe NAME`: trains one tiny reasoner and writes its checkpoint."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

from playground.assets import assets_dir
from playground.errors import InvalidInput, PlaygroundError
from playground.reasoners.corpus import tokenizer_texts
from playground.reasoners.families import FAMILIES, train_tokenizer
from playground.reasoners.recipes import RECIPES, Recipe
from playground.reasoners.training import Training, new_model

STATE = "training.pt"
SAVE_EVERY = 100
REPORT_EVERY = 50


def prepare(recipe: Recipe, parents: Path, device: str) -> tuple[Training, PreTrainedTokenizerFast]:
    """A training at its first step: from random weights, or from the parent's checkpoint below `parents`."""
    family = FAMILIES[recipe.family]
    if not recipe.parent:
        tokenizer = train_tokenizer(family, tokenizer_texts(family))
        model = new_model(recipe, tokenizer)
    else:
        parent = parents / recipe.parent
        if not (parent / "config.json").is_file():
            raise InvalidInput(f"The parent checkpoint {parent} is missing.", f"Train {recipe.parent} first.")
        tokenizer = AutoTokenizer.from_pretrained(parent)
        tokenizer.chat_template = family.template  # the family's own, whatever the parent was saved with
        model = AutoModelForCausalLM.from_pretrained(parent, dtype=torch.float32)
    return Training(recipe, family, tokenizer, model.to(device)), tokenizer


def run(training: Training, state: Path) -> None:
    """Trains to the recipe's last step, reporting and saving on the way."""
    begun, tokens, total = time.monotonic(), 0, training.recipe.steps
    for progress in training.run(total):
        tokens += progress.tokens
        if progress.step % REPORT_EVERY == 0 or progress.step == total:
            recent = training.losses[-REPORT_EVERY:]
            speed = tokens / (time.monotonic() - begun)
            print(
                f"{training.recipe.name}: step {progress.step} of {total}, "
                f"loss {sum(recent) / len(recent):.4f}, {speed:.0f} tokens/s",
                flush=True,
            )
        if progress.step % SAVE_EVERY == 0:
            training.save(state)


def plot_losses(losses: Sequence[float], path: Path) -> bool:
    """Draws the loss of every step and its running mean into a PNG; returns whether matplotlib was there to do it."""
    if importlib.util.find_spec("matplotlib") is None:
        return False
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    width = min(REPORT_EVERY, len(losses))
    means = [sum(losses[at - width : at]) / width for at in range(width, len(losses) + 1)]
    axes.semilogy(range(1, len(losses) + 1), losses, linewidth=0.5, color="0.8")
    axes.semilogy(range(width, len(losses) + 1), means, color="tab:blue", label=f"mean of {width} steps")
    axes.legend(frameon=False)
    axes.set_xlabel("step")
    axes.set_ylabel("loss in nats a token")
    figure.savefig(path, dpi=120)
    return True


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m playground.reasoners.train", description=__doc__)
    parser.add_argument("--recipe", required=True, help=f"one of {', '.join(RECIPES)}")
    parser.add_argument("--output", type=Path, default=assets_dir() / "reasoners", help="folder of the checkpoints")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--steps", type=int, help="train for another number of steps")
    parser.add_argument("--resume", action="store_true", help="go on from the last saved state")
    options = parser.parse_args(arguments)
    try:
        _train(options)
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _train(options: argparse.Namespace) -> None:
    recipe = _recipe(options.recipe, options.steps)
    if options.device == "cuda" and not torch.cuda.is_available():
        raise InvalidInput("This machine has no CUDA device.", "Use --device cpu.")
    folder = options.output / recipe.name
    folder.mkdir(parents=True, exist_ok=True)
    training, tokenizer = prepare(recipe, options.output, options.device)
    state = folder / STATE
    if options.resume and state.is_file():
        training.load(state)
    run(training, state)
    training.save(state)
    training.model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    plot_losses(training.losses, folder / "loss.png")


def _recipe(name: str, steps: int | None) -> Recipe:
    if name not in RECIPES:
        raise InvalidInput(f"There is no recipe {name!r}.", f"Choose one of {', '.join(RECIPES)}.")
    if steps is None:
        return RECIPES[name]
    if steps < 1:
        raise InvalidInput(f"--steps must be at least 1, not {steps}.")
    return replace(RECIPES[name], steps=steps)


if __name__ == "__main__":
    sys.exit(main())
