"""Opens a run's models one at a time, in this process or in several that share the work. Knows no run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Self

from evaluator.running.evaluation import OpenEngine
from evaluator.running.runner import Generating
from evaluator.running.workers import Workers
from playground.engine.base import Engine
from playground.engine.pool import Pool
from playground.errors import InvalidInput
from playground.models import ModelCard


def opening(cards: Sequence[ModelCard], processes: int) -> OpenEngine:
    """How models are opened that share the work among `processes`.

    Raises:
        InvalidInput: fewer than one process, or several for a model that does not run on vLLM.
    """
    if processes < 1:
        raise InvalidInput(f"--data-parallel is {processes}.", "Give a number of at least 1.")
    if processes == 1:
        return loaded
    others = [card.name for card in cards if card.engine != "vllm"]
    if others:
        raise InvalidInput(f"--data-parallel is for vLLM, and {others[0]} does not run on it.", "Add --engine vllm.")
    return partial(Workers, count=processes)


@contextmanager
def loaded(card: ModelCard) -> Iterator[Engine]:
    """A model in memory for as long as the context lasts; vLLM has it in a process that ends with the context."""
    pool = Pool()
    try:
        yield pool.get(card)
    finally:
        pool.close()


class OneAtATime:
    """Keeps a model until another one is opened, so that stages of the same model load it once."""

    def __init__(self, open_engine: OpenEngine) -> None:
        self._open = open_engine
        self._kept = ExitStack()
        self._card: ModelCard | None = None
        self._engine: Generating | None = None

    @contextmanager
    def open(self, card: ModelCard) -> Iterator[Generating]:
        """The model for one stage; what was opened before is closed first, unless it is the same."""
        if self._engine is None or card != self._card:
            self.close()
            self._engine = self._kept.enter_context(self._open(card))
            self._card = card
        yield self._engine

    def close(self) -> None:
        self._engine = None
        self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
