"""What the runs page asks for: a sample opens as the evaluator asked for it, and nothing else is handed out."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from evaluator_models import HABITS, card, evaluate, small

from playground import prompting
from playground.app.runs.reader import RunReader
from playground.app.runs.sample_session import written
from playground.cli.serve import run_folders
from playground.errors import InvalidInput
from playground.grading.reviews import OVERRIDES_FILE, Override, read_reviews
from playground.runs.folders import RunFolders
from playground.runs.ledger import LEDGER_FILE, RunLedger
from playground.store import Store

CARDS = {name: card(name) for name in HABITS}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    evaluate(root / "sums", small())
    return root


@pytest.fixture
def store():
    return Store(None)


@pytest.fixture
def reader(runs, store):
    return RunReader(RunFolders(runs), CARDS, store)


def records(runs, test=None):
    with RunLedger(runs / "sums") as ledger:
        return list(ledger.records(test))


def opened(reader, store, record, **how):
    begun = reader.begin({"run": "sums", "sample": record.outcome.trial_id, "visitor": "me", **how})
    return store.load(begun["key"])


def test_every_sample_opens_with_the_evaluated_prompt_byte_for_byte(reader, runs, store):
    for record in records(runs):
        work = opened(reader, store, record)
        prompt = prompting.render(work.tree.current.trajectory, CARDS[record.trial.model])
        assert prompt.encode() == record.trial.prompt.encode()


def test_the_way_on_is_what_the_model_wrote(reader, runs, store):
    record = records(runs, "recoverability")[0]
    tree = opened(reader, store, record, at="end").tree
    whole = tree.current.trajectory
    assert whole.thinking.startswith(record.trial.prefix)
    assert whole.thinking[len(record.trial.prefix) :] + "</think>" + whole.answer == record.outcome.text
    assert tree.current.ending.outcome == record.outcome.verdict
    assert tree.undo().current.trajectory == record.trial.trajectory


def test_the_form_holds_the_runs_sampling_and_another_model(reader, runs, store):
    record = records(runs, "guidability")[0]
    form = opened(reader, store, record, other="strong").form
    assert (form["model_a"], form["model_b"]) == (record.trial.model, "strong")
    assert (form["seed"], form["temperature"]) == (record.trial.params.seed, record.trial.params.temperature)


def test_a_model_that_the_page_does_not_offer_is_left_out(runs, store):
    reader = RunReader(RunFolders(runs), dict(list(CARDS.items())[:1]), store)
    record = next(record for record in records(runs) if record.trial.model == "strong")
    form = opened(reader, store, record, other="no such").form
    assert "model_a" not in form
    assert "model_b" not in form


def test_a_sample_that_was_cut_off_has_no_answer(runs):
    record = records(runs, "solo")[0]
    with RunLedger(runs / "sums") as ledger:
        model = ledger.models()[0]
    cut = replace(record, outcome=replace(record.outcome, text="So 1"))
    assert written(cut, model).answer == ""
    assert not written(cut, model).closed


def test_a_sample_is_told_with_its_rows_and_its_place_in_the_run(reader, runs):
    record = records(runs, "recoverability")[0]
    found = reader.sample({"run": "sums", "sample": record.outcome.trial_id})
    text = "".join(row["text"] for row in found["rows"])
    assert text == record.trial.prefix + record.outcome.text.replace("</think>", "")
    assert found["cut"] == len(record.trial.prefix)
    assert found["same_prompt"] is True
    assert found["line"]["trial"] == record.outcome.trial_id


def test_an_overview_has_figures_choices_and_the_card(reader):
    found = reader.overview({"run": "sums"})
    assert {figure["model"] for figure in found["figures"]} == set(HABITS)
    assert found["choices"]["position"] == [0.0, 0.2, 0.4, 0.6, 0.8]
    assert ("completed", "not yet") not in found["card"]
    assert found["complete"]


def test_the_card_shows_a_configuration_of_any_kind(runs, store, tmp_path):
    (tmp_path / "odd").mkdir()
    shutil.copy(runs / "sums" / LEDGER_FILE, tmp_path / "odd")
    with closing(sqlite3.connect(tmp_path / "odd" / LEDGER_FILE)) as base, base:
        base.execute("UPDATE meta SET value = ? WHERE key = 'config'", (json.dumps({"positions": ["a", [0.5], None]}),))
    found = RunReader(RunFolders(tmp_path), CARDS, store).overview({"run": "odd"})
    assert ("configuration", "positions a/0.5/None") in found["card"]


def test_a_persons_verdict_stands_beside_the_run(reader, runs):
    trial = records(runs)[0].outcome.trial_id
    told = {"run": "sums", "sample": trial, "outcome": "wrong", "author": " Ada ", "reason": "off by one"}
    assert reader.decide(told) == ""
    assert read_reviews(runs / "sums" / OVERRIDES_FILE, Override)[trial].author == "Ada"
    assert reader.sample({"run": "sums", "sample": trial})["decision"]["outcome"] == "wrong"
    assert reader.decide(told, "ben") == ""
    assert read_reviews(runs / "sums" / OVERRIDES_FILE, Override)[trial].author == "ben"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"reason": " "}, "needs its author"), ({"outcome": "good"}, "outcome"), ({"run": ""}, "no run")],
)
def test_half_a_verdict_is_refused_in_words(reader, runs, wrong, says):
    told = {"run": "sums", "sample": records(runs)[0].outcome.trial_id, "outcome": "wrong", "author": "Ada"}
    assert says in reader.decide({**told, "reason": "so", **wrong})


BAD = {
    "another path": ("samples", {"run": "../runs"}, "no run called"),
    "no run": ("overview", {"run": ""}, "no run called"),
    "no sample": ("sample", {"run": "sums", "sample": "' OR 1"}, "has no trial"),
    "an unknown filter": ("samples", {"run": "sums", "query": {"where": "1"}}, "where"),
    "an unknown order": ("samples", {"run": "sums", "query": {"sort": "id; DROP TABLE sample"}}, "sort"),
    "too long a text": ("samples", {"run": "sums", "query": {"text": "x" * 9999}}, "9,999 characters"),
    "no visitor": ("begin", {"run": "sums", "sample": "first"}, "no key"),
    "no object": ("samples", 5, "the value"),
}


@pytest.mark.parametrize(("name", "data", "says"), BAD.values(), ids=BAD)
def test_what_makes_no_sense_is_refused_in_words(reader, runs, name, data, says):
    if isinstance(data, dict) and data.get("sample") == "first":
        data = {**data, "run": "sums", "sample": records(runs)[0].outcome.trial_id}
    assert says in getattr(reader, name)(data)["error"]


def test_without_a_directory_there_is_nothing_to_open(store):
    reader = RunReader(None, CARDS, store)
    assert reader.runs({})["runs"] == []
    assert "--runs DIR" in reader.overview({"run": "sums"})["error"]


def test_the_directory_of_runs_is_one_and_no_run_itself(runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_folders(None) is None
    (tmp_path / "runs").mkdir()
    assert run_folders(None) == RunFolders(Path("runs"))
    assert run_folders(runs).names() == ["sums"]
    with pytest.raises(InvalidInput, match="is itself a run"):
        run_folders(runs / "sums")
    with pytest.raises(InvalidInput, match="is not a directory"):
        run_folders(tmp_path / "gone")
