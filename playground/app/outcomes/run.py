"""One visitor's comparison while it is drawn: how far it is, and its results so far. Knows no page.

It is drawn in a thread of its own; whoever looks gets what is new. What nobody has looked at for long is stopped.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import RLock, Thread
from typing import Any, Literal

from playground.app.loading import participant
from playground.app.outcomes.form import Order, OutcomesForm
from playground.app.room import Place
from playground.engine.pool import Pool
from playground.errors import InvalidInput, PlaygroundError
from playground.outcomes.batch_relay import Drafted, Halt
from playground.outcomes.comparison import Comparison, Sample, draw
from playground.outcomes.condition import condition_of
from playground.outcomes.files import csv_text, figures, json_text
from playground.relay import Participant

Status = Literal["waiting", "loading", "drawing", "finished", "stopped", "failed"]

UNWATCHED_SECONDS = 120.0
"""How long it goes on that nobody looks at."""
_PREVIEW = 90
"""Characters of a sample's end that the page shows."""


@dataclass(slots=True)
class _Progress:
    """How far it is."""

    model: str = ""
    done: int = 0
    of: int = 0
    tokens: int = 0


class _Stopped(Exception):
    """Nobody wants the steer any more, or no more may be written."""


class OutcomesRun:
    """A comparison from its order to its last sample. Safe to use from several threads."""

    def __init__(self, order: Order, form: OutcomesForm, pool: Pool, place: Place) -> None:
        """`place` says when it may be drawn, and how much."""
        self.form = form
        self.version = time.time_ns() // 1_000_000
        self.number = self.version
        self.looked = time.monotonic()
        self._order = order
        self._pool = pool
        self._place = place
        self._halt = Halt()
        self._lock = RLock()
        self._status: Status = "waiting"
        self._why = ""
        self._progress = _Progress()
        self._samples: list[Sample] = []
        self._drawn: tuple[Comparison, Sequence[Participant]] | None = None
        self._spent = ""
        self._begun = self._ended = time.monotonic()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def writing(self) -> bool:
        """Whether its samples are being drawn, or will be."""
        return self._status in ("waiting", "loading", "drawing")

    @property
    def tokens(self) -> int:
        """Tokens of the samples that are finished."""
        return sum(sample.tokens for sample in self._samples)

    def uses(self, model: str) -> bool:
        """Whether it draws from a model, or is about to."""
        return self.writing and any(card.name == model for card in self._order.setup.cards)

    def stop(self) -> None:
        """End it with the next token; the samples that are finished stay."""
        self._halt.set()

    def sample(self, arm: str, number: int) -> Sample:
        """One finished sample.

        Raises:
            InvalidInput: there is no such sample.
        """
        with self._lock:
            found = next((one for one in self._samples if (one.arm, one.number) == (arm, number)), None)
        if found is None:
            raise InvalidInput("There is no such sample.", "Choose one from the list.")
        return found

    def news(self, seen: int) -> dict[str, Any]:
        """What a page does not have yet that has seen so many samples."""
        with self._lock:
            arms = [str(arm) for arm in self._order.arms]
            return {
                "run": self.number,
                "version": self.version,
                "status": self._status,
                "why": self._why,
                "before": self._place.before if self._status == "waiting" else None,
                "models": [card.name for card in self._order.setup.cards],
                "rule": str(self._order.setup.plan),
                "question": self._order.here.question,
                "gold": self._order.here.gold,
                "seed": self._order.setup.seed,
                "seconds": (time.monotonic() if self.writing else self._ended) - self._begun,
                "progress": {
                    "finished": len(self._samples),
                    "samples": self._order.n * len(arms),
                    "model": self._progress.model,
                    "done": self._progress.done,
                    "of": self._progress.of,
                    "tokens": self._progress.tokens,
                },
                "arms": [{**figures(arm, self._samples), "answers": self._answers(arm)} for arm in arms],
                "samples": [_shown(sample) for sample in self._samples[seen:]],
            }

    def file(self, form: str) -> tuple[str, str, str]:
        """A file's name, type and text.

        Raises:
            InvalidInput: nothing is drawn yet, or there is no such file.
        """
        with self._lock:
            arms = [str(arm) for arm in self._order.arms]
            samples = sorted(self._samples, key=lambda sample: (arms.index(sample.arm), sample.number))
            drawn = self._drawn
        if drawn is None or not samples:
            raise InvalidInput("No sample is finished yet.", "Wait for the first.")
        if form == "csv":
            return "outcomes.csv", "text/csv", csv_text(samples)
        if form == "json":
            return "outcomes.json", "application/json", json_text(*drawn, samples)
        if form == "condition":
            saved = condition_of(*drawn)
            return f"condition-{saved.digest}.json", "application/json", saved.to_text()
        raise InvalidInput(f"There is no file format {form[:20]!r}.", "Choose csv, json or condition.")

    def _answers(self, arm: str) -> list[tuple[str, int]]:
        """The commonest answers of an arm."""
        found = Counter(
            sample.ending.answer[:40] for sample in self._samples if sample.arm == arm and sample.ending.answer
        )
        return found.most_common(3)

    def _run(self) -> None:
        status: Status = "failed"
        why = "The program failed; its terminal says how."
        try:
            with self._place, suppress(_Stopped):
                if self._place.wait(lambda: self._halt.is_set or self._unwatched()):
                    self._draw()
                else:
                    self._halt.set()
            status, why = "stopped" if self._halt.is_set else "finished", self._spent
        except PlaygroundError as error:
            why = str(error)
        finally:
            with self._lock:
                self._status, self._why, self._ended = status, why, time.monotonic()
                self.version += 1

    def _draw(self) -> None:
        """Draw all samples, until it is stopped."""
        self._tell("loading")
        setup = self._order.setup
        chosen = zip(setup.cards, setup.params, strict=True)
        writers = [participant(self._pool, card, params) for card, params in chosen]
        self._tell("drawing")
        comparison = self._order.comparison(writers, self._spend_on_steer)
        self._drawn = (comparison, writers)
        for event in draw(comparison, writers, self._halt):
            with self._lock:
                self._take(event)
                self.version += 1
            if isinstance(event, Drafted):
                self._spend(event.tokens)

    def _take(self, event: Drafted | Sample) -> None:
        if isinstance(event, Sample):
            self._samples.append(event)
        else:
            tokens = self._progress.tokens + event.tokens
            self._progress = _Progress(model=event.model, done=event.done, of=event.of, tokens=tokens)

    def _spend_on_steer(self, tokens: int) -> None:
        """Count what the steer is cut from.

        Raises:
            _Stopped: it is not to go on.
        """
        with self._lock:
            self._progress.tokens += tokens
            self.version += 1
        self._spend(tokens)
        if self._halt.is_set:
            raise _Stopped

    def _spend(self, tokens: int) -> None:
        """Count what was written; halt where no more may be, or nobody looks."""
        self._spent = self._spent or self._place.spend(tokens)
        if self._spent or self._unwatched():
            self._halt.set()

    def _tell(self, status: Status) -> None:
        with self._lock:
            self._status, self._begun = status, time.monotonic()
            self.version += 1

    def _unwatched(self) -> bool:
        return time.monotonic() - self.looked > UNWATCHED_SECONDS


def _shown(sample: Sample) -> dict[str, Any]:
    """A sample as the page lists it."""
    written = " ".join(sample.trajectory.text[sample.begun :].split())
    return {
        "arm": sample.arm,
        "number": sample.number,
        "outcome": sample.ending.outcome,
        "answer": sample.ending.answer,
        "why": sample.ending.why,
        "tokens": sample.tokens,
        "turns": sample.turns,
        "backtracked": sample.backtracked,
        "adopted": sample.adopted,
        "end": written if len(written) <= _PREVIEW else f"…{written[-_PREVIEW:]}",
    }
