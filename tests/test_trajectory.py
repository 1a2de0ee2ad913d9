import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import playground
from playground.errors import InvalidData, InvalidInput
from playground.serialization import from_json, json_schema
from playground.trajectory import Author, Provenance, Segment, Trajectory
from tests.values import segments, trajectories

A = Author(kind="model", name="a")
B = Author(kind="model", name="b")
YOU = Author(kind="person", name="you")
SCHEMA = Path(playground.__file__).parent / "trajectory.schema.json"


def wrote(author: Author, text: str) -> Segment:
    return Segment(text=text, author=author)


def answered(author: Author, text: str) -> Segment:
    return Segment(text=text, author=author, kind="answer")


TWO = Trajectory(question="q").extend(wrote(A, "one "), wrote(B, "two "))


@st.composite
def cut_points(draw: st.DrawFn) -> tuple[Trajectory, int]:
    trajectory = draw(trajectories())
    return trajectory, draw(st.integers(0, len(trajectory.text)))


@given(trajectories())
def test_a_saved_trajectory_reads_back_equal(trajectory):
    assert from_json(Trajectory, json.dumps(trajectory.to_dict())) == trajectory


@given(trajectories())
def test_a_saved_trajectory_follows_the_schema(trajectory):
    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert list(schema.iter_errors(trajectory.to_dict())) == []


def test_the_schema_file_is_the_one_of_the_value():
    assert json.loads(SCHEMA.read_text()) == json_schema(Trajectory, "A shared trajectory")


@given(trajectories(), st.lists(segments("answer"), max_size=3))
def test_extending_adds_exactly_the_text(trajectory, more):
    extended = trajectory.extend(*more)
    assert extended.text == trajectory.text + "".join(segment.text for segment in more)


@given(cut_points())
def test_a_cut_keeps_exactly_the_first_characters(case):
    trajectory, offset = case
    assert trajectory.cut(offset).text == trajectory.text[:offset]


@given(cut_points())
def test_a_cut_inside_the_thinking_opens_it_again(case):
    trajectory, offset = case
    assert trajectory.cut(offset).closed == (offset > len(trajectory.thinking))


def authors(trajectory) -> list[Author]:
    """Who wrote each character."""
    return [segment.author for segment in trajectory.segments for _ in segment.text]


@given(cut_points())
def test_a_cut_changes_no_author(case):
    trajectory, offset = case
    assert authors(trajectory.cut(offset)) == authors(trajectory)[:offset]


@given(cut_points(), segments("thinking"))
def test_a_fork_is_the_cut_and_what_follows(case, segment):
    trajectory, offset = case
    start = min(offset, len(trajectory.thinking))
    assert trajectory.fork(start, segment).text == trajectory.text[:start] + segment.text


@given(cut_points(), st.integers(0, 5), st.text(max_size=4))
def test_an_edit_replaces_exactly_its_range(case, length, text):
    trajectory, offset = case
    border = len(trajectory.thinking)
    start = min(offset, border)
    end = min(start + length, border)
    edited = trajectory.edit(start, end, wrote(YOU, text))
    assert edited.text == trajectory.text[:start] + text + trajectory.text[end:]
    assert edited.closed == trajectory.closed


@given(trajectories())
def test_merging_keeps_text_and_leaves_no_equal_neighbours(trajectory):
    merged = trajectory.merge()
    bare = [replace(segment, text="") for segment in merged.segments]
    assert merged.text == trajectory.text
    assert merged.thinking == trajectory.thinking
    assert all(left != right for left, right in pairwise(bare))


def test_merging_joins_neighbours_with_equal_provenance():
    made = Provenance(engine="scripted")
    twice = Trajectory(question="q").extend(*[replace(wrote(A, text), provenance=made) for text in ("x", "y")])
    assert twice.merge().segments == (replace(wrote(A, "xy"), provenance=made),)


def test_an_edit_keeps_what_stands_around_it_with_its_authors():
    edited = TWO.edit(2, 6, wrote(YOU, "X"))
    assert [(segment.author, segment.text) for segment in edited.segments] == [(A, "on"), (YOU, "X"), (B, "o ")]


def test_a_cut_segment_forgets_what_counted_its_tokens():
    made = Provenance(engine="scripted", tokens=3, token_ids=(1, 2, 3), logprobs=(-1.0, -1.0, -1.0), seconds=1.0)
    whole = Trajectory(question="q").extend(replace(wrote(A, "one two"), provenance=made))
    assert whole.cut(3).segments[0].provenance == Provenance(engine="scripted")
    assert whole.cut(7).segments[0].provenance == made


def test_empty_segments_leave_no_trace():
    assert TWO.extend(wrote(A, "")) == TWO


def test_an_answer_closes_the_thinking():
    assert TWO.extend(answered(A, "27")).closed


def test_thinking_after_a_closed_thinking_is_refused():
    with pytest.raises(InvalidInput, match="closed"):
        TWO.close().extend(wrote(A, "more"))


def test_thinking_cannot_stand_after_an_answer():
    with pytest.raises(InvalidInput, match="after an answer"):
        Trajectory(question="q", segments=(answered(A, "x"), wrote(A, "y")), closed=True)


def test_an_answer_in_open_thinking_is_refused():
    with pytest.raises(InvalidInput, match="open"):
        Trajectory(question="q", segments=(answered(A, "x"),))


def test_an_edit_across_the_border_is_refused():
    with pytest.raises(InvalidInput, match="Cannot edit 7…9"):
        TWO.extend(answered(A, "27")).edit(7, 9, wrote(YOU, "x"))


def test_thinking_cannot_take_the_place_of_an_answer():
    with pytest.raises(InvalidInput, match="Cannot edit 8…9"):
        TWO.extend(answered(A, "27")).edit(8, 9, wrote(YOU, "x"))


def test_an_answer_cannot_be_put_inside_the_thinking():
    with pytest.raises(InvalidInput, match="inside the thinking"):
        TWO.edit(0, 1, answered(YOU, "x"))


@pytest.mark.parametrize("offset", [-1, 9])
def test_offsets_outside_the_text_are_refused(offset):
    with pytest.raises(InvalidInput, match="ends at 8"):
        TWO.cut(offset)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"colour": "red"}, "colour"),
        ({"question": 5}, "question"),
        ({"closed": "yes"}, "closed"),
        ({"segments": [{"text": "x"}]}, r"segments\[0\]\.author"),
        ({"segments": [{"text": "x", "author": {"kind": "robot", "name": "r"}}]}, r"segments\[0\]\.author\.kind"),
        (
            {
                "segments": [
                    {"text": "x", "author": {"kind": "model", "name": "r"}, "provenance": {"sampling": {"heat": 1}}}
                ]
            },
            r"segments\[0\]\.provenance\.sampling\.heat",
        ),
    ],
)
def test_a_fault_is_named_by_its_path(change, path):
    with pytest.raises(InvalidData, match=path):
        Trajectory.from_dict({"question": "q", **change})


def test_another_schema_version_is_refused():
    with pytest.raises(InvalidInput, match="schema version 9"):
        Trajectory.from_dict({"question": "q", "schema_version": 9})


def test_half_a_character_is_refused_in_a_question_and_in_a_text():
    with pytest.raises(InvalidInput, match="question holds half a character"):
        Trajectory(question="a \ud800 b")
    with pytest.raises(InvalidInput, match="text holds half a character"):
        wrote(A, "\udfff")
    assert wrote(A, "\U0001f600").text == "\U0001f600"
