import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.cli.inspect import inspect
from playground.recorded import read_traces
from playground.recovery import RecoveryStream, recoveries, tokens_between
from playground.serialization import to_dict
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory

MIA = "Mia starts with 24 stickers. She gives away 9 stickers. How many stickers does Mia have now?"
ZOE = "Zoe has 51 shells. She loses 20 shells. How many shells does Zoe have now?"
OAK = Author(kind="model", name="oak")
STEER = Segment(
    text="Zoe has 51 shells. ",
    author=Author(kind="steer", name="oak"),
    provenance=Provenance(steer=SteerSource(kind="distractor", question=ZOE, author=OAK, proportion=0.2)),
)


def steered(*texts: str, tokens: int | None = None) -> Trajectory:
    own = Segment(text="Mia starts with 24 stickers. ", author=OAK, provenance=Provenance(tokens=5))
    made = Provenance(tokens=tokens)
    return Trajectory(
        question=MIA, segments=(own, STEER, *(Segment(text=t, author=OAK, provenance=made) for t in texts))
    )


def shifts(text: str) -> list[tuple[str, bool]]:
    stream = RecoveryStream(MIA, ZOE, STEER.text)
    return [(shift.kind, shift.said) for shift in stream.feed(text) + stream.close()]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("So 51 - 20 = 31 shells. Zoe has 31.", [("follows", False)]),
        ("Mia gives away 9 stickers, so 24 - 9 = 15.", [("returns", False)]),
        ("Zoe loses 20. Wait, that is not right. Mia has 15 stickers.", [("follows", False), ("returns", True)]),
        ("Mia has 15 stickers. Zoe has 31 shells.", [("returns", False), ("follows", False)]),
        ("So that is it.", []),
    ],
)
def test_the_thinking_follows_a_steer_or_returns(text: str, found: list[tuple[str, bool]]) -> None:
    assert shifts(text) == found


@given(st.integers(1, 9))
def test_any_split_into_deltas_gives_the_same_shifts(size: int) -> None:
    text = "Zoe loses 20 shells. Hold on, that is not right. Mia has 24 stickers. So 15."
    stream = RecoveryStream(MIA, ZOE, STEER.text)
    found = [shift for at in range(0, len(text), size) for shift in stream.feed(text[at : at + size])]
    assert [(shift.kind, shift.said) for shift in found + stream.close()] == shifts(text)


def test_a_recovery_says_where_after_how_many_tokens_and_whether_it_said_so() -> None:
    (found,) = recoveries(steered("Zoe has 31. No, that is wrong. Mia has 15 stickers.", tokens=20))
    assert found.left
    assert found.said
    assert steered("").thinking[: found.steer_end].endswith("shells. ")
    assert (
        steered("Zoe has 31. No, that is wrong. Mia has 15 stickers.").thinking[found.start :] == "Mia has 15 stickers."
    )
    assert found.tokens == 12


def test_a_trace_that_stays_with_the_steer_has_not_left() -> None:
    (found,) = recoveries(steered("So Zoe has 31 shells."))
    assert (found.left, found.start, found.tokens) == (False, None, None)


def test_uncounted_text_is_counted_in_words() -> None:
    assert tokens_between(steered("one two three"), 0, 999) == 5 + 4 + 3


def test_inspect_tells_it_at_the_step_where_the_thinking_comes_back(tmp_path) -> None:
    path = tmp_path / "trajectory.json"
    path.write_text(
        json.dumps(to_dict(steered("Zoe has 31.\nWait, that is not right.\nMia has 15 stickers.\nSo 15.\n")))
    )
    (trace,) = read_traces(path)
    steps = list(inspect(trace))
    told = [step for step in steps if "recovery" in step]
    assert [step["text"] for step in told] == ["Mia has 15 stickers.\n"]
    assert told[0]["recovery"][0]["left"] is True
    assert all(before["end"] == after["start"] for before, after in pairwise(steps))


def test_responses_with_the_right_answer_have_left_and_those_with_the_other_have_not(shared) -> None:
    path = shared / "data/traces/distraction_Qwen2.5-Math-1.5B-DrGRPO-Zero.jsonl"
    left: dict[str, list[bool]] = {"right": [], "other": []}
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        stream = RecoveryStream(row["problem"], row["problem_distractor"], row["distract_reasoning"])
        found = stream.feed(row["post_distraction_response"]) + stream.close()
        outcome = "right" if row["original_correct"] else "other" if row["distractor_correct"] else None
        if outcome is not None:
            left[outcome].append(bool(found) and found[-1].kind == "returns")
    shares = {outcome: sum(each) / len(each) for outcome, each in left.items()}
    print("\nleft the steer:", {outcome: round(share, 3) for outcome, share in shares.items()})
    assert shares["right"] > 0.8
    assert shares["other"] < 0.2
