"""Engines that the tests of vLLM share: loading one takes long. They run in an environment of their own."""

from collections.abc import Iterator

import pytest

from playground.engine.options import EngineOptions
from playground.engine.pool import Pool, beside_each_other
from playground.engine.vllm.engine import VllmEngine
from playground.models import ModelCard, find_card

NAMES = ("tiny-oak-plain", "tiny-elm-plain")


@pytest.fixture(scope="session")
def cards() -> tuple[ModelCard, ...]:
    """Two reasoners of two families, as vLLM runs them beside each other."""
    return beside_each_other([find_card(name) for name in NAMES], EngineOptions(engine="vllm"))


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    loaded = Pool()
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def oak(pool: Pool, cards: tuple[ModelCard, ...]) -> VllmEngine:
    engine = pool.get(cards[0])
    assert isinstance(engine, VllmEngine)
    return engine


@pytest.fixture(scope="session")
def elm(pool: Pool, cards: tuple[ModelCard, ...]) -> VllmEngine:
    engine = pool.get(cards[1])
    assert isinstance(engine, VllmEngine)
    return engine
