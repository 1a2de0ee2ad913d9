"""Comparing runs: the same questions, paired, and the ones that flipped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from evaluator_models import evaluate, small, sums

from evaluator.reporting.comparison import compare, run_names
from evaluator.running.ledger import Ledger
from evaluator.trials.selection import run_questions
from playground.errors import RunError
from playground.runs.ledger import RunLedger


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    evaluate(folder / "one", small(limit=16, pool=4))
    evaluate(folder / "two", small(limit=16, pool=4, temperature=0.7))
    return folder


def test_the_models_of_one_run_are_compared_with_each_other(runs):
    pairs = compare([runs / "one"]).pairs
    solo = pairs[pairs["test"] == "solo"]
    assert list(zip(solo["first"], solo["second"], strict=True)) == [
        ("weak", "careless"),
        ("weak", "strong"),
        ("careless", "strong"),
    ]
    assert (solo["questions"] == 16).all()
    assert (solo["p_holm"] >= solo["p"]).all()


def test_a_model_of_two_runs_is_compared_with_itself(runs):
    found = compare([runs / "one", runs / "two"])
    assert {(row["first"], row["second"]) for row in found.pairs.to_dict("records")} == {
        (f"{name} (one)", f"{name} (two)") for name in ("weak", "careless", "strong")
    }


def test_runs_in_folders_of_one_name_are_told_apart(runs, monkeypatch):
    monkeypatch.chdir(runs / "one")
    assert run_names([Path("."), Path("../two")]) == ["one", "two"]
    assert run_names([Path("a/tiny"), Path("b/tiny"), Path("c/other")]) == ["a/tiny", "b/tiny", "c/other"]
    assert run_names([Path("a"), Path("a")]) == ["a", "a"]


def test_each_disturbance_is_compared_with_itself(tmp_path):
    values = {"models": ("strong",), "limit": 8, "pool": 2, "positions": (0.0, 0.4), "variants": ("own", "digits")}
    for name, seed in (("one", 3), ("two", 4)):
        questions = run_questions(sums(), limit=8, pool=2, seed=3)
        evaluate(tmp_path / name, small(**values, seed=seed), questions=questions)
    pairs = compare([tmp_path / "one", tmp_path / "two"]).pairs
    disturbed = pairs[pairs["test"] == "recoverability"]
    assert list(disturbed["first"]) == ["strong (one)", "strong (one), digits"]
    with RunLedger(tmp_path / "one") as ledger:
        own = [r for r in ledger.records("recoverability") if r.trial.condition.variant == "own"]
    assert disturbed["trials"].iloc[0] == 2 * len(own)


def test_one_model_alone_is_compared_with_nothing(tmp_path):
    evaluate(tmp_path, small(models=("weak",), tests=(), limit=4))
    with pytest.raises(RunError, match="has one model"):
        compare([tmp_path])


def test_a_run_differs_from_itself_in_nothing(runs):
    found = compare([runs / "one", runs / "one"])
    assert (found.pairs["difference"] == 0).all()
    assert (found.pairs["p"] == 1).all()
    assert found.flips.empty


def test_flipped_questions_are_listed_with_both_rates(runs):
    flips = compare([runs / "one"]).flips
    assert (flips["first_rate"] != flips["second_rate"]).all()
    assert flips["difference"].abs().is_monotonic_decreasing
    solo = flips[(flips["test"] == "solo") & (flips["first"] == "weak") & (flips["second"] == "strong")]
    pairs = compare([runs / "one"]).pairs
    row = pairs[(pairs["test"] == "solo") & (pairs["first"] == "weak") & (pairs["second"] == "strong")].iloc[0]
    assert len(solo) == row["better"] + row["worse"]


def test_other_questions_under_the_same_names_are_refused(runs, tmp_path):
    evaluate(tmp_path, small(models=("weak",), limit=16, pool=4))
    with Ledger(tmp_path) as ledger, ledger._db as database:
        ((name, text),) = database.execute("SELECT id, question FROM questions LIMIT 1").fetchall()
        value = json.loads(text)
        value["question"]["gold"] = "-1"
        database.execute("UPDATE questions SET question = ? WHERE id = ?", (json.dumps(value), name))
    with pytest.raises(RunError, match="is another question than in the runs before"):
        compare([runs / "one", tmp_path])


def test_the_command_prints_and_writes(runs, tmp_path):
    words = [sys.executable, "-m", "evaluator.compare", str(runs / "one"), str(runs / "two"), "--output-dir"]
    done = subprocess.run([*words, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "## Paired comparisons" in done.stdout
    assert len(pd.read_csv(tmp_path / "pairs.csv")) == 8
    assert {"comparison.md", "flips.csv"} < {path.name for path in tmp_path.iterdir()}


def test_a_folder_without_a_run_is_refused_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "evaluator.compare", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "holds no run" in done.stderr
