"""What happens when a visitor presses a button. Knows the relay and the view, and no component.

A run belongs to the visitor who started it. It ends when the visitor stops it, starts another or leaves; the relay
then closes the engine's stream with its next token.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import count
from typing import Any

from playground.app.background import Background
from playground.app.form import Form, Setup, read
from playground.app.view import View
from playground.app.visits import Visits
from playground.ending import Ending, judge
from playground.engine.pool import Pool
from playground.errors import PlaygroundError
from playground.models import ModelCard
from playground.relay import Participant, Signals, TurnEnded, relay

UPDATE_SECONDS = 0.05
"""The browser draws no more often than this."""


class Handlers:
    """The buttons' work, for all visitors; the pool is shared, everything else is a visitor's own."""

    def __init__(self, pool: Pool, cards: Sequence[ModelCard]) -> None:
        self._pool = pool
        self._cards: Mapping[str, ModelCard] = {card.name: card for card in cards}
        self._visits = Visits()
        self._numbers = count(1)

    def run(self, form: Form, visitor: str) -> Iterator[dict[str, Any]]:
        """The values of the trace, from the first to the last, which holds the ending and the record.

        Raises:
            InvalidInput: the form asks for something that cannot be.
            ModelUnavailable: a model that would not run here.
        """
        setup = read(form, self._cards)
        signals = self._visits.begin(visitor)
        try:
            yield from self._values(setup, signals)
        finally:
            self._visits.end(visitor, signals)

    def stop(self, visitor: str) -> None:
        """Stop the visitor's relay; also when the visitor leaves."""
        self._visits.stop(visitor)

    def hand_over(self, visitor: str) -> None:
        """Let the next model go on now."""
        self._visits.hand_over(visitor)

    def _values(self, setup: Setup, signals: Signals) -> Iterator[dict[str, Any]]:
        view = View(setup, next(self._numbers))
        yield view.value("loading", time.monotonic())
        try:
            participants = [
                Participant(card=card, engine=self._pool.get(card), params=setup.params) for card in setup.cards
            ]
            ending = yield from _stream(setup, participants, signals, view)
        except PlaygroundError as error:
            ending = Ending(outcome="failed", why=str(error))
        view.finish()
        record = json.dumps(view.trajectory.to_dict(), ensure_ascii=False, indent=2) + "\n"
        yield view.value("over", time.monotonic(), ending=asdict(ending), record=record)


def _stream(
    setup: Setup, participants: Sequence[Participant], signals: Signals, view: View
) -> Generator[dict[str, Any], None, Ending]:
    """The values while the relay runs; returns how it ended. Raises as `relay` does."""
    ended: TurnEnded | None = None
    view.begin(time.monotonic())
    yield view.value("running", time.monotonic())
    events = Background(lambda: relay(setup.start, setup.turns(participants), setup.seed, signals))
    for batch in events.batches(UPDATE_SECONDS):
        for event, second in batch:
            view.add(event, second)
            ended = event if isinstance(event, TurnEnded) else ended
        yield view.value("running", time.monotonic())
    if ended is None or signals.stop.is_set():
        return Ending(outcome="stopped", why="what was written is kept")
    reason = ended.completion.finish_reason if ended.completion else "length"
    return judge(ended.trajectory, reason, view.writer.think)
