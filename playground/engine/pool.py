"""The pool of loaded models, each loaded once and shared. Knows no engine but by its table."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from importlib import import_module
from threading import Lock
from typing import NamedTuple, Protocol

from playground.engine.base import Engine
from playground.engine.options import EngineOptions
from playground.errors import InvalidInput, MissingExtra
from playground.models import ModelCard

Progress = Callable[[str], None]


class _EngineClass(Protocol):
    def load(self, card: ModelCard, on_progress: Progress | None = None, /) -> Engine: ...


class _Home(NamedTuple):
    """Where an engine's class is, and the extra that installs what it needs."""

    module: str
    name: str
    extra: str


_HOMES = {
    "transformers": _Home("playground.engine.transformers.engine", "TransformersEngine", "hf"),
    "vllm": _Home("playground.engine.vllm.engine", "VllmEngine", "vllm"),
    "server": _Home("playground.engine.server.engine", "ServerEngine", "server"),
    "scripted": _Home("playground.engine.scripted", "ScriptedEngine", ""),
    "replay": _Home("playground.engine.replay", "ReplayEngine", ""),
}


def engine_class(name: str) -> _EngineClass:
    """The class of an engine by its name; only now its libraries are imported.

    Raises:
        InvalidInput: no such engine.
        MissingExtra: a package that it needs is not installed.
    """
    if name not in _HOMES:
        raise InvalidInput(f"There is no engine {name!r}.", f"Choose one of {', '.join(_HOMES)}.")
    home = _HOMES[name]
    try:
        found: _EngineClass = getattr(import_module(home.module), home.name)
    except ModuleNotFoundError as error:
        if not home.extra or (error.name or "").startswith("playground"):
            raise
        raise MissingExtra(error.name or name, home.extra) from error
    return found


def beside_each_other(cards: Sequence[ModelCard], options: EngineOptions) -> tuple[ModelCard, ...]:
    """The cards as `options` have them run, all loaded at once: on vLLM each gets its part of the memory.

    Raises:
        InvalidInput: an option that a model's engine does not have.
        ModelUnavailable: the models do not fit together, or vLLM is not installed.
    """
    chosen = [options.applied(card) for card in cards]
    distinct = list({_key(card): card for card in chosen if card.engine == "vllm"}.values())
    if len(distinct) < 2:
        return tuple(chosen)
    engine_class("vllm")
    from playground.engine.vllm.memory import fitted  # vllm: half a minute to import

    fits = {_key(card): fit for card, fit in zip(distinct, fitted(distinct), strict=True)}
    return tuple(fits.get(_key(card), card) for card in chosen)


def complete_card(card: ModelCard, on_progress: Progress | None = None) -> ModelCard:
    """The card with what only its server knows: chat template and think tags. Other cards are complete as they are.

    Raises:
        ModelUnavailable: the server cannot be used, or what that needs is not installed.
        InvalidInput: the server does not have the model.
    """
    if card.engine != "server":
        return card
    engine_class(card.engine)
    from playground.engine.server.card import served_card  # httpx, which not everybody has

    return served_card(card, on_progress)


def shortcomings(card: ModelCard) -> tuple[str, ...]:
    """What the server of a card that `complete_card` made cannot do, a line each; nothing of other cards."""
    if card.engine != "server" or card.unavailable:
        return ()
    from playground.engine.server.card import shortcomings  # httpx, which not everybody has

    return shortcomings(card)


class Pool:
    """Loads engines, shares them, and lets go of the one used longest ago when memory runs short.

    An engine that is let go for its memory stays usable for who still has it, and is freed after them.
    """

    def __init__(self, memory_budget_bytes: int | None = None) -> None:
        """Without a budget everything stays loaded."""
        self._budget = memory_budget_bytes
        self._engines: dict[str, Future[Engine]] = {}
        self._lock = Lock()

    def get(self, card: ModelCard, on_progress: Progress | None = None) -> Engine:
        """The card's engine; loads it if nobody has, or if it has failed; waits if somebody else is loading it.

        Raises:
            ModelUnavailable: it cannot be loaded. The next call tries again.
        """
        key = _key(card)
        with self._lock:
            waiting = self._engines.pop(key, None)
            if waiting is not None and _is_loaded(waiting) and not waiting.result().usable:
                waiting = None
            promise = waiting or Future[Engine]()
            self._engines[key] = promise  # the dictionary's order is the order of use
        if waiting is None:
            self._load(card, promise, on_progress)
        return promise.result()

    def _load(self, card: ModelCard, promise: Future[Engine], on_progress: Progress | None) -> None:
        try:
            engine = engine_class(card.engine).load(card, on_progress)
        except BaseException as error:  # whatever it is, those who wait must not wait for ever
            with self._lock:
                self._engines.pop(_key(card), None)
            promise.set_exception(error)
            raise
        promise.set_result(engine)
        self._shrink(_key(card))

    def _shrink(self, newest: str) -> None:
        """Forget engines, those used longest ago first, until the rest fits the budget."""
        if self._budget is None:
            return
        with self._lock:
            loaded = {key: promise.result() for key, promise in self._engines.items() if _is_loaded(promise)}
            held = sum(engine.memory_bytes for engine in loaded.values())
            for key, engine in loaded.items():
                if held <= self._budget:
                    break
                if key != newest:
                    del self._engines[key]
                    held -= engine.memory_bytes
        del loaded
        gc.collect()  # a model's modules refer to each other

    def loaded(self) -> tuple[str, ...]:
        """The names of the models that are loaded, the one used longest ago first."""
        with self._lock:
            return tuple(promise.result().identity.model for promise in self._engines.values() if _is_loaded(promise))

    def loaded_engine(self, card: ModelCard) -> Engine | None:
        """The card's engine, if it is loaded and works; loads nothing."""
        with self._lock:
            promise = self._engines.get(_key(card))
        engine = promise.result() if promise is not None and _is_loaded(promise) else None
        return engine if engine is not None and engine.usable else None

    def unload(self, card: ModelCard) -> None:
        """Close the card's engine, if it is loaded; whoever uses it gets an error."""
        with self._lock:
            promise = self._engines.pop(_key(card), None)
        if promise is not None and _is_loaded(promise):
            promise.result().close()

    def close(self) -> None:
        """Close every engine."""
        with self._lock:
            promises = [promise for promise in self._engines.values() if _is_loaded(promise)]
            self._engines.clear()
        for promise in promises:
            promise.result().close()


def _is_loaded(promise: Future[Engine]) -> bool:
    return promise.done() and promise.exception() is None


def _key(card: ModelCard) -> str:
    """What makes two cards ask for the same engine."""
    return repr((card.name, card.engine, card.source, card.think, sorted(card.options.items())))
