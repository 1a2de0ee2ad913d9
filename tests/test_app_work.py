"""The work behind the page: desks, what is left of a rule, steers, files and links. Without a browser."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from playground.app.beginning import begin_session
from playground.app.questions import shipped
from playground.app.relay import desk as desks
from playground.app.relay.acts import PERSON, perform
from playground.app.relay.cast import Cast
from playground.app.relay.desk import Desk
from playground.app.relay.doing import Act, Doing, Solo
from playground.app.relay.exports import exported
from playground.app.relay.form import Form, read
from playground.app.relay.inquiries import Ask, answered
from playground.app.relay.links import linked, unknown
from playground.app.relay.opening import opened
from playground.app.relay.origins import origin
from playground.app.relay.shelf import Shelf
from playground.app.relay.view import Seen
from playground.app.relay.writing import Writing, rest
from playground.app.room import Limits, Room
from playground.branches import Branch, Ending, Probe, Tree
from playground.engine.base import Engine
from playground.engine.pieces import piece_ends
from playground.engine.pool import Pool
from playground.engine.scripted import ScriptedEngine
from playground.errors import InvalidInput, RunError
from playground.hand_over import Rule
from playground.models import ModelCard
from playground.serialization import to_dict
from playground.steering import Cut, compose
from playground.steers import Steering, distracted, said
from playground.store import Store, Work
from playground.thinking import NO_TAGS, QWEN3_TAGS
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory

OAK = Author(kind="model", name="oak")
QUESTION = "Mia has 4 figs. She buys 5 more figs. She eats 2 figs."
LONG = "".join(f"Line {n} adds {n}.\n" for n in range(2000))
CARDS = {
    "oak": ModelCard(name="oak", engine="scripted", source="", think=QWEN3_TAGS),
    "slow": ModelCard(name="slow", engine="scripted", source="", think=QWEN3_TAGS),
    "bare": ModelCard(name="bare", engine="scripted", source="", think=NO_TAGS),
    "counts": ModelCard(name="counts", engine="scripted", source="", think=QWEN3_TAGS),
}


ROOM = Room(Limits(visitor_at_once=1))


class KnownPool(Pool):
    """The scripted engines by name."""

    def get(self, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Engine:
        if card.name == "slow":
            return ScriptedEngine(lambda _prompt, _seed: LONG, "slow", token_seconds=0.01)
        if card.name == "counts":
            return ScriptedEngine(lambda prompt, _seed: rf"\boxed{{{prompt.count('Line')}}}", "counts")
        return ScriptedEngine(name=card.name)


def form(**fields: Any) -> Form:
    usual = {"model_a": "oak", "model_b": "oak", "question": QUESTION, "gold": "7", "mode": "hand-off", "seed": 0}
    rule = {"rule_kind": "steps", "rule_value": "2", "schedule": "A:1,B:1", "temperature": 0.6, "max_tokens": 2000}
    return Form(**{**usual, **rule, **fields})


def new_desk(store: Store, key: str = "key") -> Desk:
    return Desk(KnownPool(), ROOM, Shelf(store=store, key=key, visitor=uuid4().hex))


def do(desk: Desk, verb: str, filled: Form | None = None, **details: Any) -> None:
    act = Act(verb=verb, **details)
    perform(doing(desk, act, filled or form()))


def doing(desk: Desk, act: Act, filled: Form, solos: dict[Solo, Trajectory] | None = None) -> Doing:
    return Doing(
        act=act,
        desk=desk,
        form=filled,
        cards=CARDS,
        pool=KnownPool(),
        solos={} if solos is None else solos,
        free_place=lambda: ROOM.free_place(desk.visitor),
    )


def wait(desk: Desk) -> Branch:
    deadline = time.monotonic() + 30
    while desk.writing and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not desk.writing
    assert desk.tree.current is not None
    return desk.tree.current


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


def test_one_undo_goes_back_before_a_steer_and_what_was_written_after_it() -> None:
    desk = new_desk(Store(None))
    do(desk, "run")
    before = wait(desk)
    do(desk, "distract", offset=len(before.trajectory.text.partition("\n")[0]))
    after = wait(desk)
    do(desk, "undo")
    assert desk.tree.current == before
    do(desk, "redo")
    assert desk.tree.current == after


def test_what_is_asked_and_what_a_steer_is_cut_from_are_of_the_visitors_budget() -> None:
    room, store = Room(Limits(tokens_per_hour=10_000)), Store(None)
    desk = Desk(KnownPool(), room, Shelf(store=store, key="key", visitor="me"))
    do(desk, "begin", text="Mia has 4 figs.\n")
    spent = [0]
    for verb in ("probe", "distract"):
        act, solos = Act(verb=verb, offset=16), dict[Solo, Trajectory]()
        perform(replace(doing(desk, act, form(), solos), free_place=lambda: room.free_place(desk.visitor)))
        wait(desk)
        spent.append(room._accounts["visitor me"].total)
    (solo,) = solos.values()
    (written,) = {segment.provenance.tokens for segment in solo.segments if segment.provenance}
    went_on = {segment.provenance.tokens for segment in desk.shown.segments[-2:] if segment.provenance}
    assert spent[1] > 0
    assert {spent[2] - spent[1] - written} == went_on


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


def test_a_model_without_tags_cannot_be_asked_what_it_would_answer_now() -> None:
    desk = new_desk(Store(None))
    do(desk, "run")
    wait(desk)
    with pytest.raises(InvalidInput, match="no tag that ends its thinking"):
        do(desk, "probe", form(model_b="bare"), writer=1)


def test_what_a_model_would_answer_behind_a_step_is_asked_there_also_while_the_step_is_written() -> None:
    desk, filled = new_desk(Store(None)), form(model_a="slow", model_b="counts", rule_value="999")
    do(desk, "run", filled)
    while len(rows := desk.news(Seen(), 0)["rows"]) < 5:
        time.sleep(0.01)
    act = Act(verb="probe", writer=1, start=rows[2]["start"], offset=rows[2]["end"])
    perform(replace(doing(desk, act, filled), free_place=lambda: Room().free_place(desk.visitor)))
    desk.stop()
    assert wait(desk).probes == (Probe(offset=rows[2]["end"], model="counts", place=1, answer="3"),)


def test_the_thinking_that_a_steer_is_cut_from_can_be_stopped_and_nothing_has_changed() -> None:
    desk, filled = new_desk(Store(None)), form(model_b="slow", steer_model="other")
    do(desk, "run")
    wait(desk)
    before = desk.tree
    with ThreadPoolExecutor() as threads:
        steering = threads.submit(do, desk, "distract", filled)
        while not desk.aside.doing:
            time.sleep(0.01)
        news = desk.news(Seen(), 0)
        assert (news["doing"], news["can"]) == ("B thinks about another question", ["stop"])
        do(desk, "stop")
        steering.result(timeout=5)
    assert (desk.tree, desk.news(Seen(), 0)["doing"]) == (before, "")


@pytest.mark.parametrize("protocol", ["paper", "release"])
def test_a_distraction_at_a_position_is_what_the_evaluator_composes(protocol: Any) -> None:
    own = "One is 1. Two  is 2. Three is 3. Four is 4.\n" * 4 + "\n" + "Five is 5. Six  is 6.\n\n" * 15
    foreign = "Ann has 5 eggs. She sells 2. So 3 stay.\n\n" * 9
    source = SteerSource(kind="distractor", question="?", author=OAK, proportion=0.5)
    here = Trajectory(question=QUESTION).extend(
        Segment(text=own[:90], author=OAK), Segment(text=own[90:], author=PERSON)
    )
    steered = distracted(here, 0, source, foreign, (Steering(0.5, 0.4, protocol), piece_ends))
    composed = compose(own, foreign, Cut(own=0.4, steer=0.5, protocol=protocol), piece_ends)
    assert steered.thinking == composed.text
    assert [segment.author.kind for segment in steered.segments] == ["model", "person", "steer", "steer"]
    assert "".join(steered.segments[0].text.split()) == "".join(own[:90].split())


@pytest.mark.parametrize(
    ("protocol", "text"), [("paper", "One.\nWait. Let me think. So 5."), ("release", "One.\n\nLet me think.So 5.")]
)
def test_ones_own_words_stand_where_the_protocol_puts_a_steer(protocol: Any, text: str) -> None:
    here = Trajectory(question=QUESTION, segments=(Segment(text="One.\nTwo.\n", author=OAK),))
    assert said(here, 5, "So 5.", Steering(0.2, None, protocol)).thinking == text


def test_a_file_holds_the_text_and_cannot_break_out_of_it() -> None:
    hostile = "``` <script>x</script> ```` end"
    shown = Trajectory(question="How <b>many</b>?", segments=(Segment(text=hostile, author=OAK),))
    work = Work(name="../odd name", tree=Tree().grow(Branch(made="run", trajectory=shown)))
    files = {kind: exported(kind, work, shown, None, Cast(["oak"])) for kind in ("session", "markdown", "html")}
    assert files["session"][0] == "odd-name.session.json"
    assert f"`````text\n{hostile}\n`````" in files["markdown"][2]
    assert "<script" not in files["html"][2]
    assert "<b>many" not in files["html"][2]
    assert opened(files["session"][2]) == work


def test_a_recorded_row_opens_as_a_trajectory() -> None:
    work = opened(json.dumps({"problem": "How many?", "thinking_process": "Four.\nFive.\n"}))
    assert work.tree.current is not None
    assert work.tree.current.trajectory.thinking == "Four.\nFive.\n"
    assert work.tree.current.trajectory.question == "How many?"


@pytest.mark.parametrize(
    ("segments", "says"),
    [
        ([Segment(text="a " * 250_001, author=OAK)], "500,004 characters"),
        ([Segment(text=f"{n}\n", author=Author(kind="model", name=f"m{n % 2}")) for n in range(5_001)], "segments"),
        ([Segment(text=f"{n}\n", author=Author(kind="model", name=f"m{n}")) for n in range(101)], "101 authors"),
        ([Segment(text="a", author=OAK, provenance=Provenance(tokens=10**20))], "tokens"),
    ],
)
def test_a_file_that_is_too_much_to_be_shown_is_refused(segments: list[Segment], says: str) -> None:
    shown = Trajectory(question="??", segments=tuple(segments))
    with pytest.raises(InvalidInput, match=says):
        opened(json.dumps(shown.to_dict()))
    with pytest.raises(InvalidInput, match=says):
        begin_session(Store(None), "me", shown, {})


def test_a_number_that_no_field_holds_is_left_out_of_an_opened_form() -> None:
    text = json.dumps(to_dict(Work(form={"seed": 1.0, "model_a": "oak"}))).replace("1.0", "1e999")
    assert opened(text).form == {"model_a": "oak"}


def test_a_session_of_too_many_branches_is_refused() -> None:
    tree = Tree(branches=(Branch(made="open", trajectory=Trajectory(question="?")),) * 1_001, path=(0,), place=0)
    with pytest.raises(InvalidInput, match="1,001 branches"):
        opened(json.dumps(to_dict(Work(tree=tree))))


def test_a_session_with_probes_of_nobody_opens() -> None:
    probes = tuple(Probe(offset=place, model="?", place=place, answer=None) for place in (-99, 10**9))
    branch = Branch(made="open", trajectory=Trajectory(question="?"), kept=-1, writer=99, probes=probes)
    desk = new_desk(Store(None))
    do(desk, "open", text=json.dumps(to_dict(Work(tree=Tree().grow(branch)))))
    assert [note["kind"] for note in desk.news(Seen(), 0)["notes"]] == ["probe", "probe"]


def test_a_steer_is_cut_from_what_its_writer_wrote_under_the_same_limits() -> None:
    solos: dict[Solo, Trajectory] = {}
    for most in (40, 2000, 2000):
        desk = new_desk(Store(None))
        do(desk, "begin", text="Mia has 4 figs.\n")
        perform(doing(desk, Act(verb="distract", offset=16), form(max_tokens=most), solos))
        wait(desk)
    assert sorted(params.max_tokens for _, _, params in solos) == [40, 2000]


def test_links_name_fields_and_leave_the_others_alone() -> None:
    assert linked({"rule": "cue:Wait: no", "seed": "7", "tokens": "x", "odd": "1"}) == {
        "mode": "hand-off", "rule_kind": "cue", "rule_value": "Wait: no", "seed": 7.0,
    }  # fmt: skip
    assert linked({"schedule": "A:1,B:2"}) == {"schedule": "A:1,B:2", "mode": "schedule"}
    assert linked({"question": "t1-0001"})["gold"] == "27"
    assert linked({"seed": "9" * 400, "tokens": "1e9"}) == {}
    assert linked(None) == linked({"rule": "every:3"}) == {}
    assert linked({"text": "What is 2 + 2?"}) == {"question": "What is 2 + 2?", "gold": ""}


def test_what_a_link_names_and_nobody_has_is_told() -> None:
    odd = {"question": "t9-1", "rule": "cue:(Wait", "seed": "x", "temperature": "0.5", "a": "no-model", "work": "1"}
    assert unknown(odd, shipped()) == ["question t9-1", "rule cue:(Wait", "seed x"]
    assert unknown({"question": "t1-0001", "rule": "close"}, shipped()) == unknown(None, shipped()) == []


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
