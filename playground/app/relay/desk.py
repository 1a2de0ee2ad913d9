"""One open session, with its branches, what is shown of them, and the relay that writes. Knows no button.

The relay writes in a thread of its own; whoever looks gets what is new. A relay that nobody has looked at for a while
is stopped; what it wrote is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from threading import RLock, Thread
from typing import Any, Literal

from playground.app.relay.aside import Aside
from playground.app.relay.cast import LETTERS, Cast
from playground.app.relay.form import MODEL_FIELDS
from playground.app.relay.listed import listed
from playground.app.relay.possible import possible
from playground.app.relay.shelf import Saving, Shelf
from playground.app.relay.tokens import Drawn, Tracks
from playground.app.relay.view import Seen, View
from playground.app.relay.writing import Writing
from playground.app.room import Place, Room, Visitor
from playground.branches import Branch, Ending, Probe, Tree
from playground.engine.pool import Pool
from playground.errors import PlaygroundError, RunError
from playground.relay import Signals, TurnEnded, Written, relay
from playground.store import Work
from playground.trajectory import Trajectory

Status = Literal["empty", "loading", "running", "over"]

UNWATCHED_SECONDS = 10.0
"""How long a relay goes on that nobody looks at: a page that is loaded again finds it still writing."""
_JOIN_SECONDS = 2.0
_BROKEN = Ending(outcome="failed", why="the program failed; its terminal says how")


class Desk:
    """The work of one session. Safe to use from several threads."""

    def __init__(self, pool: Pool, room: Room, shelf: Shelf) -> None:
        """`room` says when a relay may write; the work that lies on the shelf is taken up again.

        Raises:
            InvalidData: what lies there cannot be read.
        """
        work = shelf.load()
        self.name = work.name
        self.form = work.form
        self.version = time.time_ns() // 1_000_000  # not what a server before this one had
        self.tree = work.tree
        self._shelf = shelf
        self.visitor = Visitor(shelf.visitor or shelf.key)  # who is to have a place for what is written here
        self._place: Place | None = None
        self.looked = time.monotonic()
        self._models = tuple(str(name) for name in map(work.form.get, MODEL_FIELDS) if name)
        self._pool = pool
        self._room = room
        self._lock = RLock()
        self._status: Status = "empty"
        self._broken_off: Literal["stopped", "paused"] = "stopped"
        self._signals = Signals()
        self._thread: Thread | None = None
        self.replayed: int | None = None
        """How many characters a replay has shown; None where none runs."""
        self.aside = Aside(self._touch)
        self._tracks = Tracks()
        self._tree_version = self.version
        self._draw()

    @property
    def writing(self) -> bool:
        return self._status in ("loading", "running") or bool(self.aside.doing)

    @property
    def tokens(self) -> int:
        """How many tokens of it are in memory."""
        return len(self._tracks)

    @property
    def shown(self) -> Trajectory:
        """What stands on the page; while a relay writes, with all but the turn that is being written."""
        return self._view.trajectory

    def written(self, offset: int | None = None) -> Trajectory:
        """What stands before a character, or all, in the turn that is being written as well."""
        with self._lock:
            return self._view.written(offset)

    @property
    def cast(self) -> Cast:
        """Who is who with the models that were chosen last."""
        return Cast(self._models)

    @property
    def work(self) -> Work:
        """All that is kept of it."""
        return Work(name=self.name, form=self.form, tree=self.tree)

    def choose(self, models: Sequence[str]) -> None:
        """The models that are called A and B from now on."""
        self._models = tuple(models)

    def stop(self, how: Literal["stopped", "paused"] = "stopped") -> None:
        """End the relay with its next token."""
        self._broken_off = how
        self._signals.stop.set()
        self.aside.stop()

    def hand_over(self) -> None:
        """Let the next model go on with the next token."""
        self._signals.hand_over.set()

    def rest(self) -> None:
        """Stop what is written, and wait until the relay has let go of the trajectory."""
        self.aside.stop()
        thread = self._thread
        if thread is not None and thread.is_alive():
            self.stop()
            thread.join(_JOIN_SECONDS)

    def change(self, tree: Tree) -> None:
        """Show another state of the branches."""
        with self._lock:
            self._keep(tree, range(len(self.tree.branches), len(tree.branches)))
            self._draw()

    def take_up(self, work: Work) -> None:
        """Put other work in the place of what is here."""
        with self._lock:
            work = replace(work, name=work.name or self.name, form=work.form or self.form)
            self._shelf.save(work, range(len(work.tree.branches)))
            self.name, self.form, self.tree = work.name, work.form, work.tree
            self._draw()

    def rename(self, name: str) -> None:
        """Give the session another name."""
        with self._lock:
            self._shelf.save(replace(self.work, name=name), ())
            self.name = name
            self._tree_version += 1
            self.version += 1

    def note(self, number: int, probe: Probe) -> None:
        """Keep what a model would have answered on a branch."""
        with self._lock:
            branch = self.tree.branches[number]
            self._keep(self.tree.put(number, replace(branch, probes=(*branch.probes, probe))), [number])
            if number == self.tree.number:
                self._view.add_probe(probe, LETTERS[probe.place])
            self.version += 1

    def _keep(self, tree: Tree, changed: Iterable[int]) -> None:
        """Have another tree from now on, unless it cannot be saved: then nothing has changed."""
        self._shelf.save(replace(self.work, tree=tree), changed)
        self.tree = tree

    def write(self, writing: Writing) -> None:
        """Begin a relay on a new branch, or wait for a place. Raises as `Room.enter`, `Store.save`: nothing changed."""
        place = self._room.enter(self.visitor)
        with self._lock:
            number = len(self.tree.branches)
            try:
                self._keep(self.tree.grow(writing.branch, same_act=writing.same_act), [number])
            except BaseException:
                place.leave()
                raise
            self._place, self._broken_off = place, "stopped"
            self.choose([card.name for card in writing.setup.cards])
            self._draw()
            self._tracks.put(number, self._view.tokens)
            self._begin("loading", self._write, writing, self._view, number, place)

    def replay(self, tokens_per_second: float) -> None:
        """Replay the branch as if it were written now; if stopped, what is shown by then becomes a branch."""
        with self._lock:
            self._draw()
            self._begin("running", self._replay, 1 / tokens_per_second)
            self.replayed = 0

    def _begin(self, status: Status, run: Callable[..., None], *given: Any) -> None:
        """Run in a thread; one that began at the same moment, for another visitor of the session, is told to stop."""
        self._signals.stop.set()
        self._signals, self._status, self.replayed, self.looked = Signals(), status, None, time.monotonic()
        self._thread = Thread(target=run, args=(self._signals, *given), daemon=True)
        self._thread.start()

    def _replay(self, signals: Signals, seconds: float) -> None:
        view, due = self._view, time.monotonic()
        for shown in view.replay():
            due += seconds
            if signals.stop.wait(max(0.0, due - time.monotonic())) or self._unwatched():
                break
            with self._lock:
                self.version += 1
                self.replayed = shown
        with self._lock:
            if self._signals is not signals:
                return
            shown, self.replayed, number = self.replayed or 0, None, self.tree.number
            whole = self._view.trajectory
            self._draw()
            if shown < len(whole.text):
                self.change(self.tree.grow(Branch(made="cut", trajectory=whole.cut(shown), parent=number, kept=shown)))

    def _touch(self) -> None:
        with self._lock:
            self.version += 1

    def _unwatched(self) -> bool:
        return time.monotonic() - self.looked > UNWATCHED_SECONDS

    def news(self, seen: Seen, tree_version: int) -> dict[str, Any]:
        """What a page that has seen so much does not have yet."""
        with self._lock:
            current = self.tree.current
            news = self._view.news(seen, time.monotonic())
            news |= {"version": self.version, "status": self._status, "can": self._can(), "doing": self.aside.doing}
            news["before"] = self._place.before if self._place and self._status == "loading" else None
            news["ending"] = asdict(current.ending) if current and current.ending and not self.writing else None
            if tree_version != self._tree_version:
                news["tree"] = {"version": self._tree_version, "name": self.name, **listed(self.tree)}
            return news

    def drawn(self, start: int, end: int) -> list[Drawn]:
        """The tokens of a stretch of the text, as far as this process has seen them come."""
        with self._lock:
            return self._tracks.between(self.tree.branches, self.tree.number, start, end)

    def _can(self) -> list[str]:
        """What can be pressed now."""
        if self._status in ("loading", "running"):
            return ["hand-over", "stop", *(["pause"] if self.replayed is None else [])]
        return ["stop"] if self.aside.doing else possible(self.tree)

    def _write(self, signals: Signals, writing: Writing, view: View, number: int, place: Place) -> None:
        ending = _BROKEN
        try:
            with place:
                if place.wait(lambda: signals.stop.is_set() or self._unwatched()):
                    ending = self._relay(writing, signals, view, number, place)
                else:
                    ending = Ending(outcome=self._broken_off, why="it had not begun")
        except PlaygroundError as error:
            ending = Ending(outcome="failed", why=str(error))
        finally:
            self._end(signals, view, number, ending)

    def _relay(self, writing: Writing, signals: Signals, view: View, number: int, place: Place) -> Ending:
        """Runs the relay; returns how it ended. Raises as `relay` does."""
        setup, writers = writing.setup, writing.participants(self._pool)
        with self._lock:
            view.begin(writing.writers(), time.monotonic(), tuple(card.think.close for card in setup.cards))
            if self._signals is signals:
                self._status = "running"
                self.version += 1
        ended: TurnEnded | None = None
        saving, spent = Saving(view, self._shelf, number), ""
        for event in relay(writing.branch.trajectory, writing.turns(writers), writing.seed, signals, setup.budget):
            with self._lock:
                view.add(event, time.monotonic())
                self.version += 1
                saving.save(time.monotonic())
            ended = event if isinstance(event, TurnEnded) else ended
            spent = place.spend(event.tokens) if isinstance(event, Written) else spent
            if spent or self._unwatched():
                signals.stop.set()
        if ended is None or signals.stop.is_set():
            return Ending(outcome=self._broken_off, why=spent or "what was written is kept")
        return writing.ending(ended, self.cast)

    def _end(self, signals: Signals, view: View, number: int, ending: Ending) -> None:
        """Keep what was written, also where another relay writes already because this one took long to stop."""
        with self._lock:
            view.finish()
            written = replace(self.tree.branches[number], trajectory=view.trajectory, ending=ending)
            try:
                self._keep(self.tree.put(number, written), [number])
            except RunError as error:  # it stays here as long as somebody looks at it
                self.tree = self.tree.put(number, replace(written, ending=Ending(outcome="failed", why=str(error))))
            if self._signals is signals:
                self._status = "over"
            self._tree_version += 1
            self.version += 1

    def _draw(self) -> None:
        current = self.tree.current
        self._view = View(current.trajectory if current else Trajectory(question=""), self.cast, self.drawn)
        self._status = "over" if current else "empty"
        if current is not None and current.ending is not None:
            self._view.finish()
        for probe in current.probes if current else ():
            self._view.add_probe(probe, LETTERS[probe.place % len(LETTERS)])  # a file may say any place
        self._tree_version += 1
        self.version += 1
