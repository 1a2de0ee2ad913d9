"""The ledger: what is written stays, and what cannot be used is refused in one line."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from evaluator_models import TAGS, card, evaluate, small, sums

from evaluator.command import begin
from evaluator.reporting.files import write_report
from evaluator.running.ledger import Ledger
from evaluator.trials.attempts import ALONE
from evaluator.trials.subject import Subject
from playground.engine.base import Identity
from playground.errors import RunError
from playground.records import Outcome, RunModel, RunQuestion
from playground.runs.ledger import LEDGER_FILE, RunLedger

IDENTITY = Identity(model="weak", revision="r1", engine="scripted", engine_version="1", device="cpu", dtype="text")
SUBJECT = Subject(card=card("weak"), revision="r1", token_ends=lambda text: [len(text)], config=small())
QUESTIONS = tuple(RunQuestion(question=question, role="tested") for question in sums(2))


def outcome(trial, **fields):
    values = {"verdict": "correct", "text": "x", "extracted": "1", "finish_reason": "stop", "tokens": 3}
    return Outcome(trial_id=trial.id, **(values | fields))


def pair(sample, **fields):
    trial = SUBJECT.trial(sums()[0], ALONE, sample=sample)
    return trial, outcome(trial, **fields)


def test_what_is_written_is_read_back(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.add_group("g", [pair(0), pair(1, verdict="no_answer", extracted=None)])
        records = {record.trial.sample: record for record in ledger.reader.records()}
    assert (records[0].trial, records[0].outcome) == pair(0)
    assert records[1].outcome.verdict == "no_answer"


def test_a_finished_row_is_never_written_again(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.add_group("g", [pair(0)])
        before = next(ledger.reader.records())
        ledger.add_group("h", [pair(0, verdict="wrong"), pair(1)])
        assert ledger.reader.record(before.outcome.trial_id) == before
        assert len(ledger.finished()) == 2


def test_a_group_is_kept_whole_or_not_at_all(tmp_path):
    with Ledger(tmp_path) as ledger:
        with sqlite3.connect(ledger.path) as database:
            full = (
                "CREATE TRIGGER full BEFORE INSERT ON outcomes WHEN new.place = 1 BEGIN SELECT RAISE(FAIL, 'full'); END"
            )
            database.execute(full)
        with pytest.raises(RunError, match="full"):
            ledger.add_group("g", [pair(0), pair(1)])
        assert ledger.finished() == set()


def test_columns_can_be_asked_for_by_hand(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.add_group("g", [pair(2)])
    with sqlite3.connect(tmp_path / LEDGER_FILE) as database:
        row = database.execute("SELECT model, test, question, sample, verdict, tokens FROM outcomes").fetchone()
    assert row == ("weak", "solo", "short-00", 2, "correct", 3)


def test_a_reader_looks_on_while_the_ledger_is_written(tmp_path):
    with Ledger(tmp_path) as ledger, RunLedger(tmp_path) as reader:
        ledger.add_group("g", [pair(0)])
        assert len(list(reader.records("solo", "weak"))) == 1
        assert list(reader.records("guidability")) == []


def test_a_second_process_is_refused(tmp_path):
    script = "import sys, pathlib; from evaluator.running.ledger import Ledger; Ledger(pathlib.Path(sys.argv[1]))"
    with Ledger(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert "RunError: Another process is writing to" in done.stderr


def test_random_bytes_are_no_ledger(tmp_path):
    (tmp_path / LEDGER_FILE).write_bytes(os.urandom(5000))
    with pytest.raises(RunError, match="cannot be used as a ledger"):
        Ledger(tmp_path)
    with pytest.raises(RunError, match="cannot be used as a ledger"):
        RunLedger(tmp_path)


def test_a_ledger_with_a_torn_page_is_refused(tmp_path):
    evaluate(tmp_path, small(models=("weak",), limit=4, pool=2))
    path = tmp_path / LEDGER_FILE
    data = bytearray(path.read_bytes())
    data[8192:12288] = os.urandom(4096)
    path.write_bytes(data)
    with pytest.raises(RunError, match="cannot be used as a ledger"):
        Ledger(tmp_path)


def test_a_ledger_of_another_version_is_refused_whatever_its_tables_and_stays_as_it_is(tmp_path):
    with Ledger(tmp_path) as ledger, ledger._db as database:
        ledger.set_meta(schema_version="99")
        database.execute("DROP TABLE leaks")
        database.execute("DROP INDEX outcomes_by_test")
        database.execute("ALTER TABLE outcomes RENAME COLUMN test TO kind")
        before = list(database.iterdump())
    for opened in (Ledger, RunLedger):
        with pytest.raises(RunError, match="schema version 99"):
            opened(tmp_path)
    with sqlite3.connect(tmp_path / LEDGER_FILE) as database:
        assert list(database.iterdump()) == before


def test_a_changed_model_is_refused_with_the_difference(tmp_path):
    model = RunModel(name="weak", identity=IDENTITY, think=TAGS, template_hash="")
    with Ledger(tmp_path) as ledger:
        ledger.add_model(model, 0)
        ledger.add_model(model, 0)
        with pytest.raises(RunError, match=r'identity.revision: "r1" → "r2"'):
            ledger.add_model(replace(model, identity=replace(IDENTITY, revision="r2")), 0)
        with pytest.raises(RunError, match="context_length: 0 → 1024"):
            ledger.add_model(replace(model, context_length=1024), 0)
        with pytest.raises(RunError, match=r"template_options\.enable_thinking: null → false"):
            ledger.add_model(replace(model, template_options={"enable_thinking": False}), 0)
        ledger.add_model(replace(model, engine_options={"max_num_seqs": 8}), 0)
        assert ledger.reader.models()[0].engine_options == {"max_num_seqs": 8}


def test_another_configuration_is_refused_with_the_difference(tmp_path):
    with Ledger(tmp_path) as ledger:
        begin(ledger, small(), QUESTIONS)
        begin(ledger, small(), QUESTIONS)
        with pytest.raises(RunError, match=r"another configuration: seed: 3 → 4\."):
            begin(ledger, small(n=8, seed=4), QUESTIONS)
        with pytest.raises(RunError, match='benchmarks: \\["long", "short"\\] → \\["short"\\]'):
            begin(ledger, small(), QUESTIONS[:2])


DAMAGE = {
    "config is no JSON": "UPDATE meta SET value = '{' WHERE key = 'config'",
    "config cannot be": "UPDATE meta SET value = json_set(value, '$.n', 0) WHERE key = 'config'",
    "no earlier facts": "INSERT INTO meta VALUES ('earlier', '[{}]')",
    "a time is no text": "UPDATE outcomes SET created = x'00ff'",
    "config is no object": "UPDATE meta SET value = '5' WHERE key = 'config'",
    "no start": "DELETE FROM meta WHERE key = 'started'",
    "no time": "UPDATE meta SET value = 'x' WHERE key = 'started'",
    "packages are no JSON": "UPDATE meta SET value = '{' WHERE key = 'packages'",
    "a question is gone": "DELETE FROM questions WHERE position = 0",
    "no models": "DELETE FROM models",
    "no outcomes": "DROP TABLE outcomes",
}


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE)
def test_a_report_of_a_damaged_ledger_is_refused_with_the_fix(statement, tmp_path):
    evaluate(tmp_path, small())
    with sqlite3.connect(tmp_path / LEDGER_FILE) as database:
        database.execute(statement)
    with pytest.raises(RunError, match=r"ledger.sqlite .*move this file away"):
        write_report(tmp_path)
