"""`python -m evaluator.review`: a judge's and a person's views beside the verdicts of a run."""

from __future__ import annotations

import json

import pytest
from evaluator_models import evaluate, small

from evaluator.numbers.findings import read_findings
from evaluator.reporting.files import write_report
from evaluator.review import ask, command
from playground.errors import PlaygroundError, RunError
from playground.models import find_card
from playground.runs.ledger import RunLedger


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviewed")
    evaluate(folder, small(models=("weak",), tests=(), limit=10))
    write_report(folder)
    return folder


@pytest.fixture(scope="module")
def wrong(run):
    with RunLedger(run) as ledger:
        return [r.outcome.trial_id for r in ledger.records("solo") if r.outcome.verdict == "wrong"]


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_person_decides_and_both_verdicts_are_kept(run, wrong, capsys):
    before = write_report(run).results["weak"]["solo"]["solo,none"]
    decision = ["--verdict", "correct", "--author", "Ada", "--reason", "The same <b>sum</b>."]
    command([str(run), "--trial", wrong[0], *decision])
    said = capsys.readouterr().out
    assert "1 opinions differ" in said
    assert wrong[0] in said
    after = read_findings_in(run)
    assert after.results["weak"]["solo"]["solo,none"] == pytest.approx(before + 1 / 40)
    row = after.outcomes.set_index("trial_id").loc[wrong[0]]
    assert (row["rules"], row["verdict"]) == ("wrong", "correct")
    report = (run / "report.html").read_text("utf-8")
    assert "Second opinions" in report
    assert "Ada" in report
    assert "<b>sum</b>" not in report
    sample = next(row for row in lines(next(run.glob("samples_solo_*.jsonl"))) if row["trial_id"] == wrong[0])
    assert (sample["verdict"], sample["override"]["outcome"], sample["override"]["author"]) == (
        "wrong",
        "correct",
        "Ada",
    )


def read_findings_in(run):
    with RunLedger(run) as ledger:
        return read_findings(ledger)


def test_a_judge_is_asked_once_about_what_is_wrong(run, wrong):
    for _ in range(2):
        ask(run, find_card("scripted"))
    assert sorted(row["id"] for row in lines(run / "opinions.jsonl")) == sorted(wrong)


def test_another_version_of_a_judge_is_asked_anew(run, wrong):
    ask(run, find_card("scripted"))
    (run / "opinions.jsonl").write_text((run / "opinions.jsonl").read_text("utf-8").replace("story", "old"), "utf-8")
    ask(run, find_card("scripted"))
    said = lines(run / "opinions.jsonl")
    assert sorted(row["id"] for row in said[-len(wrong) :]) == sorted(wrong)
    assert len({row["revision"] for row in said}) == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--trial", "0" * 16, "--verdict", "correct", "--author", "Ada", "--reason", "x"], "has no trial"),
        (["--verdict", "correct", "--author", "Ada", "--reason", "x"], "needs a trial"),
        (["--trial", "0" * 16, "--verdict", "correct"], "author and a reason"),
        (["--judge", "nobody"], "no model called 'nobody'"),
    ],
)
def test_half_a_decision_is_refused(run, options, says):
    with pytest.raises(PlaygroundError, match=says):
        command([str(run), *options])


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(PlaygroundError, match="holds no run"):
        command([str(tmp_path)])


def test_a_line_that_is_no_text_is_told(tmp_path):
    evaluate(tmp_path, small(models=("weak",), tests=(), limit=2))
    (tmp_path / "overrides.jsonl").write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(RunError, match=r"overrides\.jsonl, line 1.*Correct this line"):
        read_findings_in(tmp_path)
