"""What a visitor can do to a trajectory on the page. Each act makes a branch; none loses a character."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from playground.app.relay.aside import Stopped
from playground.app.relay.desk import Desk
from playground.app.relay.doing import Doing
from playground.app.relay.opening import check_shown, opened
from playground.app.relay.steering_acts import distract, guide, probe, say
from playground.app.relay.writing import Writing, carried_on
from playground.branches import Branch, Made
from playground.errors import InvalidInput
from playground.sampling import derive_seed
from playground.trajectory import Author, Segment, SegmentKind, Trajectory

FASTEST = 10_000
PERSON = Author(kind="person", name="you")


def perform(doing: Doing) -> None:
    """Perform the act; where it is stopped before it has changed anything, there is nothing to say.

    Raises:
        InvalidInput: no such act, or one that makes no sense here.
        PlaygroundError: whatever the act raises.
    """
    verb = doing.act.verb
    if verb == "hand-over" and doing.desk.replayed is not None:
        _take_over(doing)
        return
    if verb in _SIGNALS:
        _SIGNALS[verb](doing.desk)
        return
    if verb not in _ACTS:
        raise InvalidInput(f"There is nothing called {verb[:40]!r} to do.", "Load the page again.")
    with suppress(Stopped):
        _ACTS[verb](doing)


def _run(doing: Doing) -> None:
    setup = doing.setup
    first = next(setup.writers())
    doing.desk.rest()
    branch = Branch(made="run", trajectory=setup.start, writer=first)
    doing.desk.write(Writing(branch=branch, setup=setup, first=first, seed=setup.seed))


def _begin(doing: Doing) -> None:
    """A person writes the first segment; whoever is chosen then goes on from it."""
    if not doing.act.text.strip():
        raise InvalidInput("Nothing is written.", "Write a step.")
    doing.desk.rest()
    start = doing.setup.start.extend(Segment(text=doing.act.text, author=PERSON))
    doing.desk.choose([card.name for card in doing.setup.cards])
    doing.desk.change(doing.desk.tree.grow(Branch(made="write", trajectory=start)))


def _carry_on(doing: Doing) -> None:
    setup = doing.setup
    doing.desk.rest()
    here = doing.branch.trajectory
    doing.desk.choose([card.name for card in setup.cards])
    first, written = carried_on(here, doing.desk.cast, len(setup.cards))
    branch = Branch(made="go", trajectory=here, parent=doing.desk.tree.number, kept=len(here.text), writer=first)
    doing.desk.write(Writing(branch=branch, setup=setup, first=first, seed=setup.seed, written=written))


def _retry(doing: Doing) -> None:
    """The same relay from the same place with the next seed."""
    setup = doing.setup
    doing.desk.rest()
    before = doing.branch
    if before.writer is None:
        raise InvalidInput("No relay wrote this branch.", "Let a model go on from a step.")
    start = before.trajectory.cut(before.kept) if before.kept else replace(before.trajectory, segments=(), closed=False)
    closed = before.parent is not None and _closed_at(doing.desk.tree.branches[before.parent].trajectory, before.kept)
    branch = replace(before, trajectory=start.close() if closed else start, ending=None, probes=())
    seed = derive_seed(setup.seed, "try", doing.desk.tree.siblings(branch) + 1)
    parent = doing.desk.tree.branches[before.parent] if before.parent is not None else None
    alone = parent is not None and parent.made == "steer"
    doing.desk.write(Writing(branch=branch, setup=setup, first=before.writer, seed=seed, to_the_end=alone))


def _closed_at(trajectory: Trajectory, offset: int) -> bool:
    return trajectory.closed and offset == len(trajectory.text)


def _go(doing: Doing) -> None:
    """A model goes on from the end of a step; `again` by another way than before."""
    setup, act = doing.setup, doing.act
    doing.desk.rest()
    here = doing.branch.trajectory
    start = here if _closed_at(here, act.offset) and here.answer else here.cut(act.offset)
    if not 0 <= act.writer < len(setup.cards):
        raise InvalidInput(f"There is no model at place {act.writer}.", "Choose one of those there are.")
    number = doing.desk.tree.number
    branch = Branch(made="go", trajectory=start, parent=number, kept=act.offset, writer=act.writer)
    tries = doing.desk.tree.siblings(branch) + 1 if act.verb == "again" else 0
    seed = derive_seed(setup.seed, "try", tries) if tries else setup.seed
    doing.desk.write(Writing(branch=branch, setup=setup, first=act.writer, seed=seed))


def _cut(doing: Doing) -> None:
    doing.desk.rest()
    _grow(doing, "cut", doing.branch.trajectory.cut(doing.act.offset), doing.act.offset)


def _edit(doing: Doing) -> None:
    """A person's text in the place of a step, or, at its end, after it."""
    doing.desk.rest()
    act, here = doing.act, doing.branch.trajectory
    kind: SegmentKind = "thinking" if act.offset <= len(here.thinking) else "answer"
    edited = here.edit(act.start, act.offset, Segment(text=act.text, author=PERSON, kind=kind))
    if act.cut:
        edited = edited.cut(act.start + len(act.text))
    _grow(doing, "write" if act.start == act.offset else "edit", edited, act.start)


def _grow(doing: Doing, made: Made, trajectory: Trajectory, kept: int) -> None:
    check_shown(trajectory)
    tree = doing.desk.tree
    doing.desk.change(tree.grow(Branch(made=made, trajectory=trajectory, parent=tree.number, kept=kept)))


def _token(doing: Doing) -> None:
    """Another token in the place of one, and its writer goes on from there."""
    setup, act, desk = doing.setup, doing.act, doing.desk
    desk.rest()
    if not act.text:
        raise InvalidInput("This token adds no text.", "Choose another one.")
    here = doing.branch.trajectory
    kind: SegmentKind = "thinking" if act.start < len(here.thinking) else "answer"
    start = here.cut(act.start)
    start = start.close() if kind == "answer" else start
    start = start.extend(Segment(text=act.text, author=PERSON, kind=kind))
    _grow(doing, "token", start, act.start)
    branch = Branch(made="go", trajectory=start, parent=desk.tree.number, kept=len(start.text), writer=act.writer)
    desk.write(Writing(branch=branch, setup=setup, first=act.writer, seed=setup.seed, same_act=True))


def _undo(doing: Doing) -> None:
    doing.desk.rest()
    doing.desk.change(doing.desk.tree.undo())


def _redo(doing: Doing) -> None:
    doing.desk.rest()
    doing.desk.change(doing.desk.tree.redo())


def _open(doing: Doing) -> None:
    """What a file holds, beside what is here; a whole session only where nothing is here yet."""
    work = opened(doing.act.text)
    doing.desk.rest()
    doing.desk.choose([name for name in doing.form.models if name])  # who wrote the file is somebody else
    tree = doing.desk.tree
    if not tree.branches:
        doing.desk.take_up(work)
        return
    found = work.tree.current
    if found is None:
        raise InvalidInput("The session is empty.", "Open another one.")
    doing.desk.change(tree.grow(replace(found, made="open", parent=None, kept=0, writer=None)))


def _replay(doing: Doing) -> None:
    if not 1 <= doing.act.number <= FASTEST:
        raise InvalidInput(f"{doing.act.number} tokens per second cannot be shown.", f"Give 1 to {FASTEST}.")
    doing.desk.rest()
    doing.desk.replay(doing.act.number)


def _take_over(doing: Doing) -> None:
    """A replay stops where it is, and a live model goes on: the one that is not writing there."""
    setup, desk = doing.setup, doing.desk
    desk.rest()
    here = doing.branch.trajectory
    places = desk.cast.places(here.segments)
    first = (places[-1] + 1) % len(setup.cards) if places and places[-1] < len(setup.cards) else 0
    branch = Branch(made="go", trajectory=here, parent=desk.tree.number, kept=len(here.text), writer=first)
    desk.write(Writing(branch=branch, setup=setup, first=first, seed=setup.seed))


def _visit(doing: Doing) -> None:
    doing.desk.rest()
    doing.desk.change(doing.desk.tree.go(doing.act.number))


_SIGNALS: Mapping[str, Callable[[Desk], None]] = {
    "stop": lambda desk: desk.stop("stopped"),
    "pause": lambda desk: desk.stop("paused"),
    "hand-over": Desk.hand_over,
}
_ACTS: Mapping[str, Callable[[Doing], None]] = {
    "run": _run,
    "begin": _begin,
    "continue": _carry_on,
    "retry": _retry,
    "go": _go,
    "again": _go,
    "cut": _cut,
    "edit": _edit,
    "token": _token,
    "undo": _undo,
    "redo": _redo,
    "replay": _replay,
    "visit": _visit,
    "open": _open,
    "distract": distract,
    "guide": guide,
    "say": say,
    "probe": probe,
}
