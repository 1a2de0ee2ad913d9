"""The work behind the page: relays, what is left of a rule, and what stays where one is broken off."""

import time

import pytest
from desks import CARDS, LONG, OAK, KnownPool, do, form, new_desk, wait

from playground.app.relay import desk as desks
from playground.app.relay.acts import PERSON
from playground.app.relay.desk import Desk
from playground.app.relay.form import read
from playground.app.relay.inquiries import Ask, answered
from playground.app.relay.origins import origin
from playground.app.relay.shelf import Shelf
from playground.app.relay.view import Seen
from playground.app.relay.writing import Writing, rest
from playground.app.room import Limits, Room
from playground.branches import Branch, Ending, Tree
from playground.errors import InvalidInput, RunError
from playground.hand_over import Rule
from playground.store import Store
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory


def test_the_same_act_with_the_same_seed_writes_the_same_and_a_retry_another() -> None:
    desk = new_desk(Store(None))
    texts = []
    for verb in ("run", "run", "retry", "retry"):
        do(desk, verb)
        texts.append(wait(desk).trajectory.text)
    assert texts[0] == texts[1]
    assert len(set(texts)) >= 2
    assert [branch.trajectory.text for branch in desk.tree.branches] == texts


def test_what_an_act_has_written_is_in_the_store_when_it_ends() -> None:
    store = Store(None)
    desk = new_desk(store)
    do(desk, "run")
    wait(desk)
    do(desk, "cut", offset=9)
    again = new_desk(store)
    assert again.tree == desk.tree
    assert again.tree.current is not None
    assert again.tree.current.trajectory.text == desk.tree.branches[0].trajectory.text[:9]


def test_what_cannot_be_kept_changes_nothing_and_takes_no_place() -> None:
    store = Store(None)
    desk = Desk(KnownPool(), Room(Limits(visitor_at_once=1)), Shelf(store=store, key="key", visitor="me"))
    store.close()
    for _ in range(2):
        with pytest.raises(RunError, match="cannot be kept"):
            do(desk, "run")
    with pytest.raises(RunError, match="cannot be kept"):
        desk.rename("new")
    assert (desk.writing, desk.name, desk.tree) == (False, "", Tree())


def test_a_relay_ends_although_what_it_wrote_cannot_be_kept() -> None:
    store = Store(None)
    desk = new_desk(store)
    do(desk, "run", form(model_a="slow", rule_value="999"))
    store.close()
    assert "cannot be kept" in wait(desk).ending.why


def test_a_file_holds_what_is_being_written() -> None:
    desk = new_desk(Store(None))
    do(desk, "run", form(model_a="slow", rule_value="999"))
    while len(desk.news(Seen(), 0)["rows"]) < 3:
        time.sleep(0.01)
    file = answered(Ask(what="file", key="key", form="markdown"), desk)
    desk.stop()
    assert "Line 0 adds 0.\nLine 1 adds 1.\nLine 2 adds 2." in file["text"]


def test_a_relay_that_nobody_looks_at_is_stopped_and_keeps_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "UNWATCHED_SECONDS", 0.2)
    desk = new_desk(Store(None))
    do(desk, "run", form(model_a="slow", rule_value="999"))
    branch = wait(desk)
    assert branch.ending == Ending(outcome="stopped", why="what was written is kept")
    assert 0 < len(branch.trajectory.text) < len(LONG)


def test_continuing_counts_what_the_turn_has_written() -> None:
    desk = new_desk(Store(None))
    do(desk, "run", form(model_a="slow", rule_kind="tokens", rule_value="30"))
    while len(desk.shown.text) + len(str(desk.news(Seen(), 0)["tail"])) < 60:
        time.sleep(0.01)
    do(desk, "pause")
    wait(desk)
    do(desk, "continue", form(model_a="slow", rule_kind="tokens", rule_value="30"))
    segments = wait(desk).trajectory.segments
    mine = [segment for segment in segments if segment.author.name == "slow"]
    assert sum(segment.provenance.tokens or 0 for segment in mine if segment.provenance) == 30


@pytest.mark.parametrize(
    ("rule", "text", "left"),
    [("steps:3", "One.\nTwo.\nThr", "steps:1"), ("sentences:2", "One. Tw", "sentences:1"), ("close", "One.", "close")],
)
def test_what_is_left_of_a_rule(rule: str, text: str, left: str) -> None:
    assert str(rest(Rule.parse(rule), [Segment(text=text, author=OAK)])) == left


def test_a_turn_that_was_broken_off_in_its_answer_is_counted_once() -> None:
    made = Provenance(tokens=12)
    written = [
        Segment(text="Two.", author=OAK, provenance=made),
        Segment(text="2", author=OAK, kind="answer", provenance=made),
    ]
    assert str(rest(Rule.parse("tokens:20"), written)) == "tokens:8"


@pytest.mark.parametrize(
    ("verb", "details", "says"),
    [
        ("dance", {}, "nothing called 'dance'"),
        ("cut", {"offset": 10**6}, "outside the text"),
        ("go", {"writer": 7}, "no model at place 7"),
        ("visit", {"number": 9}, "no branch 9"),
        ("say", {"text": " "}, "The steer is empty"),
        ("token", {}, "adds no text"),
        ("replay", {"number": 0}, "cannot be shown"),
        ("open", {"text": "not json"}, "is not JSON"),
    ],
)
def test_an_act_that_makes_no_sense_is_refused_and_changes_nothing(verb: str, details: dict, says: str) -> None:
    desk = new_desk(Store(None))
    do(desk, "run")
    before = wait(desk)
    with pytest.raises(InvalidInput, match=says):
        do(desk, verb, **details)
    assert desk.tree.branches == (before,)


def test_a_person_writes_the_first_segment_and_a_model_goes_on() -> None:
    desk = new_desk(Store(None))
    do(desk, "begin", text="Mia has 4 figs.\n")
    assert desk.tree.current is not None
    assert desk.tree.current.trajectory.segments == (Segment(text="Mia has 4 figs.\n", author=PERSON),)
    do(desk, "go", offset=16)
    assert [segment.author.name for segment in wait(desk).trajectory.segments][:2] == ["you", "oak"]


def test_of_two_relays_that_begin_at_the_same_moment_one_is_stopped() -> None:
    room = Room(Limits(visitor_at_once=2))
    desk = Desk(KnownPool(), room, Shelf(store=Store(None), key="key", visitor="me"))
    setup = read(form(model_a="slow", model_b="slow", rule_value="999"), CARDS)
    branch = Branch(made="run", trajectory=setup.start, writer=0)
    for _ in range(2):  # as two visitors of one session do it who press Run at once
        desk.write(Writing(branch=branch, setup=setup, first=0, seed=0))
    deadline = time.monotonic() + 30
    while desk.tree.branches[0].ending is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert desk.tree.branches[0].ending == Ending(outcome="stopped", why="what was written is kept")
    assert desk.writing
    desk.rest()
    assert not desk.writing


def test_a_replay_gives_way_to_a_relay_that_begins_at_the_same_moment() -> None:
    desk = Desk(KnownPool(), Room(), Shelf(store=Store(None), key="key", visitor="me"))
    do(desk, "run")
    wait(desk)
    setup = read(form(model_a="slow", rule_value="999"), CARDS)
    desk.replay(1)
    desk.write(Writing(branch=Branch(made="run", trajectory=setup.start, writer=0), setup=setup, first=0, seed=0))
    time.sleep(0.5)
    assert (desk.writing, desk.replayed, len(desk.tree.branches)) == (True, None, 2)
    desk.rest()


def test_what_is_known_of_tokens_stays_with_a_branch_that_goes_on() -> None:
    desk = new_desk(Store(None))
    do(desk, "run")
    end = len(wait(desk).trajectory.text)
    known = [(row["tokens"], row["bits"]) for row in desk.news(Seen(), 0)["rows"]]
    assert all(bits is not None for _, bits in known)
    do(desk, "edit", start=end, offset=end, text="So it is.\n")
    assert [(row["tokens"], row["bits"]) for row in desk.news(Seen(), 0)["rows"]][: len(known)] == known
    do(desk, "undo")
    assert [(row["tokens"], row["bits"]) for row in desk.news(Seen(), 0)["rows"]] == known


def test_the_origin_of_a_segment_names_its_steer() -> None:
    source = SteerSource(kind="guide", question="?", question_id="t1-0003", author=OAK, proportion=0.2)
    steer = Segment(text="abc", author=Author(kind="steer", name="oak"), provenance=Provenance(steer=source))
    lines = dict(origin(Trajectory(question="?", segments=(Segment(text="x", author=OAK), steer)), 2))
    assert lines == {"written by": "a steer", "steer": "guide · the first 20 % of oak on t1-0003"}
