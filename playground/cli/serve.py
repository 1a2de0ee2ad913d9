"""The command without a name, which serves the page. Knows no page, only where it is served."""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path

from playground.cli.engine_options import add_engine_options, engine_options
from playground.cli.models import add_models_file, tell, usable_cards
from playground.cli.network_options import add_network_options, network
from playground.custom_models import custom_card
from playground.engine.pool import beside_each_other, complete_card
from playground.errors import InvalidInput, ModelUnavailable
from playground.extras import require
from playground.models import ModelCard, availability, known_cards
from playground.runs.folders import RunFolders
from playground.runs.ledger import LEDGER_FILE

RUNS = "runs"
"""Where the evaluator puts runs unless it is told otherwise."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the page's options on the main parser."""
    page = parser.add_argument_group("the page")
    model_help = "a further model to choose from: a directory, replay:FILE, or URL#NAME on a server; may be repeated"
    page.add_argument("--model", action="append", default=[], metavar="NAME", help=model_help)
    page.add_argument("--base-url", metavar="URL", help="where server:NAME is served (OPENAI_BASE_URL)")
    runs_help = f"the directory whose runs can be read on the page (./{RUNS} where there is one)"
    page.add_argument("--runs", type=Path, metavar="DIR", help=runs_help)
    data_help = "a folder of benchmark files (.jsonl, .parquet) whose questions are offered beside the shipped ones"
    page.add_argument("--data-dir", type=Path, metavar="DIR", help=data_help)
    add_models_file(page)
    custom_help = "let visitors add models on the page by hub id, directory, or address of a server"
    page.add_argument("--allow-custom-models", action="store_true", help=custom_help)
    add_network_options(parser)
    add_engine_options(parser)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> None:
    """Serve the page until it is interrupted.

    Raises:
        MissingExtra: gradio is not installed.
        InvalidInput: others could reach the page without a login, the port is taken, the models file cannot be read,
            there is no such model, an engine has no such option, there is no directory of runs, or no questions in the
            folder.
        ModelUnavailable: the models do not fit the memory together, or a server cannot be used.
    """
    require("ui")
    served = network(arguments)
    served.check()
    known = [_completed(card) for card in known_cards(arguments.models_file)]
    further = usable_cards(arguments)
    options = engine_options(arguments)
    models = beside_each_other((*known, *further), options)
    find = partial(custom_card, options=options) if arguments.allow_custom_models else None
    runs = run_folders(arguments.runs)
    from playground.app.server import serve  # gradio: seconds to import

    serve(served, models, runs, arguments.data_dir, find)


def _completed(card: ModelCard) -> ModelCard:
    """The card with what its server reports; where that cannot be asked, the page says why the model is not here."""
    if not availability(card).available:
        return card
    try:
        return complete_card(card, tell)
    except (ModelUnavailable, InvalidInput) as error:
        return replace(card, unavailable=error.message.rstrip("."))


def run_folders(asked: Path | None) -> RunFolders | None:
    """The directory of runs; without one asked for, the usual one if it is there.

    Raises:
        InvalidInput: what is asked for is not a directory, or is itself a run.
    """
    if asked is None:
        return RunFolders(Path(RUNS)) if Path(RUNS).is_dir() else None
    if not asked.is_dir():
        raise InvalidInput(f"{asked} is not a directory.", "Give the one in which the runs' folders lie.")
    if (asked / LEDGER_FILE).exists():
        raise InvalidInput(f"{asked} is itself a run.", f"Give the directory that it lies in: {asked.parent}.")
    return RunFolders(asked)
