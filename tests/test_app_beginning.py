"""A session that another page begins: it stands in the store as the relay page will open it."""

import pytest

from playground.app.beginning import Continued, begin_session
from playground.branches import Ending
from playground.errors import InvalidInput
from playground.store import Store
from playground.trajectory import Author, Segment, Trajectory

OAK = Author(kind="model", name="oak")
STEER = Author(kind="steer", name="elm")
CUT = Trajectory(question="2 + 3?", segments=(Segment(text="So 2", author=OAK), Segment(text=" Wait.", author=STEER)))
WHOLE = CUT.extend(Segment(text=" No, 5.", author=OAK))


def test_a_session_begins_with_the_trajectory_and_its_form():
    store = Store(None)
    key = begin_session(store, "me", CUT, {"model_a": "oak", "seed": 3})
    work = store.load(key)
    assert work.tree.current.trajectory == CUT
    assert work.form == {"model_a": "oak", "seed": 3}
    assert [entry.key for entry in store.entries("me")] == [key]
    assert store.entries("another") == []


def test_one_stands_where_it_begins_and_the_way_on_is_a_branch():
    store, ending = Store(None), Ending(outcome="correct", answer="5")
    tree = store.load(begin_session(store, "me", CUT, {}, Continued(WHOLE, ending))).tree
    assert tree.current.trajectory == CUT
    assert tree.redo().current.trajectory == WHOLE
    assert tree.redo().current.ending == ending


def test_one_may_stand_at_the_end_at_once():
    store = Store(None)
    tree = store.load(begin_session(store, "me", CUT, {}, Continued(WHOLE, shown=True))).tree
    assert tree.current.trajectory == WHOLE


@pytest.mark.parametrize("visitor", ["", "x" * 65])
def test_nobody_begins_a_session_without_a_key(visitor):
    with pytest.raises(InvalidInput, match="no key"):
        begin_session(Store(None), visitor, CUT, {})
