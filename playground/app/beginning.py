"""Starts a session that another page opens on the relay page: a trajectory, and the form that goes with it.

`begin_session` keeps it in the store and returns its key; the other page's script gives the key to `openInRelay`
(`static/common`), which puts it where the relay page looks. The key stands in no address. Knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from playground.app.keys import check_key, new_key
from playground.app.relay.opening import check_shown
from playground.branches import Branch, Ending, Tree
from playground.store import Store, Work
from playground.trajectory import Trajectory


class Continued(NamedTuple):
    """How the trajectory was continued before: a second branch, which begins as the first one stands."""

    trajectory: Trajectory
    ending: Ending | None = None
    shown: bool = False
    """Whether one stands on it at first, instead of where it begins."""


def begin_session(
    store: Store,
    visitor: str,
    trajectory: Trajectory,
    form: Mapping[str, str | float | None],
    continued: Continued | None = None,
) -> str:
    """Keep a new session of the visitor's that opens with the trajectory; returns the session's key.

    `form` holds fields of `playground.app.relay.form.Form`; others keep their defaults. Models that the page does
    not offer are to be left out of it.

    Raises:
        InvalidInput: the visitor has no key, or the trajectory is too much for the page.
    """
    check_key(visitor)
    check_shown(continued.trajectory if continued else trajectory)
    key = new_key()
    work = Work(form=form, tree=_tree(trajectory, continued))
    store.save(key, visitor, work, range(len(work.tree.branches)))
    return key


def _tree(trajectory: Trajectory, continued: Continued | None) -> Tree:
    steered = any(segment.author.kind == "steer" for segment in trajectory.segments)
    tree = Tree().grow(Branch(made="steer" if steered else "open", trajectory=trajectory))
    if continued is None:
        return tree
    further = Branch(
        made="go",
        trajectory=continued.trajectory,
        parent=0,
        kept=len(trajectory.text),
        writer=0,
        ending=continued.ending,
    )
    grown = tree.grow(further)
    return grown if continued.shown else grown.undo()
