"""Runs read by eye: which can be opened, their samples as a table, and their figures."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from evaluator_models import evaluate, small

from evaluator.numbers.frame import outcome_frame
from evaluator.numbers.metrics import figure_frame
from evaluator.running.ledger import Ledger
from playground.errors import InvalidData, InvalidInput, RunError
from playground.grading.reviews import OPINIONS_FILE, OVERRIDES_FILE, Opinion, add, override
from playground.runs.folders import RunFolders
from playground.runs.ledger import LEDGER_FILE, RunLedger
from playground.runs.query import SampleQuery
from playground.runs.samples import RunSamples
from playground.runs.summary import figures


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    evaluate(root / "sums", small())
    return root


@pytest.fixture
def samples(runs):
    for name in (OPINIONS_FILE, OVERRIDES_FILE):
        (runs / "sums" / name).unlink(missing_ok=True)
    return RunSamples(runs / "sums")


def test_only_folders_with_a_ledger_of_their_own_are_runs(runs, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "linked").symlink_to(runs / "sums")
    (tmp_path / "ledger-linked").mkdir()
    (tmp_path / "ledger-linked" / LEDGER_FILE).symlink_to(runs / "sums" / LEDGER_FILE)
    assert RunFolders(tmp_path).names() == []
    assert RunFolders(runs).names() == ["sums"]
    assert RunFolders(tmp_path / "gone").names() == []


@pytest.mark.parametrize("name", ["", ".", "..", "../runs", "/etc", "sums/", "sums/../sums", "sums\0", "no such"])
def test_no_other_path_is_opened(runs, name):
    with pytest.raises(InvalidInput, match="no run called"):
        RunFolders(runs).folder(name)


@pytest.mark.parametrize("name", [OPINIONS_FILE, OVERRIDES_FILE])
def test_a_run_whose_verdicts_lie_elsewhere_is_not_opened(tmp_path, name):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / LEDGER_FILE).touch()
    (tmp_path / "run" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidInput, match="is a link"):
        RunFolders(tmp_path).folder("run")
    assert not (tmp_path / "elsewhere").exists()


def test_a_figure_that_is_a_link_is_left_out(tmp_path):
    run = tmp_path / "run"
    evaluate(run, small(models=("weak",), limit=4, pool=2))
    (run / "figures").mkdir()
    (tmp_path / "secret.svg").write_text("secret", encoding="utf-8")
    (run / "figures" / "link.svg").symlink_to(tmp_path / "secret.svg")
    for name in ("ranks.png", "ranks.svg", "turning.png"):
        (run / "figures" / name).write_bytes(b"x")
    assert [path.name for path in RunFolders(tmp_path).figures("run").values()] == ["ranks.svg", "turning.png"]


FILTERS = {
    "model": (SampleQuery(model="weak"), lambda r: r.trial.model == "weak"),
    "test": (SampleQuery(test="guidability"), lambda r: r.trial.condition.test == "guidability"),
    "position": (
        SampleQuery(position=0.0),
        lambda r: (r.trial.condition.test, r.trial.condition.own) == ("recoverability", 0.0),
    ),
    "length": (SampleQuery(length=0.6), lambda r: r.trial.condition.steer == 0.6),
    "verdict": (SampleQuery(verdict="wrong"), lambda r: r.outcome.verdict == "wrong"),
    "question": (SampleQuery(question="long-03"), lambda r: r.trial.question.id == "long-03"),
    "turns back": (SampleQuery(backtracked="yes"), lambda r: bool(r.outcome.backtracks)),
    "goes on": (SampleQuery(backtracked="no"), lambda r: r.outcome.backtracks == ()),
    "text": (SampleQuery(text="THAT IS NOT"), lambda r: "that is not" in r.outcome.text.lower()),
    "text of the question": (SampleQuery(text="add 3"), lambda r: "Add 3" in r.trial.question.text),
    "signs of JSON and LIKE": (SampleQuery(text="\\boxed{4"), lambda r: "\\boxed{4" in r.outcome.text),
    "a wild card": (SampleQuery(text="%"), lambda r: False),
    "a key of the ledger's": (SampleQuery(text="trial_id"), lambda r: False),
}


@pytest.mark.parametrize(("query", "holds"), FILTERS.values(), ids=FILTERS)
def test_a_filter_leaves_what_the_ledger_says(samples, runs, query, holds):
    with RunLedger(runs / "sums") as ledger:
        wanted = {record.outcome.trial_id for record in ledger.records() if holds(record)}
    page = samples.page(query, 0, 10_000)
    assert {line.trial for line in page.lines} == wanted
    assert page.total == len(wanted)


def test_samples_are_sorted_and_come_in_stretches(samples):
    query = SampleQuery(sort="tokens", descending=True)
    whole = samples.page(query, 0, 10_000).lines
    assert [line.tokens for line in whole] == sorted((line.tokens for line in whole), reverse=True)
    assert samples.page(query, 7, 5).lines == whole[7:12]
    assert samples.page(query, 10_000, 5).lines == ()


def test_second_views_are_found_and_nothing_is_written_to_the_ledger(samples, runs):
    before = (runs / "sums" / LEDGER_FILE).read_bytes()
    right, wrong = (samples.page(SampleQuery(verdict=name), 0, 2).lines for name in ("correct", "wrong"))
    add(runs / "sums" / OPINIONS_FILE, Opinion(id=wrong[0].trial, outcome="correct", judge="elm", said="Same: yes"))
    add(runs / "sums" / OPINIONS_FILE, Opinion(id=wrong[1].trial, outcome="error", judge="elm", said="?"))
    add(runs / "sums" / OVERRIDES_FILE, override(right[0].trial, "correct", author="Ada", reason="so it is"))
    disputed = samples.page(SampleQuery(review="disputed"), 0, 9).lines
    assert [(line.trial, line.opinion) for line in disputed] == [(wrong[0].trial, "correct")]
    assert [line.trial for line in samples.page(SampleQuery(review="decided"), 0, 9).lines] == [right[0].trial]
    assert (runs / "sums" / LEDGER_FILE).read_bytes() == before


def test_a_damaged_file_of_verdicts_is_said(samples, runs):
    (runs / "sums" / OVERRIDES_FILE).write_text("{\n", encoding="utf-8")
    with pytest.raises(InvalidData, match="line 1"):
        samples.page(SampleQuery(), 0, 1)


def test_a_file_of_verdicts_that_is_no_text_is_said(samples, runs):
    (runs / "sums" / OVERRIDES_FILE).write_bytes(b"\xff\xfe\n")
    with pytest.raises(InvalidData, match="line 1"):
        samples.page(SampleQuery(), 0, 1)


def test_a_ledger_with_a_view_in_the_place_of_a_table_is_not_read(runs, tmp_path):
    shutil.copy(runs / "sums" / LEDGER_FILE, tmp_path)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM made, n"
    with closing(sqlite3.connect(tmp_path / LEDGER_FILE)) as base:
        base.executescript(f"ALTER TABLE outcomes RENAME TO made; CREATE VIEW outcomes AS {endless};")
    with pytest.raises(RunError, match="views or triggers"):
        RunSamples(tmp_path)


def test_samples_of_a_running_evaluation_are_taken_in(tmp_path, runs):
    with RunLedger(runs / "sums") as done:
        records = list(done.records())[:3]
    with Ledger(tmp_path) as ledger:
        pairs = [(record.trial, record.outcome) for record in records]
        ledger.add_group("first", pairs[:1])
        samples = RunSamples(tmp_path)
        assert samples.page(SampleQuery(), 0, 9).total == 1
        ledger.add_group("second", pairs[1:])
        assert samples.page(SampleQuery(), 0, 9).total == 3


def test_those_of_the_same_question_stand_beside_each_other(samples):
    line = samples.page(SampleQuery(test="recoverability", model="weak"), 0, 1).lines[0]
    beside = samples.beside(line)
    assert {other.question for other in beside} == {line.question}
    assert beside[0].model != line.model
    assert (beside[0].position, beside[0].length) == (line.position, line.length)
    assert line.trial not in {other.trial for other in beside}


@pytest.mark.parametrize("undecided", ["", "grader_timeout", "error"])
def test_the_figures_are_those_of_the_report(undecided, runs, tmp_path):
    folder = shutil.copytree(runs / "sums", tmp_path / "sums", ignore=shutil.ignore_patterns("*.jsonl"))
    with sqlite3.connect(folder / LEDGER_FILE) as database:
        some = "UPDATE outcomes SET outcome = json_set(outcome, '$.verdict', :as) WHERE rowid % 5 = 0 AND :as <> ''"
        database.execute(some, {"as": undecided})
    with RunLedger(folder) as ledger:
        found = figures(ledger, RunSamples(folder))
        report = figure_frame(outcome_frame(ledger))
    overall = report[report["cell"] == "all"].to_dict("records")
    wanted = {(row["model"], row["test"], row["subset"], row["metric"]): row for row in overall}
    for figure in found:
        row = wanted[figure.model, figure.test, figure.subset, "accuracy"]
        assert (figure.accuracy.value, figure.accuracy.low, figure.accuracy.high) == (
            row["rate"],
            row["low"],
            row["high"],
        )
        assert figure.classes == {name: row[name] for name in figure.classes}
        if figure.test == "recoverability":
            turned = wanted[figure.model, figure.test, figure.subset, "backtracked"]
            assert figure.backtracked.value == turned["rate"]
    assert Counter(metric for *_, metric in wanted)["accuracy"] == len(found)


def test_a_persons_verdict_is_counted_beside_the_rules(samples, runs):
    line = samples.page(SampleQuery(test="solo", model="weak", verdict="wrong"), 0, 1).lines[0]
    with RunLedger(runs / "sums") as ledger:
        before = next(figure for figure in figures(ledger, samples) if figure.model == "weak")
        add(runs / "sums" / OVERRIDES_FILE, override(line.trial, "correct", author="Ada", reason="a typo of the gold"))
        after = next(figure for figure in figures(ledger, samples) if figure.model == "weak")
    assert (after.accuracy, after.classes) == (before.accuracy, before.classes)
    assert after.decided == 1
    assert after.with_decisions == pytest.approx(before.with_decisions + 1 / before.accuracy.n)


def test_a_folder_without_a_ledger_is_refused(tmp_path):
    with pytest.raises(RunError, match="holds no run"):
        RunSamples(tmp_path)


def test_what_a_run_that_was_added_to_no_longer_asks_for_is_not_listed(tmp_path, runs):
    with RunLedger(runs / "sums") as done:
        records = list(done.records())[:3]
    with Ledger(tmp_path) as ledger:
        ledger.add_group("first", [(record.trial, record.outcome) for record in records])
        samples = RunSamples(tmp_path)
        assert samples.page(SampleQuery(), 0, 9).total == 3
        ledger.set_meta(grown="2026-11-25T00:00:00+00:00")
        ledger.ask([records[1].trial])
        assert [line.trial for line in samples.page(SampleQuery(), 0, 9).lines] == [records[1].outcome.trial_id]
