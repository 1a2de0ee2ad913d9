"""The command `models`: what can be asked for by name, and whether it would run here. Loads no model."""

from __future__ import annotations

import argparse
import json
from typing import Any

from playground.cli.visible import visible
from playground.models import ModelCard, availability, known_cards

EXAMPLES = """\
examples:
  python -m playground models
  python -m playground models --json

--model also takes the directory of a checkpoint, and replay:FILE for a recorded trace.
"""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("models", help="list the models and whether they would run here", epilog=EXAMPLES)
    parser.add_argument("--json", action="store_true", help="a list of JSON objects")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> None:
    """Print the models, as a table or as JSON."""
    rows = [describe(card) for card in known_cards()]
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        state = "available" if row["available"] else f"unavailable: {row['why']}"
        print(visible(f"{row['name']:<{width}}  {row['engine']:<12}  {state}"))


def describe(card: ModelCard) -> dict[str, str | bool]:
    """A model as the JSON object that is printed: `name` is what `--model` takes."""
    here = availability(card)
    return {"name": card.name, "engine": card.engine, "available": here.available, "why": here.why}
