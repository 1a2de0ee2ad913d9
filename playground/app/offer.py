"""The models that visitors choose from: the operator's and, only where the operator allows it, those that visitors add.

What is added is there for everybody, until the server ends. Knows no engine and loads no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Final

from playground.cards.hub import is_hub_id
from playground.errors import InvalidInput
from playground.models import Availability, ModelCard, availability

MOST_ADDED: Final = 16
"""By all visitors, and so many names are looked up at once: a server may take its time to answer."""


def told(text: str, card: ModelCard) -> str:
    """What is said of a model in words for visitors: where it lies on the machine is told to operators alone."""
    if "/" not in card.source or is_hub_id(card.source):
        return text
    return text.replace(card.source, card.name).replace(str(Path(card.source)), card.name)


def told_availability(card: ModelCard) -> Availability:
    """As `availability`, in words for visitors."""
    here = availability(card)
    return replace(here, why=told(here.why, card))


class Offer(Mapping[str, ModelCard]):
    """The cards by name. Safe to use from several threads."""

    def __init__(self, cards: Iterable[ModelCard], find: Callable[[str], ModelCard] | None = None) -> None:
        """`find` makes the card of a model that a visitor names; without it nobody adds one."""
        self._cards = {card.name: card for card in cards}
        self._find = find
        self._left = MOST_ADDED
        self._lock = Lock()

    @property
    def open(self) -> bool:
        """Whether visitors may add models."""
        return self._find is not None

    def add(self, name: str) -> ModelCard:
        """Offer a model that a visitor names.

        Raises:
            InvalidInput: visitors may not, it names no model, or one of this name is offered already.
            ModelUnavailable: it cannot be fetched, or would not run here.
        """
        if self._find is None:
            raise InvalidInput("Visitors cannot add models here.", "Ask whoever serves the page.")
        with self._lock:
            if not self._left:
                told = f"{MOST_ADDED} models were added already, or are being added."
                raise InvalidInput(told, "Ask whoever serves the page.")
            self._left -= 1
        try:
            card = self._find(name)
            self._put(card)
        except BaseException:
            with self._lock:
                self._left += 1
            raise
        return card

    def _put(self, card: ModelCard) -> None:
        with self._lock:
            if card.name in self._cards:
                raise InvalidInput(f"There is a model called {card.name[:60]!r} already.", "Choose it from the list.")
            self._cards = {**self._cards, card.name: card}  # whoever reads the others is not disturbed

    def __getitem__(self, name: str) -> ModelCard:
        return self._cards[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)
