"""The server engine on a server that goes wrong on purpose, for as long as a test needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fault_server import FaultServer

from playground.engine.base import Completion, Request
from playground.engine.server.engine import ServerEngine
from playground.models import ModelCard
from playground.sampling import SamplingParams
from playground.thinking import NO_TAGS

FAST = {"timeout": 0.4, "connect_seconds": 0.4, "first_pause": 0.01, "retry_seconds": 60, "max_connections": 8}


def card(server: FaultServer, **options: float) -> ModelCard:
    return ModelCard(name="m", engine="server", source=server.url, think=NO_TAGS, options={**FAST, **options})


@contextmanager
def connected(**options: float) -> Iterator[tuple[FaultServer, ServerEngine]]:
    with FaultServer() as server, ServerEngine.load(card(server, **options)) as engine:
        server.journal.clear()
        yield server, engine


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[FaultServer, ServerEngine]]:
    with connected() as pair:
        yield pair


def asked(prompt: str = "p", seed: int = 3, **params: object) -> Request:
    return Request(prompt=prompt, params=SamplingParams(**{"seed": seed, "max_tokens": 200, **params}))


def batch(engine: ServerEngine, *requests: Request) -> list[Completion]:
    return [completion for _, completion in sorted(engine.generate(requests))]
