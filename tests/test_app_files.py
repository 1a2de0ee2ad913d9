"""What a file that a visitor opens becomes on the page."""

import json

import pytest

from playground.app.relay.opening import opened
from playground.errors import InvalidData
from playground.trajectory import Author, Provenance, Segment, Trajectory

ROW = {"problem": "What is half of one?", "response": "One over two.</think>\n\n\\boxed{0.5}", "model": "some-model"}
ALICE = Author(kind="model", name="alice")


def answered(answer: str, made: Provenance) -> str:
    """A saved trajectory with its answer."""
    thinking = Segment(text="5 + 4 is 9.\n", author=ALICE)
    ended = Segment(text=answer, author=ALICE, kind="answer", provenance=made)
    return json.dumps(Trajectory(question="What is 5 + 4?", gold="9").extend(thinking, ended).to_dict())


def test_a_recorded_response_is_shown_with_its_answer_and_who_wrote_it() -> None:
    branch = opened(json.dumps({**ROW, "answer": "1/2"})).tree.branches[0]
    parts = [(part.kind, part.author.name, part.text) for part in branch.trajectory.segments]
    assert parts == [("thinking", "some-model", "One over two."), ("answer", "some-model", "\n\n\\boxed{0.5}")]
    assert branch.ending is not None
    assert (branch.ending.outcome, branch.ending.answer, branch.ending.gold) == ("correct", "0.5", "1/2")


def test_a_recorded_response_whose_thinking_never_closes_is_not_finished() -> None:
    assert opened(json.dumps({"response": "One over"})).tree.branches[0].ending is None


@pytest.mark.parametrize(("answer", "outcome"), [("\\boxed{9}", "correct"), ("\\boxed{8}", "wrong")])
def test_a_trajectory_that_has_its_answer_comes_with_the_verdict(answer: str, outcome: str) -> None:
    branch = opened(answered(answer, Provenance(finish_reason="stop"))).tree.branches[0]
    assert branch.ending is not None
    assert branch.ending.outcome == outcome


def test_an_answer_that_was_broken_off_has_no_verdict_yet() -> None:
    assert opened(answered("\\boxed{9", Provenance(finish_reason="abort"))).tree.branches[0].ending is None


def test_a_labelled_trace_is_no_trajectory_although_its_labels_are_called_segments() -> None:
    row = {"thinking_process": "One over two.", "segments": [{"label": "deduction", "text": "One over two."}]}
    branch = opened(json.dumps(row)).tree.branches[0]
    assert branch.trajectory.thinking == "One over two."


def test_half_a_character_in_a_recorded_trace_is_replaced() -> None:
    branch = opened(json.dumps({**ROW, "response": "One \ud83d over two.</think>2"})).tree.branches[0]
    assert branch.trajectory.thinking == "One \ufffd over two."


@pytest.mark.parametrize("text", ['{"segments": 3}', '{"tree": 3}'])
def test_what_is_wrong_in_a_file_is_told_with_what_is_wanted(text: str) -> None:
    with pytest.raises(InvalidData, match=r"^the file: .*\. Give a s"):
        opened(text)
