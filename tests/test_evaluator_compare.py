"""Comparing runs: the same questions, paired, and the ones that flipped."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest
from evaluator_models import evaluate, small

from evaluator.reporting.comparison import compare
from evaluator.running.ledger import Ledger
from playground.errors import RunError


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
