"""What a run leaves in its folder."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from evaluator_models import evaluate, small
from hostile_texts import NAMES

from evaluator.numbers.results import sanitized
from evaluator.reporting.files import write_report
from evaluator.reporting.samples import TOGETHER, write_samples
from evaluator.reporting.text import LONGEST_QUOTE
from evaluator.running.ledger import Ledger
from playground.records import Question, RunQuestion
from playground.runs.ledger import RunLedger


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    evaluate(folder, small())
    write_report(folder)
    return folder


def only(folder, pattern):
    (path,) = folder.glob(pattern)
    return path


def test_a_finished_run_has_one_results_file_however_often_it_is_drawn(run):
    before = only(run, "results_*.json").read_text()
    write_report(run)
    assert only(run, "results_*.json").read_text() == before
    results = json.loads(before)["results"]
    assert set(results) == {"weak", "careless", "strong"}
    assert 0 < results["weak"]["recoverability"]["recoverability,none"] < 1
    assert 0 < results["careless"]["guidability"]["guidability,none"] < 1


def test_each_model_has_a_file_in_the_harness_layout(run):
    data = json.loads(only(run, "weak/results_*.json").read_text())
    assert data["results"]["solo"]["alias"] == "solo"
    assert {"configs", "versions", "n-shot", "n-samples", "config", "git_hash", "date", "higher_is_better"} <= set(data)
    assert data["n-samples"]["solo"] == {"original": 96, "effective": 96}
    assert data["config"]["random_seed"] == 3


def test_samples_are_a_line_each(run):
    rows = [json.loads(line) for line in only(run, "samples_recoverability_*.jsonl").read_text().splitlines()]
    assert {row["condition"]["test"] for row in rows} == {"recoverability"}
    assert all(row["prompt"].endswith(row["prefix"]) for row in rows)


def test_tables_read_back_as_data(run):
    figures = pd.read_csv(run / "tables" / "figures.csv")
    assert figures["rate"].between(0, 1).all()
    assert (figures["low"] <= figures["rate"] + 1e-9).all()
    assert len(pd.read_csv(run / "tables" / "outcomes.csv")) == 3 * 24 * 4 + sum(
        len(path.read_text().splitlines()) for path in run.glob("samples_[rg]*.jsonl")
    )


FIGURES = ("recoverability", "positions", "ranks", "guidability", "solved", "turning", "classes")


def test_figures_are_drawn_as_png_and_svg(run):
    names = {path.name for path in (run / "figures").iterdir()}
    assert names == {f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")}
    assert (run / "figures" / "ranks.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_holds_all_figures_and_asks_for_no_other_file(run):
    page = (run / "report.html").read_text()
    assert page.count("<svg") == len(FIGURES)
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "@import" not in page
    assert "<script" not in page
    assert set(re.findall(r"var\((--\w+)\)", page)) <= set(re.findall(r"(--\w+):#", page))
    assert "prefers-color-scheme:dark" in page


def test_ids_of_the_pages_figures_are_distinct_and_found(run):
    page = (run / "report.html").read_text()
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', page)) <= ids


def test_parquet_holds_the_same_samples(run):
    rows = [json.loads(line) for line in only(run, "samples_guidability_*.jsonl").read_text().splitlines()]
    table = pd.read_parquet(only(run, "samples_guidability_*.parquet"))
    assert table["trial_id"].tolist() == [row["trial_id"] for row in rows]
    assert table["condition.steer"].tolist() == [row["condition"]["steer"] for row in rows]
    assert [json.loads(text) for text in table["segments"]] == [row["segments"] for row in rows]


def test_more_samples_than_are_in_memory_together_are_all_there(tmp_path):
    evaluate(tmp_path, small(tests=("recoverability",), n=8))
    with RunLedger(tmp_path) as ledger:
        records = {record.outcome.trial_id: record.outcome for record in ledger.records()}
        write_samples(tmp_path, ledger, "now")
    assert len(list((tmp_path / "samples_solo_now.jsonl").open())) > TOGETHER
    for test in ("solo", "recoverability"):
        rows = [json.loads(line) for line in (tmp_path / f"samples_{test}_now.jsonl").read_text().splitlines()]
        table = pd.read_parquet(tmp_path / f"samples_{test}_now.parquet")
        assert table["trial_id"].tolist() == [row["trial_id"] for row in rows]
        assert table["tokens"].tolist() == [records[row["trial_id"]].tokens for row in rows]
        assert table["text"].tolist() == [records[row["trial_id"]].text for row in rows]
    found = [tuple(places) for places in table["backtracks"]]
    assert found == [records[name].backtracks for name in table["trial_id"]]


def test_each_model_has_a_folder_of_its_own_inside_the_runs():
    names = [*NAMES, "..", ".", "a/b", "a__b", "/a", "a", "名" * 100]
    folders = [sanitized(name) for name in names]
    assert len(set(folders)) == len(set(names))
    for folder in folders:
        assert Path(folder).name == folder
        assert "\x00" not in folder
        assert len(folder.encode()) < 256
    assert sanitized("Qwen/Qwen3-1.7B") == "Qwen__Qwen3-1.7B"


def test_the_dictionary_names_every_column_and_field(run):
    words = set(re.findall(r"`([^`]+)`", (run / "data_dictionary.md").read_text()))
    columns = {name for path in (run / "tables").glob("*.csv") for name in path.read_text().split("\n")[0].split(",")}
    fields = set(pd.read_parquet(only(run, "samples_solo_*.parquet")).columns)
    assert columns - words == set()
    assert {name for name in fields if not name.startswith("params.")} - words == set()


def test_the_two_main_tables_are_there_for_latex(run):
    for name in ("main", "positions"):
        text = (run / "tables" / f"{name}.tex").read_text()
        assert "\\toprule" in text
        assert all(model in text for model in small().models)
    assert "($-$" in (run / "tables" / "main.tex").read_text()


def test_the_report_shows_figures_that_exist_and_quotes_samples(run):
    text = (run / "report.md").read_text()
    linked = re.findall(r"\]\((\S+?)\)", text)
    assert linked
    assert all((run / path).is_file() for path in linked)
    assert "### Recovered from a distraction" in text
    assert "nan" not in text


def long_sum(first):
    numbers = range(first, first + 150)
    text = f"Add {', '.join(map(str, numbers))}."
    return Question(id=f"from-{first}", text=text, gold=str(sum(numbers)), benchmark="long")


def test_long_reasoning_is_quoted_by_its_ends(tmp_path):
    questions = [RunQuestion(question=long_sum(first), role="tested") for first in (10, 11)]
    questions += [RunQuestion(question=long_sum(first), role="pool") for first in (12, 13)]
    one = {"models": ("strong",), "tests": ("recoverability",), "limit": 2, "pool": 2, "n": 1}
    evaluate(tmp_path, small(**one, positions=(0.8,), max_tokens=20_000), questions=tuple(questions))
    with RunLedger(tmp_path) as ledger:
        assert all(len(record.trial.prefix) > 3 * LONGEST_QUOTE for record in ledger.records("recoverability"))
    write_report(tmp_path)
    quoted = re.findall(r"```text\n(.*?)\n```", (tmp_path / "report.md").read_text(), re.DOTALL)
    steered = [text for text in quoted if "Wait. Let me think." in text]
    assert steered
    assert all(" […] " in text and len(text) < 2 * LONGEST_QUOTE for text in steered)


def test_the_card_says_what_is_needed_to_repeat_the_run(run):
    card = json.loads((run / "manifest.json").read_text())
    assert card["completed"] > card["started"]
    assert card["config"]["seed"] == 3
    assert [model["identity"]["revision"] for model in card["models"]] == [f"adder_{m}" for m in small().models]
    assert {len(value) for value in card["hashes"].values()} == {64}


def test_an_unfinished_run_has_a_report_that_says_so_and_no_results(tmp_path):
    evaluate(tmp_path, small(models=("weak",), limit=4, pool=2))
    with Ledger(tmp_path) as ledger, ledger._db as database:
        database.execute("DELETE FROM meta WHERE key = 'completed'")
    write_report(tmp_path)
    assert "This run is not finished" in (tmp_path / "report.md").read_text()
    assert not list(tmp_path.glob("results_*"))
    assert "completed" not in json.loads((tmp_path / "manifest.json").read_text())
