"""A session's branches, a tree that keeps every state and only grows. Knows no page and no engine.

Whatever is done to a trajectory makes a new branch beside those before it, so nothing is ever lost; undo and redo walk
along the branches in the order in which they were looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from playground.errors import InvalidInput
from playground.serialization import STRICT
from playground.trajectory import Trajectory

Made = Literal["run", "go", "cut", "edit", "write", "steer", "token", "open"]
"""How a branch came to be: a relay from the question, one from within a trajectory, or an edit; `open`: from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a relay ended."""

    __pydantic_config__ = STRICT

    outcome: str
    """An outcome class; `answer` where no correct answer is known; `stopped` or `paused` by somebody, or `failed`."""
    answer: str | None = None
    gold: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a model would have answered at a place of the thinking, had it ended there."""

    __pydantic_config__ = STRICT

    offset: int
    model: str
    place: int
    """The model's place among the chosen ones when it was asked."""
    answer: str | None = None
    """None where the model named none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One state: a trajectory, how it came to be, and how it ended."""

    __pydantic_config__ = STRICT

    made: Made
    trajectory: Trajectory
    parent: int | None = None
    kept: int = 0
    """Characters at the beginning that are those of the parent."""
    writer: int | None = None
    """The place among the models of the first to write, where a relay wrote it."""
    ending: Ending | None = None
    probes: tuple[Probe, ...] = ()


def shared_length(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All branches, by number in the order of their making, and the path along which they were looked at."""

    __pydantic_config__ = STRICT

    branches: tuple[Branch, ...] = ()
    path: tuple[int, ...] = ()
    place: int = -1
    """Where on the path one stands."""

    def __post_init__(self) -> None:
        count = len(self.branches)
        parents = [branch.parent for branch in self.branches]
        in_order = all(parent is None or 0 <= parent < own for own, parent in enumerate(parents))
        on_path = all(0 <= number < count for number in self.path)
        if not in_order or not on_path or not -1 <= self.place < len(self.path) or (self.place < 0 < count):
            raise InvalidInput("The branches do not form a tree.", "Open the file as it was exported.")

    @property
    def number(self) -> int | None:
        """The number of the branch one stands on."""
        return self.path[self.place] if self.path else None

    @property
    def current(self) -> Branch | None:
        """The branch one stands on; None before the first."""
        return self.branches[self.path[self.place]] if self.path else None

    def grow(self, branch: Branch, *, same_act: bool = False) -> Tree:
        """Go on to a new branch; what was undone stays in the tree, but not on the path.

        Where the branch one stands on came of the same act, the new one takes its place on the path: one undo
        goes back before both.
        """
        before = self.path[: self.place if same_act else self.place + 1]
        return replace(self, branches=(*self.branches, branch), path=(*before, len(self.branches)), place=len(before))

    def put(self, number: int, branch: Branch) -> Tree:
        """The same tree with another state of one branch: it is being written, or something was noted on it."""
        return replace(self, branches=(*self.branches[:number], branch, *self.branches[number + 1 :]))

    def go(self, number: int) -> Tree:
        """Look at another branch.

        Raises:
            InvalidInput: there is none of this number.
        """
        if not 0 <= number < len(self.branches):
            raise InvalidInput(f"There is no branch {number}.", f"There are {len(self.branches)}.")
        if number == self.number:
            return self
        return replace(self, path=(*self.path[: self.place + 1], number), place=self.place + 1)

    def undo(self) -> Tree:
        """Back to the branch looked at before; the same tree where there is none."""
        return replace(self, place=max(self.place - 1, min(0, self.place)))

    def redo(self) -> Tree:
        """On to the branch that an undo left."""
        return replace(self, place=min(self.place + 1, len(self.path) - 1))

    def siblings(self, branch: Branch) -> int:
        """How many branches leave the same parent at the same place by writing: the number of the next try."""
        return sum(
            other.parent == branch.parent and other.kept == branch.kept and other.writer is not None
            for other in self.branches
        )
