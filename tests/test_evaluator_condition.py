"""A saved condition goes from a sample into a file, and from there into a run of its own."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from evaluator_models import card, evaluate, open_scripted, small

from evaluator.condition import draw, lines
from evaluator.reporting.files import write_report
from playground.errors import InvalidData, InvalidInput, RunError
from playground.outcomes.saved_condition import read_condition, saved_condition
from playground.runs.ledger import LEDGER_FILE, RunLedger
from playground.runs.samples import RunSamples
from playground.runs.summary import figures


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    evaluate(folder, small())
    with RunLedger(folder) as ledger:
        return next(record.trial for record in ledger.records("recoverability") if record.trial.condition.own > 0)


def test_a_condition_comes_back_from_its_file(trial, tmp_path):
    saved = saved_condition(trial, ["weak", "strong", "weak"], n=5)
    (tmp_path / "condition.json").write_text(saved.to_text(), encoding="utf-8")
    assert read_condition(tmp_path / "condition.json") == saved
    assert saved.models == ("weak", "strong")
    assert saved.trajectory == trial.trajectory


def test_it_is_drawn_after_the_same_prompt_and_read_like_any_run(trial, tmp_path):
    saved = saved_condition(trial, ["weak", "strong"], n=5)
    draw(saved, [card("weak"), card("strong")], tmp_path, open_scripted)
    with RunLedger(tmp_path) as ledger:
        records = list(ledger.records())
        found = figures(ledger, RunSamples(tmp_path))
    assert {record.trial.prompt for record in records} == {trial.prompt}
    assert len({record.trial.params.seed for record in records}) == len(records) == 10
    assert [(figure.model, figure.accuracy.n) for figure in found] == [("weak", 5), ("strong", 5)]
    for figure, line in zip(found, lines(tmp_path, saved.models), strict=True):
        assert line.startswith(f"{figure.model}: {figure.classes['correct']} of 5 correct")


def test_more_samples_are_added_to_those_there_are(trial, tmp_path):
    written = []

    def counting(model):
        engine = open_scripted(model)
        attempt = engine.attempt
        engine.attempt = lambda requests: (written.extend(requests), attempt(requests))[1]
        return engine

    for n in (3, 8):
        draw(replace(saved_condition(trial, ["weak"]), n=n), [card("weak")], tmp_path, counting)
        assert len(written) == n


def test_what_has_no_verdict_is_not_counted(trial, tmp_path):
    draw(saved_condition(trial, ["weak"], n=4), [card("weak")], tmp_path, open_scripted)
    with sqlite3.connect(tmp_path / LEDGER_FILE) as database:
        database.execute(
            "UPDATE outcomes SET outcome = json_set(outcome, '$.verdict', 'grader_timeout') WHERE rowid = 1"
        )
    assert " of 3 correct" in lines(tmp_path, ["weak"])[0]


def test_of_a_condition_there_is_no_report(trial, tmp_path):
    draw(saved_condition(trial, ["weak"], n=2), [card("weak")], tmp_path, open_scripted)
    with pytest.raises(RunError, match=r"samples of one saved condition.* on the page"):
        write_report(tmp_path)


def test_another_condition_does_not_go_into_its_folder(trial, tmp_path):
    saved = saved_condition(trial, ["weak"], n=2)
    draw(saved, [card("weak")], tmp_path, open_scripted)
    with pytest.raises(RunError, match="configuration"):
        draw(replace(saved, segments=()), [card("weak")], tmp_path, open_scripted)


def test_what_is_no_condition_is_refused(trial, tmp_path):
    saved = saved_condition(trial, ["weak"])
    path = tmp_path / "condition.json"
    path.write_text(json.dumps(json.loads(saved.to_text()) | {"odd": 1}), encoding="utf-8")
    with pytest.raises(InvalidData, match=r"condition\.json: odd: "):
        read_condition(path)
    with pytest.raises(InvalidInput, match="names no model"):
        saved_condition(trial, [])


def test_the_command_draws_it_and_says_what_became_of_it(trial, tmp_path):
    path = tmp_path / "condition.json"
    path.write_text(saved_condition(trial, ["scripted"], n=3).to_text(), encoding="utf-8")
    command = [sys.executable, "-m", "evaluator.condition", str(path), "--output-dir", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert " of 3 correct" in done.stdout
    refused = subprocess.run([*command, "--models", "nobody"], capture_output=True, text=True, timeout=300, check=False)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
