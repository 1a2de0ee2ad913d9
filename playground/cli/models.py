"""The command `models`, which lists the models and whether each would run here. Loads no model."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playground.cards.known_models import KNOWN_MODELS, KnownModel
from playground.cards.server_address import check_base_url
from playground.cli.engine_options import engine_options
from playground.engine.pool import complete_card
from playground.errors import ModelUnavailable
from playground.machine import this_machine
from playground.models import ModelCard, availability, find_card, known_availability, known_cards
from playground.visible import visible

EXAMPLES = """\
examples:
  python -m playground models
  python -m playground models --all
  python -m playground models --models-file lab.toml --json

--model also takes the directory of a checkpoint, a .gguf file, the hub id of any model, and replay:FILE for a recorded
trace. HF_TOKEN, HF_HOME and HF_HUB_OFFLINE have their usual meaning.

A models file names further models; models.toml in the working directory is read without being named:

  [[model]]
  name = "thinker"                            # what --model takes
  source = "Qwen/Qwen3-8B"                    # a hub id, a directory, a .gguf file; for replay a recorded trace
  engine = "transformers"                     # the default; or vllm, server, replay, scripted
  think_tags = ["<think>", "</think>"]        # instead of what the chat template says; [] for none
  after_open = "\\n"                           # what follows the open tag
  user_suffix = " Put the answer in \\\\boxed{}."
  template = { enable_thinking = true }       # switches of the chat template
  sampling = { temperature = 0.7, top_k = 20 }
  options = { dtype = "bfloat16" }            # of the engine: device, dtype, revision, batch_size, trust_remote_code

Everything but the name and the source may be left out.
"""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("models", help="list the models and whether they would run here", epilog=EXAMPLES)
    parser.add_argument("--all", action="store_true", help="also the published models that are known by name")
    parser.add_argument("--json", action="store_true", help="print a list of JSON objects")
    add_models_file(parser)
    parser.set_defaults(main=main)


def add_models_file(parser: argparse._ActionsContainer) -> None:
    """Declare the option that names a models file."""
    help_line = "a TOML file with further models (models.toml in the working directory, if it is there)"
    parser.add_argument("--models-file", type=Path, metavar="FILE", help=help_line)


def usable_cards(arguments: argparse.Namespace) -> list[ModelCard]:
    """The cards of the models that a command names, in order, as its options have them run.

    Raises:
        InvalidInput: no such model, a models file that cannot be read, or an address that no model goes with.
        ModelUnavailable: one would not run here; the message says why.
    """
    check_base_url(arguments.base_url, arguments.model)
    return [_usable_card(name, arguments) for name in arguments.model]


def _usable_card(name: str, arguments: argparse.Namespace) -> ModelCard:
    found = find_card(name, arguments.base_url, models_file=arguments.models_file)
    card = engine_options(arguments).applied(found)
    here = availability(card)
    if not here.available:
        raise ModelUnavailable(f"{card.name} cannot run here: {here.why}.", "See: python -m playground models")
    return complete_card(card, tell)


def tell(line: str) -> None:
    """Print what happens while a model is made ready, where it is not in the way of output."""
    print(line, file=sys.stderr)


def main(arguments: argparse.Namespace) -> None:
    """Print the models, as a table or as JSON.

    Raises:
        InvalidInput: the models file cannot be read.
    """
    rows = [describe(card) for card in known_cards(arguments.models_file)]
    rows += [describe_known(model) for model in KNOWN_MODELS] if arguments.all else []
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        state = _here(row["needs_bytes"], row["note"]) if row["available"] else f"unavailable: {row['why']}"
        remarks = "; ".join([state, *row["contradictions"]])
        print(visible(f"{row['name']:<{width}}  {row['engine']:<12}  {remarks}"))
    machine = this_machine()
    print(f"\nMemory here: {machine.memory_bytes / 1e9:.1f} GB ({machine.device}).")


def describe(card: ModelCard) -> dict[str, Any]:
    """A model as the JSON object that is printed: `name` is what `--model` takes."""
    here = availability(card)
    return {
        "name": card.name,
        "engine": card.engine,
        "source": card.source,
        "available": here.available,
        "why": here.why,
        "note": here.note,
        "needs_bytes": here.needs_bytes,
        "contradictions": list(card.contradictions),
    }


def describe_known(model: KnownModel) -> dict[str, Any]:
    """As `describe`, of a published model that nobody has asked for yet."""
    here = known_availability(model)
    return {
        "name": model.hub_id,
        "engine": "transformers",
        "source": model.hub_id,
        "available": here.available,
        "why": here.why,
        "note": here.note,
        "needs_bytes": here.needs_bytes,
        "contradictions": [],
        "context": model.context,
        "think": {"open": model.think.open, "close": model.think.close, "template_opens": model.opens},
        "sampling": asdict(model.recommended) if model.recommended else None,
    }


def _here(needs: int | None, note: str) -> str:
    size = "" if needs is None else f"{needs / 1e6:.0f} MB" if needs < 1e9 else f"{needs / 1e9:.1f} GB"
    return ", ".join(part for part in ("available", size, note) if part)
