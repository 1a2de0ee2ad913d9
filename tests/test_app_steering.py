"""Steers and probes behind the page. Without a browser."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from desks import OAK, QUESTION, KnownPool, do, doing, form, new_desk, wait

from playground.app.relay.acts import PERSON, perform
from playground.app.relay.desk import Desk
from playground.app.relay.doing import Act, Solo
from playground.app.relay.shelf import Shelf
from playground.app.relay.view import Seen
from playground.app.room import Limits, Room
from playground.branches import Probe
from playground.engine.pieces import piece_ends
from playground.errors import InvalidInput
from playground.steering import Cut, compose
from playground.steers import Steering, distracted, said
from playground.store import Store
from playground.trajectory import Segment, SteerSource, Trajectory


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


def test_a_steer_is_cut_from_what_its_writer_wrote_under_the_same_limits() -> None:
    solos: dict[Solo, Trajectory] = {}
    for most in (40, 2000, 2000):
        desk = new_desk(Store(None))
        do(desk, "begin", text="Mia has 4 figs.\n")
        perform(doing(desk, Act(verb="distract", offset=16), form(max_tokens=most), solos))
        wait(desk)
    assert sorted(params.max_tokens for _, _, params in solos) == [40, 2000]
