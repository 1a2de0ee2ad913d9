"""One piece of work: its branches, what is shown of them, and the relay that writes on one of them. Knows no button.

The relay writes in a thread of its own; whoever looks gets what is new. A relay that nobody has looked at for a while
is stopped; what it wrote is kept.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from threading import RLock, Semaphore, Thread
from typing import Any, Literal

from playground.app.cast import LETTERS, Cast
from playground.app.ending import judge
from playground.app.view import Seen, View
from playground.app.writing import Writing
from playground.branches import Ending, Probe, Tree
from playground.engine.pool import Pool
from playground.errors import PlaygroundError
from playground.relay import Participant, Signals, TurnEnded, relay
from playground.trajectory import FinishReason, Trajectory

Status = Literal["empty", "loading", "running", "over"]

UNWATCHED_SECONDS = 10.0
"""How long a relay goes on that nobody looks at: a page that is loaded again finds it still writing."""
_JOIN_SECONDS = 2.0
_UNFINISHED = ("stopped", "paused", "failed", "truncated", "no_answer")
_BROKEN = Ending(outcome="failed", why="the program failed; its terminal says how")


class Desk:
    """The work of one session. Safe to use from several threads."""

    def __init__(self, pool: Pool, room: Semaphore, tree: Tree | None = None) -> None:
        """`room` limits how many relays write at once; `tree` is work that was saved."""
        self.version = time.time_ns() // 1_000_000  # not what a server before this one had
        self.tree = tree or Tree()
        self.looked = time.monotonic()
        self._models: tuple[str, ...] = ()
        self._pool = pool
        self._room = room
        self._lock = RLock()
        self._status: Status = "empty"
        self._broken_off: Literal["stopped", "paused"] = "stopped"
        self._signals = Signals()
        self._thread: Thread | None = None
        self._tree_version = self.version
        self._draw()

    @property
    def writing(self) -> bool:
        return self._status in ("loading", "running")

    @property
    def shown(self) -> Trajectory:
        """What stands on the page; while a relay writes, with all but the turn that is being written."""
        return self._view.trajectory

    @property
    def cast(self) -> Cast:
        """Who is who with the models that were chosen last."""
        return Cast(self._models)

    def choose(self, models: Sequence[str]) -> None:
        """The models that are called A and B from now on."""
        self._models = tuple(models)

    def stop(self, how: Literal["stopped", "paused"] = "stopped") -> None:
        """End the relay with its next token."""
        self._broken_off = how
        self._signals.stop.set()

    def hand_over(self) -> None:
        """Let the next model go on with the next token."""
        self._signals.hand_over.set()

    def rest(self) -> None:
        """Stop the relay and wait until it has let go of the trajectory."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            self.stop()
            thread.join(_JOIN_SECONDS)

    def change(self, tree: Tree) -> None:
        """Show another state of the branches."""
        with self._lock:
            self.tree = tree
            self._draw()

    def note(self, number: int, probe: Probe) -> None:
        """Keep what a model would have answered on a branch."""
        with self._lock:
            branch = self.tree.branches[number]
            self.tree = self.tree.put(number, replace(branch, probes=(*branch.probes, probe)))
            if number == self.tree.number:
                self._view.add_probe(probe, LETTERS[probe.place])
            self.version += 1

    def write(self, writing: Writing) -> None:
        """Begin a relay on a new branch."""
        with self._lock:
            self.choose([card.name for card in writing.setup.cards])
            self.tree = self.tree.grow(writing.branch)
            self._signals, self._broken_off = Signals(), "stopped"
            self._draw()
            self._status = "loading"
            self.looked = time.monotonic()
            run = (writing, self._signals, len(self.tree.branches) - 1)
            self._thread = Thread(target=self._write, args=run, daemon=True)
            self._thread.start()

    def news(self, seen: Seen, tree_version: int) -> dict[str, Any]:
        """What a page that has seen so much does not have yet."""
        with self._lock:
            current = self.tree.current
            news = self._view.news(seen, time.monotonic())
            news |= {"version": self.version, "status": self._status, "can": self._can()}
            news["ending"] = asdict(current.ending) if current and current.ending and not self.writing else None
            if tree_version != self._tree_version:
                news["tree"] = {"version": self._tree_version, **_shown(self.tree)}
            return news

    def _can(self) -> list[str]:
        """What can be pressed now."""
        current = self.tree.current
        if self.writing:
            return ["hand-over", "stop", "pause"]
        unfinished = current is not None and (current.ending is None or current.ending.outcome in _UNFINISHED)
        able = {
            "run": True,
            "continue": unfinished,
            "retry": current is not None and current.writer is not None,
            "undo": self.tree.place > 0,
            "redo": self.tree.place < len(self.tree.path) - 1,
        }
        return [name for name, here in able.items() if here]

    def _write(self, writing: Writing, signals: Signals, number: int) -> None:
        ending = _BROKEN
        try:
            with self._room:
                ending = self._relay(writing, signals)
        except PlaygroundError as error:
            ending = Ending(outcome="failed", why=str(error))
        finally:
            self._end(signals, number, ending)

    def _relay(self, writing: Writing, signals: Signals) -> Ending:
        """Runs the relay; returns how it ended. Raises as `relay` does."""
        setup = writing.setup
        writers = [Participant(card=card, engine=self._pool.get(card), params=setup.params) for card in setup.cards]
        view = self._view
        with self._lock:
            if self._signals is signals:
                view.begin(writing.writers(), time.monotonic())
                self._status = "running"
                self.version += 1
        ended: TurnEnded | None = None
        for event in relay(writing.branch.trajectory, writing.turns(writers), writing.seed, signals):
            with self._lock:
                view.add(event, time.monotonic())
                self.version += 1
            ended = event if isinstance(event, TurnEnded) else ended
            if time.monotonic() - self.looked > UNWATCHED_SECONDS:
                signals.stop.set()
        if ended is None or signals.stop.is_set():
            return Ending(outcome=self._broken_off, why="what was written is kept")
        reason: FinishReason = ended.completion.finish_reason if ended.completion else "length"
        last = self.cast.places(ended.trajectory.segments)[-1:]
        return judge(ended.trajectory, reason, setup.cards[last[0] if last and last[0] < len(setup.cards) else 0].think)

    def _end(self, signals: Signals, number: int, ending: Ending) -> None:
        with self._lock:
            if self._signals is not signals:  # it took too long to stop: another relay writes already
                return
            self._view.finish()
            written = replace(self.tree.branches[number], trajectory=self._view.trajectory, ending=ending)
            self.tree = self.tree.put(number, written)
            self._status = "over"
            self._tree_version += 1
            self.version += 1

    def _draw(self) -> None:
        current = self.tree.current
        self._view = View(current.trajectory if current else Trajectory(question=""), self.cast)
        self._status = "over" if current else "empty"
        if current is not None and current.ending is not None:
            self._view.finish()
        for probe in current.probes if current else ():
            self._view.add_probe(probe, LETTERS[probe.place])
        self._tree_version += 1
        self.version += 1


def _shown(tree: Tree) -> dict[str, Any]:
    """The branches as the page lists them."""
    return {
        "current": tree.number,
        "branches": [
            {
                "parent": branch.parent,
                "made": branch.made,
                "writer": branch.writer,
                "kept": branch.kept,
                "length": len(branch.trajectory.text),
                "outcome": branch.ending.outcome if branch.ending else None,
                "answer": branch.ending.answer if branch.ending else None,
                "question": branch.trajectory.question[:60] if branch.parent is None else None,
            }
            for branch in tree.branches
        ],
    }
