"""`python -m evaluator.full`: both twin tests over a preset's questions, resumable, with a report.

Reads the command line and joins the parts; what a run does stands in `evaluator.evaluation`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from evaluator.benchmarks import tiers
from evaluator.config import PRESETS, RunConfig, preset
from evaluator.differences import differences
from evaluator.evaluation import Evaluation
from evaluator.ledger import Ledger, now
from evaluator.manifest import facts_at_start, manifest, write_manifest
from evaluator.progress import Progress
from evaluator.selection import run_questions
from playground.cli.border import Parser, run
from playground.engine.base import Engine
from playground.engine.pool import Pool
from playground.errors import MissingExtra, ModelUnavailable, RunError
from playground.models import ModelCard, availability, find_card, shipped_cards
from playground.records import RunQuestion

EXAMPLES = """\
examples:
  python -m evaluator.full                                        the tiny reasoners: minutes on a laptop
  python -m evaluator.full --limit 12 --n 2 --output-dir runs/try
  python -m evaluator.full --models tiny-oak-plain,tiny-elm-reflective --seed 1 --output-dir runs/two

The same command again goes on where a run was broken off; a finished run is only drawn again.
"""

REPORT_PACKAGES = ("numpy", "pandas", "matplotlib", "tabulate", "scipy", "statsmodels", "pyarrow")


def parser() -> Parser:
    """The command's options; those that are not given keep the preset's value."""
    options = Parser(
        prog="python -m evaluator.full",
        description="Run both twin tests, recoverability and guidability, and the benchmark alone.",
        epilog=EXAMPLES,
        argument_default=argparse.SUPPRESS,
    )
    scales = f"the scale: {', '.join(PRESETS)} (default tiny)"
    options.add_argument("--preset", default="tiny", metavar="NAME", help=scales)
    options.add_argument("--models", action="append", metavar="A,B", help="by name or directory; may be repeated")
    options.add_argument("--limit", type=int, metavar="N", help="tested questions in all; distractors come on top")
    options.add_argument("--n", type=int, metavar="N", help="samples of each question alone")
    options.add_argument("--seed", type=int, metavar="N", help="every draw and every sample depends on it")
    options.add_argument("--temperature", type=float, metavar="T")
    options.add_argument("--top-p", type=float, metavar="P")
    options.add_argument("--max-tokens", type=int, metavar="N", help="new tokens of a continuation at the most")
    options.add_argument(
        "--output-dir", "--output_path", dest="output_dir", type=Path, metavar="OUT", help="default runs/PRESET"
    )
    return options


def configure(arguments: argparse.Namespace) -> tuple[RunConfig, tuple[ModelCard, ...]]:
    """The configuration and the models that a command line asks for.

    Raises:
        InvalidInput: an unknown preset or model, or a number that cannot be.
        ModelUnavailable: a model that would not run here.
    """
    given = dict(vars(arguments))
    given.pop("output_dir", None)
    named = [name.strip() for part in given.pop("models", []) for name in part.split(",")]
    scale = given.pop("preset")
    cards = tuple(find_card(name) for name in named) if named else shipped_cards()
    if not cards:
        raise ModelUnavailable("No reasoner is shipped with this installation.", "Name models with --models.")
    for card in cards:
        here = availability(card)
        if not here.available:
            raise ModelUnavailable(f"{card.name} cannot run here: {here.why}.")
    config = replace(preset(scale, tuple(card.name for card in cards)), **given)
    return config, cards


def command() -> None:
    """Read the command line, fill the ledger and draw the report."""
    arguments = parser().parse_args()
    for package in REPORT_PACKAGES:
        if find_spec(package) is None:
            raise MissingExtra(package, "eval")
    config, cards = configure(arguments)
    questions = run_questions(tiers(), limit=config.limit, pool=config.pool, seed=config.seed)
    folder = getattr(arguments, "output_dir", Path("runs") / config.preset)
    scope = f"{config.limit} tested questions for {', '.join(config.models)}"
    print(f"Preset {config.preset}: {scope}; --preset chooses the scale ({', '.join(PRESETS)}).", flush=True)
    with Ledger(folder) as ledger:
        begin(ledger, config, questions)
        if ledger.reader.meta("completed") is None:
            write_manifest(folder, manifest(ledger.reader, complete=False))
            evaluation = Evaluation(
                config=config,
                cards=cards,
                questions=questions,
                open_engine=loaded,
                ledger=ledger,
                progress=Progress(sys.stderr),
            )
            evaluation.run()
            ledger.set_meta(completed=now())
        finish(folder)


def begin(ledger: Ledger, config: RunConfig, questions: Sequence[RunQuestion]) -> None:
    """Begin a run, or take one up again.

    Raises:
        RunError: the folder holds a run with another configuration, or with other questions.
    """
    before = ledger.reader.meta("config")
    if before is None:
        ledger.add_questions(questions)
        ledger.set_meta(config=json.dumps(config.to_json()), started=now(), **facts_at_start(sys.argv[1:]))
        return
    changes = differences(json.loads(before), config.to_json())
    if not changes and ledger.reader.questions() != tuple(questions):
        changes = ["the questions themselves have changed"]
    if changes:
        raise RunError(
            f"{ledger.path.parent} holds a run with another configuration: {'; '.join(changes)}.",
            "Give the same options to go on, or another --output-dir.",
        )


@contextmanager
def loaded(card: ModelCard) -> Iterator[Engine]:
    """A model in memory for as long as the context lasts."""
    pool = Pool()
    try:
        yield pool.get(card)
    finally:
        pool.close()


def finish(folder: Path) -> None:
    """Draw the report and print its main table."""
    # pandas and matplotlib come with these; the work before does without
    from evaluator.document import markdown_table
    from evaluator.report import PAGE_FILE, write_report
    from evaluator.tables import main_table

    findings = write_report(folder)
    print(markdown_table(main_table(findings.figures, findings.models)))
    print(folder / PAGE_FILE)


if __name__ == "__main__":
    sys.exit(run(command))
