"""The command that trains one tiny reasoner: `python -m playground.reasoners.train --recipe NAME`."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playground.cli import border
from playground.errors import InvalidInput, RunError
from playground.extras import require
from playground.reasoners.recipes import RECIPES, Recipe

if TYPE_CHECKING:
    from playground.reasoners.training import Training

STATE: Final = "training.pt"
SAVE_EVERY: Final = 100
REPORT_EVERY: Final = 50
OUTPUT: Final = Path("runs/reasoners")
EXAMPLES: Final = """\
examples:
  python -m playground.reasoners.train --recipe oak-basics
  python -m playground.reasoners.train --recipe tiny-oak-plain --resume     goes on where it stopped
  python -m playground.reasoners.measure runs/reasoners/tiny-oak-plain --card     measures it, writes its model card
"""


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


def main(words: Sequence[str] | None = None) -> int:
    """The command behind the border; returns the exit code."""
    return border.run(lambda: command(words))


def command(words: Sequence[str] | None = None) -> None:
    """Read the command line and train.

    Raises:
        InvalidInput: no such recipe, number of steps or device, or a parent that is not trained yet.
        MissingExtra: torch or transformers is not installed.
        RunError: the folder cannot be written to.
    """
    options = _parser().parse_args(words)
    recipe = _recipe(options.recipe, options.steps)
    require("hf")
    from playground.reasoners.training import begin  # torch and transformers

    training = begin(recipe, options.output, options.device)
    folder = options.output / recipe.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        state = folder / STATE
        if options.resume and state.is_file():
            training.load(state)
        run(training, state)
        training.save(state)
        training.write_checkpoint(folder)
        plot_losses(training.losses, folder / "loss.png")
    except OSError as error:
        raise RunError(f"{folder} cannot be written to: {error.strerror}.", "Choose another --output.") from None


def _parser() -> border.Parser:
    parser = border.Parser(
        prog="python -m playground.reasoners.train",
        description="Train one tiny reasoner from its recipe and seed.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--recipe", required=True, metavar="NAME", help=f"one of {', '.join(RECIPES)}")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder of the checkpoints (%(default)s)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--steps", type=int, metavar="N", help="train for another number of steps")
    parser.add_argument("--resume", action="store_true", help="go on from the last saved state, if there is one")
    return parser


def _recipe(name: str, steps: int | None) -> Recipe:
    if name not in RECIPES:
        raise InvalidInput(f"There is no recipe {name!r}.", f"Choose one of {', '.join(RECIPES)}.")
    if steps is None:
        return RECIPES[name]
    if steps < 1:
        raise InvalidInput(f"--steps must be at least 1, not {steps}.", "Leave it out for the recipe's own number.")
    return replace(RECIPES[name], steps=steps)


if __name__ == "__main__":
    sys.exit(main())
