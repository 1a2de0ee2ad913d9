"""Models that visitors add on the page: a hub id, a checkpoint's directory, or the address of a served one.

The operator did not choose them, so less is taken than on a command line: no other files, no options, and a server gets
no key and no say in which directory of this machine is read. Knows no page; loads no model.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from playground.cards.hub import is_hub_id
from playground.cards.known_models import known_model
from playground.cards.models_file import ModelEntry
from playground.cards.server_address import PREFIX, is_address, parse_address
from playground.engine.options import EngineOptions
from playground.engine.pool import complete_card
from playground.errors import InvalidInput, ModelUnavailable
from playground.models import ModelCard, availability, card_from_directory, card_from_entry, find_card

LONGEST_NAME: Final = 300
PAPERS: Final = ("config.json", "tokenizer_config.json")
"""What a directory holds that is a checkpoint; of another one nothing is read, and nothing is said."""


def custom_card(name: str, options: EngineOptions) -> ModelCard:
    """The card of a model that a visitor names, as `options` have it run.

    Raises:
        InvalidInput: it names no such thing.
        ModelUnavailable: it would not run here, cannot be fetched, or its server cannot be used.
    """
    name = name.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(
            "This is not the name of a model.", "Give a hub id, a directory, or the address of a served model."
        )
    card = _served(name) if is_address(name) else options.applied(_checkpoint(name))
    if len(card.name) > LONGEST_NAME or not card.name.isprintable():
        raise InvalidInput("The name that the model gives itself cannot be used.", "Choose another one.")
    here = availability(card)
    if not here.available:
        raise ModelUnavailable(f"{card.name} cannot run here: {here.why}.")
    return card


def _served(name: str) -> ModelCard:
    if name.startswith(PREFIX):
        raise InvalidInput(f"{name!r} does not say on which server.", "Give one such as http://127.0.0.1:8000/v1#NAME.")
    if parse_address(name).options:
        raise InvalidInput("The address has options.", "Give one such as http://127.0.0.1:8000/v1#NAME.")
    card = find_card(name)
    return complete_card(replace(card, options={**card.options, "trusted": False}))


def _checkpoint(name: str) -> ModelCard:
    if name and not name.endswith(".gguf") and all(_is_file(Path(name, paper)) for paper in PAPERS):
        return card_from_directory(Path(name))
    known = known_model(name) if "/" not in name else None
    if known is not None or (is_hub_id(name) and not Path(name).is_dir()):
        return card_from_entry(ModelEntry(name=name, source=known.hub_id if known else name))
    raise InvalidInput(
        f"{name!r} is not a model that can be added.", "Give a hub id, a directory, or a server's address."
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a directory that may not be looked into, or a name that is too long
        return False
