import pytest

from playground.engine.pieces import piece_ends
from playground.errors import InvalidInput
from playground.hand_over import Rule
from playground.outcomes.starting_point import StartingPoint, starting_point, steer_source, thinking_cut
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory

OAK = Author(kind="model", name="oak")
STEER = Author(kind="steer", name="elm")
SOURCE = SteerSource(kind="distractor", question="?", question_id="t1-0003", author=OAK, proportion=0.2)
OWN = Segment(text="One two. Three.\nFour.\n", author=OAK)
HERE = Trajectory(question="How many?", segments=(OWN, Segment(text="Five.\n", author=OAK)))
STEERED = HERE.extend(
    Segment(text="Wait. ", author=Author(kind="steer", name="transition")),
    Segment(text="Eggs.\n", author=STEER, provenance=Provenance(steer=SOURCE)),
    Segment(text="So eggs.\n", author=OAK),
)


def test_without_a_steer_there_is_one_start():
    assert starting_point(HERE, "7") == StartingPoint(plain=HERE)
    assert steer_source(HERE) is None
    with pytest.raises(InvalidInput, match="no steer"):
        starting_point(HERE).trajectory(steered=True)


def test_a_steer_in_the_trajectory_makes_two_starts():
    found = starting_point(STEERED, "7")
    assert found.plain.text == HERE.text
    assert found.trajectory(steered=True) == STEERED
    assert found.steer_gold == "7"
    assert steer_source(STEERED) == SOURCE


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("steps:1", "One two. Three.\n"),
        ("steps:3", "One two. Three.\nFour.\nFive.\n"),
        ("sentences:1", "One two. "),
        ("sentences:2", "One two. Three.\n"),
        ("percent:40", "One two. "),
        ("cue:Four", "One two. Three.\nFour"),
    ],
)
def test_thinking_is_cut_where_it_is_said(where, kept):
    assert thinking_cut(HERE, Rule.parse(where), piece_ends).thinking == kept


def test_the_end_of_the_text_ends_its_only_step():
    one = Trajectory(question="How many?", segments=(Segment(text="One two.", author=OAK),))
    for where in ("steps:1", "sentences:1"):
        assert thinking_cut(one, Rule.parse(where), piece_ends) == one


def test_without_a_place_the_whole_thinking_is_open_again():
    answered = HERE.extend(Segment(text="27", author=OAK, kind="answer"))
    assert thinking_cut(answered, None, piece_ends) == HERE


@pytest.mark.parametrize("where", ["steps:4", "sentences:9", "cue:Six", "tokens:2", "close"])
def test_a_place_that_is_not_there_is_refused(where):
    with pytest.raises(InvalidInput, match=r"no place|not a place"):
        thinking_cut(HERE, Rule.parse(where), piece_ends)
