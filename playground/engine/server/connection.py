"""Connects a model card to its server: the card's options, the connection, and the probe's findings.

A server is probed once for each model; what was found is kept for as long as the process lives.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from threading import Lock
from typing import Any

from playground.cards.models_file import ENGINE_OPTIONS
from playground.cards.server_address import ServerAddress
from playground.engine.loop_thread import LoopThread
from playground.engine.server.client import ServerClient, ServerSettings
from playground.engine.server.probe import Findings, Probe
from playground.errors import InvalidInput, ModelUnavailable, ServerError
from playground.models import ModelCard

CONNECT_PATIENCE = 5.0
"""Seconds for which the first requests to a server are tried again."""
_OWN_OPTIONS = ("model", "template", "context_length")
_SETTINGS = {setting.name: type(setting.default) for setting in fields(ServerSettings)}
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a card's model is, and how it is to be asked."""

    address: ServerAddress
    settings: ServerSettings = field(default_factory=ServerSettings)
    context_length: int | None = None


def place_of(card: ModelCard) -> Place:
    """The server that a card with engine "server" names.

    Raises:
        InvalidInput: an unknown option, or a value that is none; the hint lists the options.
    """
    unknown = set(card.options) - set(_SETTINGS) - set(_OWN_OPTIONS)
    if unknown:
        known = ", ".join(ENGINE_OPTIONS["server"])
        raise InvalidInput(f"A server has no option {sorted(unknown)[0]!r}.", f"There are: {known}.")
    address = ServerAddress(base_url=card.source, model=str(card.options.get("model", "")))
    given = {name: _value(card, name, kind) for name, kind in _SETTINGS.items() if name in card.options}
    context = _value(card, "context_length", int) if "context_length" in card.options else None
    if context is not None and context < 1:
        raise InvalidInput(f"context_length is {context}.", "Give at least 1.")
    return Place(address=address, settings=ServerSettings(**given), context_length=context)


def _value(card: ModelCard, name: str, kind: type) -> Any:
    try:
        return kind(card.options[name])
    except (ValueError, TypeError, OverflowError):
        raise InvalidInput(f"The option {name} is {card.options[name]!r}.", "Give a number.") from None


class Probes:
    """What is known of servers."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int | None], Findings] = {}
        self._lock = Lock()

    def findings(self, place: Place, on_progress: Progress | None = None) -> Findings:
        """What the server can do; asks it if nobody has.

        Raises:
            ModelUnavailable: the server cannot be used; the message says why.
            InvalidInput: it does not serve the model.
        """
        key = (place.address.base_url, place.address.model, place.context_length)
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        if on_progress is not None:
            on_progress(f"asking {place.address.host} what it can do …")
        found = _probe(place)
        with self._lock:
            return self._known.setdefault(key, found)


PROBES = Probes()


def _probe(place: Place) -> Findings:
    given = place.settings
    hasty = replace(
        given,
        answer_seconds=min(given.timeout, given.answer_seconds),  # a few tokens are asked for
        retry_seconds=min(CONNECT_PATIENCE, given.retry_seconds),
    )
    with closing(LoopThread()) as thread:
        return thread.run(_probed(place, hasty))


async def _probed(place: Place, settings: ServerSettings) -> Findings:
    client = ServerClient(place.address, settings)
    try:
        return await Probe(client, place.context_length).run()
    except ServerError as error:
        raise ModelUnavailable(error.message, error.hint) from error
    finally:
        await client.close()
