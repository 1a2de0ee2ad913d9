"""One relay from the first turn to the verdict: run, shown and saved. Knows no option and no colour."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from playground.answers import final_answer
from playground.cli.painter import Painter
from playground.grading import grade
from playground.models import ModelCard
from playground.relay import Signals, Turn, TurnEnded, relay
from playground.serialization import write_text
from playground.trajectory import FinishReason, Trajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a relay starts from, and where it is saved."""

    start: Trajectory
    cards: tuple[ModelCard, ...]
    seed: int
    path: Path | None = None

    def save(self, trajectory: Trajectory) -> None:
        """Write the trajectory to the session's file, whole or not at all; without a file, nowhere.

        Raises:
            RunError: the file cannot be written.
        """
        if self.path is not None:
            write_text(self.path, json.dumps(trajectory.to_dict(), ensure_ascii=False, indent=2) + "\n")

    def run(self, turns: Iterable[Turn], painter: Painter) -> None:
        """Let the turns write; what was written is saved also when it is interrupted or an engine fails.

        Raises:
            EngineError: as the engines do.
            KeyboardInterrupt: somebody stopped it.
        """
        signals = Signals()
        ended: TurnEnded | None = None
        with (
            closing(painter),
            _interrupt_stops(signals),
            closing(relay(self.start, turns, self.seed, signals)) as events,
        ):
            for event in events:
                painter.show(event)
                if isinstance(event, TurnEnded):
                    ended = event
                    self.save(event.trajectory)
        if signals.stop.is_set() or ended is None:
            raise KeyboardInterrupt
        reason = ended.completion.finish_reason if ended.completion else "length"
        painter.verdict(*self._verdict(ended.trajectory, reason))

    def _verdict(self, trajectory: Trajectory, reason: FinishReason) -> tuple[str, str]:
        """The outcome and why; without a gold answer, what the answer is."""
        tags = {card.name: card.think for card in self.cards}[trajectory.segments[-1].author.name]
        completion = trajectory.thinking + ((tags.close or "") + trajectory.answer if trajectory.closed else "")
        if trajectory.gold is not None:
            verdict = grade(completion, reason, tags, trajectory.gold)
            return verdict.outcome, verdict.why
        answer = final_answer(completion if tags.close is None else trajectory.answer)
        if answer is not None:
            return "answer", answer
        return ("truncated", "the tokens ran out") if reason == "length" else ("no_answer", "the text names none")


@contextmanager
def _interrupt_stops(signals: Signals) -> Iterator[None]:
    """The first Ctrl-C ends the relay with the next token; the second one does not wait for it."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        if signals.stop.is_set():
            raise KeyboardInterrupt
        signals.stop.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
