"""The command `outcomes`: a row for each arm, files, progress on standard error, and one line for an error."""

import csv
import json

import pytest

from evaluator.condition import command as evaluate
from playground.outcomes.saved_condition import read_condition
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory
from tests.commands import MIA, run

TWO = ("outcomes", "--model", "scripted", "--model", "scripted")
ONE = (*TWO, "--question-id", "t1-0001", "--n", "2")
OAK = Author(kind="model", name="oak")
SOURCE = SteerSource(kind="distractor", question="?", question_id="t1-0003", author=OAK, proportion=0.2)
STEERED = Trajectory(question=MIA, gold="27").extend(
    Segment(text="The story starts with 24.\n24 - 9 = 15.\n", author=OAK),
    Segment(
        text="The story starts with 8.\n", author=Author(kind="steer", name="oak"), provenance=Provenance(steer=SOURCE)
    ),
)


def table(shown: str) -> list[list[str]]:
    return [line.split("  ")[0].split() for line in shown.splitlines()[3:]]


def test_each_arm_has_a_row_and_each_sample_one_in_the_csv(tmp_path, capsys):
    assert run(*ONE, "--steer", "distractor:t1-0003", "--csv", str(tmp_path / "o.csv")) == 0
    shown, told = capsys.readouterr()
    assert table(shown) == [["A"], ["A+steer"], ["B"], ["B+steer"], ["A-B"], ["A-B+steer"], ["B-A"], ["B-A+steer"]]
    assert "100 [34, 100]" in shown
    assert "outcomes 16/16" in told
    rows = list(csv.DictReader((tmp_path / "o.csv").open()))
    assert [(row["arm"], row["sample"]) for row in rows[:3]] == [("A", "0"), ("A", "1"), ("A+steer", "0")]
    assert {row["outcome"] for row in rows} == {"correct"}


def test_a_seed_repeats_the_samples(tmp_path):
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert run(*ONE, "--seed", seed, "--arms", "A", "--csv", str(tmp_path / name)) == 0
    a, b, c = ([row["text"] for row in csv.DictReader((tmp_path / name).open())] for name in "abc")
    assert a == b != c


def test_a_saved_trajectory_is_cut_and_its_steer_makes_the_arms(tmp_path, capsys):
    (tmp_path / "t.json").write_text(json.dumps(STEERED.to_dict()))
    words = (*TWO, "--n", "2", "--from", str(tmp_path / "t.json"))
    assert run(*words, "--arms", "A,A+steer", "--json", str(tmp_path / "o")) == 0
    start = json.loads((tmp_path / "o").read_text())["comparison"]["start"]
    assert Trajectory.from_dict(start["plain"]).text == "The story starts with 24.\n24 - 9 = 15.\n"
    assert Trajectory.from_dict(start["steered"]).text == STEERED.text
    assert start["steer_gold"].isdigit()
    capsys.readouterr()
    assert run(*words, "--cut", "steps:1") == 0
    assert table(capsys.readouterr().out) == [["A"], ["B"], ["A-B"], ["B-A"]]


def test_the_starting_point_is_saved_as_a_condition_that_the_evaluator_draws_from(tmp_path, capsys):
    (tmp_path / "t.json").write_text(json.dumps(STEERED.to_dict()))
    words = ("--from", str(tmp_path / "t.json"), "--n", "2", "--condition", str(tmp_path / "c.json"), "--seed", "7")
    assert run(*TWO, *words) == 0
    saved = read_condition(tmp_path / "c.json")
    assert saved.trajectory.text == STEERED.text
    assert (saved.condition.test, saved.condition.steer_question, saved.n, saved.seed) == (
        "recoverability", "t1-0003", 2, 7,
    )  # fmt: skip
    capsys.readouterr()
    evaluate((str(tmp_path / "c.json"), "--output-dir", str(tmp_path / "run")))
    assert "scripted: 2 of 2 correct" in capsys.readouterr().out
    assert run(*TWO, "--question", MIA, "--n", "2", "--condition", str(tmp_path / "c.json")) == 2
    assert "asks for a correct answer" in capsys.readouterr().err


def test_a_guide_of_the_other_model_and_ones_own_words(capsys):
    assert run(*ONE, "--steer", "guide", "--steer-by", "B", "--arms", "A+steer") == 0
    assert run(*ONE, "--steer", "text:Maybe it is 12.", "--arms", "A+steer") == 0
    assert capsys.readouterr().out.count("A+steer") == 2


def test_what_models_are_called_cannot_steer_the_terminal(tmp_path, capsys):
    source = tmp_path / "\x1b[31mevil"
    source.write_text("So it is 27.\n</think>\n27")
    words = ("outcomes", "--model", f"replay:{source}", "--question", MIA, "--gold", "27", "--n", "1")
    assert run(*words) == 0
    assert "\x1b" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--arms", "C"), "'C' is not an arm"),
        (("--arms", "A+steer"), "needs a steer"),
        (("--steer", "x"), "'x' is not a steer"),
        (("--steer", "guide:x"), "is not a steer"),
        (("--steer", "distractor:t9"), "no question 't9'"),
        (("--steer", "distractor:t1-0001"), "another question"),
        (("--steer", "guide", "--steer-share", "0"), "between 0 and 100"),
        (("--start-with", "So.\n", "--steer", "guide"), "stand at the start"),
        (("--cut", "steps:1"), "--cut cuts a saved trajectory"),
        (("--hand-off", "x"), "is not a hand-over rule"),
        (("--n", "0"), "number of samples is 0"),
        (("--n", "9" * 30), "Give 1 to 100,000"),
        (("--temperature", "0"), "every sample is the same"),
        (("--model", "scripted"), "one model or two"),
        (("--json", "/dev/null/x"), "cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words, says, capsys):
    assert run(*ONE, *words) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.startswith("error: ")
    assert told.count("\n") == 1


def test_a_place_that_is_not_there_is_told(tmp_path, capsys):
    (tmp_path / "t.json").write_text(json.dumps(STEERED.to_dict()))
    assert run(*TWO, "--from", str(tmp_path / "t.json"), "--cut", "steps:9") == 2
    assert "no place steps:9" in capsys.readouterr().err
    (tmp_path / "bad.json").write_text("{")
    assert run(*TWO, "--from", str(tmp_path / "bad.json")) == 2
    assert f"error: {tmp_path / 'bad.json'}: invalid JSON" in capsys.readouterr().err
