"""One of the processes that share a batch: loads the model, generates what comes, sends it back.

It ends when the process that started it closes the link or is gone, and its engine with it. Writes no file.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from playground.engine.base import Capabilities, Engine, Identity
from playground.engine.pool import engine_class
from playground.errors import PlaygroundError
from playground.models import ModelCard


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the processes this is, and what it may use."""

    index: int
    count: int
    devices: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    identity: Identity
    capabilities: Capabilities


def work(link: Connection, card: ModelCard, place: Place) -> None:
    """Serve one batch after the other until the link is closed."""
    os.setsid()  # what is started from here can be ended together
    os.environ["CUDA_VISIBLE_DEVICES"] = place.devices
    with link, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            _serve(link, card, place)
        except PlaygroundError as error:
            link.send(error)


def _serve(link: Connection, card: ModelCard, place: Place) -> None:
    kind = engine_class(card.engine)
    if card.engine == "vllm":
        from playground.engine.vllm.options import take_part  # vllm: half a minute to import

        take_part(place.index, place.count)
    with kind.load(card) as engine:
        link.send(Ready(engine.identity, engine.capabilities))
        while True:
            _generate(link, engine)


def _generate(link: Connection, engine: Engine) -> None:
    requests = link.recv()
    with closing(engine.generate(requests)) as results:  # type: ignore[type-var]
        for result in results:
            link.send(result)
    link.send(None)
