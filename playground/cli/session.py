"""Runs, shows and saves one relay, from the first turn to the verdict. Knows no option and no colour."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from playground.cli.painter import Painter
from playground.ending import judge
from playground.models import ModelCard
from playground.relay import Signals, Turn, TurnEnded, relay
from playground.serialization import check_writable, write_text
from playground.thinking_budget import ThinkingBudget
from playground.trajectory import Trajectory
from playground.visible import visible_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a relay starts from, and where it is saved."""

    start: Trajectory
    cards: tuple[ModelCard, ...]
    seed: int
    path: Path | None = None
    budget: ThinkingBudget | None = None

    def begin(self) -> None:
        """Save what there is before the models load, so that nothing is lost; a file that exists stays for now.

        Raises:
            RunError: the file cannot be written.
        """
        if self.path is None:
            return
        check_writable(self.path)
        if not self.path.exists():
            self.save(self.start)

    def save(self, trajectory: Trajectory) -> None:
        """Write the trajectory to the session's file, whole or not at all; without a file, nowhere.

        Raises:
            RunError: the file cannot be written.
        """
        if self.path is not None:
            write_text(self.path, visible_json(trajectory.to_dict()))

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
            closing(relay(self.start, turns, self.seed, signals, self.budget)) as events,
        ):
            for event in events:
                painter.show(event)
                if isinstance(event, TurnEnded):
                    ended = event
                    if event.trajectory != self.start:  # a relay that wrote nothing replaces no file
                        self.save(event.trajectory)
        if signals.stop.is_set() or ended is None:
            raise KeyboardInterrupt
        self._judge(ended, painter)

    def _judge(self, ended: TurnEnded, painter: Painter) -> None:
        reason = ended.completion.finish_reason if ended.completion else "length"
        writers = {segment.author.name for segment in ended.trajectory.segments[-1:]}
        last = next((card for card in self.cards if card.name in writers), self.cards[-1])
        ending = judge(ended.trajectory, reason, last.think)
        painter.verdict(ending.outcome, ending.answer or "" if ending.outcome == "answer" else ending.why)


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
