"""The command that measures a tiny reasoner's accuracy: `python -m playground.reasoners.measure FOLDER`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from playground.cli import border
from playground.errors import InvalidInput
from playground.extras import require
from playground.reasoners.questions import TIERS

EXAMPLES = """\
examples:
  python -m playground.reasoners.measure runs/reasoners/tiny-oak-plain
  python -m playground.reasoners.measure runs/reasoners/tiny-oak-plain --card
"""


def main(words: Sequence[str] | None = None) -> int:
    """The command behind the border; returns the exit code."""
    return border.run(lambda: command(words))


def command(words: Sequence[str] | None = None) -> None:
    """Read the command line, measure each tier of the shipped questions, and print a JSON object for each.

    Raises:
        InvalidInput: no checkpoint there, one of no recipe, or a number of samples that cannot be.
        MissingExtra: torch or transformers is not installed.
        ModelUnavailable: the checkpoint is damaged.
        RunError: the model card cannot be written.
    """
    options = _parser().parse_args(words)
    if options.samples < 1:
        raise InvalidInput(f"--samples must be at least 1, not {options.samples}.", "The shipped model cards take 8.")
    require("hf")
    from playground.reasoners.accuracy import measure  # torch and transformers come with these
    from playground.reasoners.card import recipe_of, write_papers
    from playground.reasoners.reasoner import Reasoner, Sampling

    recipe = recipe_of(options.folder) if options.card else None
    reasoner, sampling = Reasoner(options.folder), Sampling(samples=options.samples)
    found = []
    for tier in TIERS:
        found.append(measure(reasoner, tier, sampling))
        print(json.dumps(asdict(found[-1])), flush=True)
    if recipe:
        write_papers(options.folder, recipe, reasoner, found, sampling)


def _parser() -> border.Parser:
    parser = border.Parser(
        prog="python -m playground.reasoners.measure",
        description="Measure how accurate a tiny reasoner is on the shipped questions: Pass@1 with its interval.",
        epilog=EXAMPLES,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="folder of a checkpoint")
    parser.add_argument(
        "--samples", type=int, metavar="N", default=8, help="completions of each question (%(default)s)"
    )
    parser.add_argument("--card", action="store_true", help="write recipe.json and the model card into the folder too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
