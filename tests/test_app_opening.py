"""Files and links behind the page: what opens, what is refused, what is filled in. Without a browser."""

import json

import pytest
from desks import OAK, do, new_desk

from playground.app.beginning import begin_session
from playground.app.questions import shipped
from playground.app.relay.cast import Cast
from playground.app.relay.exports import exported
from playground.app.relay.links import linked, unknown
from playground.app.relay.opening import opened
from playground.app.relay.view import Seen
from playground.branches import Branch, Probe, Tree
from playground.errors import InvalidInput
from playground.serialization import to_dict
from playground.store import Store, Work
from playground.trajectory import Author, Provenance, Segment, Trajectory


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
