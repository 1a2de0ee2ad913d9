"""The store: what is saved comes back, also what was being written when the process was killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import trajectories

from playground.branches import Branch, Tree
from playground.errors import RunError
from playground.serialization import from_json, to_dict
from playground.store import Store, Work, WrittenRow
from playground.trajectory import Trajectory

WRITER = """
import sys
from pathlib import Path
from playground.branches import Branch, Tree
from playground.store import Store, Work, WrittenRow
from playground.trajectory import Trajectory
store = Store(Path(sys.argv[1]))
tree = Tree().grow(Branch(made="run", trajectory=Trajectory(question="?")))
store.save("key", "me", Work(name="cut", tree=tree), [0])
for place in range(10**6):
    row = WrittenRow(place=place, kind="thinking", author_kind="model", author="oak", text=f"{place}\\n")
    store.save_rows("key", 0, [row])
    print(place, flush=True)
"""


@given(first=trajectories(), second=trajectories(), name=st.text(max_size=9))
def test_a_session_comes_back_as_it_was_saved(first: Trajectory, second: Trajectory, name: str) -> None:
    tree = Tree().grow(Branch(made="run", trajectory=first)).grow(Branch(made="edit", trajectory=second, parent=0))
    work = Work(name=name, form={"seed": 3.0, "gold": "", "model_a": None}, tree=tree.undo())
    store = Store(None)
    store.save("key", "me", work, range(2))
    assert store.load("key") == work
    store.close()


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "sessions.sqlite")
    tree = Tree().grow(Branch(made="run", trajectory=Trajectory(question="first")))
    store.save("key", "me", Work(tree=tree), [0])
    store.save("key", "me", Work(tree=tree.grow(Branch(made="cut", trajectory=Trajectory(question="?")))), [1])
    store.close()
    again = Store(tmp_path / "sessions.sqlite")
    loaded = again.load("key")
    again.close()
    assert loaded is not None
    assert [branch.trajectory.question for branch in loaded.tree.branches] == ["first", "?"]


def test_what_was_being_written_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(40)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    store = Store(path)
    work = store.load("key")
    store.close()
    assert work is not None
    assert work.tree.branches[0].trajectory.text.startswith("".join(f"{place}\n" for place in said))
    assert len(work.tree.branches[0].trajectory.segments) == 1
    assert work.tree.branches[0].ending is not None


def test_rows_are_gone_when_their_branch_is_saved() -> None:
    store = Store(None)
    tree = Tree().grow(Branch(made="run", trajectory=Trajectory(question="?")))
    store.save("key", "me", Work(tree=tree), [0])
    store.save_rows("key", 0, [WrittenRow(place=0, kind="answer", author_kind="model", author="oak", text="4")])
    store.save("key", "me", Work(tree=tree), [0])
    assert store.load("key") == Work(tree=tree)
    store.close()


def test_a_visitor_sees_only_their_own_sessions() -> None:
    store = Store(None)
    tree = Tree().grow(Branch(made="run", trajectory=Trajectory(question="How many?")))
    for key, visitor in (("one", "me"), ("two", "you"), ("three", "me")):
        store.save(key, visitor, Work(name=key, tree=tree), [0])
    assert [entry.key for entry in store.entries("me")] == ["three", "one"]
    assert store.entries("me")[0].question == "How many?"
    assert store.load("none") is None
    store.close()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    path.write_text("not a database " * 100)
    with pytest.raises(RunError, match="cannot keep the sessions"):
        Store(path)


@given(trajectories())
def test_an_exported_session_is_read_again(trajectory: Trajectory) -> None:
    work = Work(name="n", tree=Tree().grow(Branch(made="run", trajectory=trajectory)))

    assert from_json(Work, json.dumps(to_dict(work))) == work


def test_a_save_that_fails_leaves_the_store_usable(tmp_path: Path) -> None:
    store = Store(tmp_path / "sessions.sqlite")
    work = Work(name="first", tree=Tree().grow(Branch(made="run", trajectory=Trajectory(question="?"))))
    store.save("key", "me", work, [0])
    with pytest.raises(UnicodeEncodeError):  # half a character goes into no database
        store.save("key", "me", Work(name="\ud800", tree=work.tree), [0])
    assert store.load("key") == work
    store.save("other", "me", work, [0])
    assert store.load("other") == work
    store.close()


def test_a_session_stays_its_visitors_whoever_else_has_its_key() -> None:
    store = Store(None)
    tree = Tree().grow(Branch(made="run", trajectory=Trajectory(question="?")))
    store.save("key", "me", Work(tree=tree), [0])
    store.save("key", "another", Work(tree=tree, name="theirs"), [])
    assert [entry.name for entry in store.entries("me")] == ["theirs"]
    assert store.entries("another") == []
