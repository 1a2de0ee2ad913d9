"""Branches: a tree that only grows, and a path back and forth through it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import trajectories

from playground.branches import Branch, Tree
from playground.errors import InvalidInput
from playground.trajectory import Trajectory


def branch(question: str = "?", parent: int | None = None) -> Branch:
    return Branch(made="run", trajectory=Trajectory(question=question), parent=parent)


@given(moves=st.lists(st.sampled_from(["grow", "undo", "redo", "go"]), max_size=30))
def test_whatever_is_done_no_branch_is_lost(moves: list[str]) -> None:
    tree, made = Tree(), 0
    for move in moves:
        if move == "grow":
            tree, made = tree.grow(branch(str(made), tree.number)), made + 1
        elif move == "go" and made:
            tree = tree.go(made // 2)
        elif move in ("undo", "redo"):
            tree = getattr(tree, move)()
    assert [item.trajectory.question for item in tree.branches] == [str(number) for number in range(made)]


def test_undo_and_redo_walk_the_path() -> None:
    tree = Tree().grow(branch()).grow(branch(parent=0)).go(0)
    assert [tree.number, tree.undo().number, tree.undo().undo().number] == [0, 1, 0]
    assert tree.undo().redo() == tree
    assert tree.undo().undo().undo() == tree.undo().undo()
    assert Tree().undo() == Tree().redo() == Tree()


def test_growing_after_an_undo_leaves_the_path_but_not_the_tree() -> None:
    tree = Tree().grow(branch()).grow(branch("lost", 0)).undo().grow(branch("new", 0))
    assert tree.path == (0, 2)
    assert tree.branches[1].trajectory.question == "lost"


@given(trajectories())
def test_a_branch_is_replaced_in_its_place(trajectory: Trajectory) -> None:
    tree = Tree().grow(branch()).grow(branch(parent=0))
    changed = tree.put(1, Branch(made="edit", trajectory=trajectory, parent=0))
    assert changed.branches[0] == tree.branches[0]
    assert changed.current == changed.branches[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"branches": (branch(parent=0),), "path": (0,), "place": 0},
        {"branches": (branch(),), "path": (1,), "place": 0},
        {"branches": (branch(),), "path": (0,), "place": 1},
        {"branches": (branch(),), "path": (0,), "place": -1},
    ],
)
def test_what_is_no_tree_is_refused(fields: dict) -> None:
    with pytest.raises(InvalidInput, match="do not form a tree"):
        Tree(**fields)
