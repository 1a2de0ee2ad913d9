"""A real process is killed at several points, also inside a group; what it wrote stays, and the results are equal."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from evaluator_models import evaluate, small

from evaluator.report_files import write_report
from playground.run_ledger import LEDGER_FILE, RunLedger

SLOW_RUN = """
import sys, pathlib
from evaluator_models import adder, evaluate, small
from playground.engine.scripted import ScriptedEngine
slow = lambda card: ScriptedEngine(adder(card.name), name=card.name, token_seconds=0.002)
evaluate(pathlib.Path(sys.argv[1]), small(), slow)
"""


def start(folder):
    tests = Path(__file__).parent
    return subprocess.Popen([sys.executable, "-c", SLOW_RUN, str(folder)], cwd=tests.parent, env=environment(tests))


def environment(tests):
    return {"PYTHONPATH": f"{tests}:{tests.parent}", "PATH": "/usr/bin:/bin"}


def rows(folder):
    try:
        with sqlite3.connect(f"file:{folder / LEDGER_FILE}?mode=ro", uri=True, timeout=5) as database:
            return dict(database.execute("SELECT trial_id, created FROM outcomes"))
    except sqlite3.OperationalError:
        return {}


def records(folder):
    with RunLedger(folder) as ledger:
        return {record.outcome.trial_id: (record.trial, record.outcome) for record in ledger.records()}


def results(folder):
    write_report(folder)
    (path,) = folder.glob("results_*.json")
    return json.loads(path.read_text())["results"]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    evaluate(folder, small())
    return folder


def test_a_run_killed_again_and_again_ends_like_one_that_was_not(unbroken, tmp_path):
    total = len(rows(unbroken))
    kept = {}
    for share in (0.0, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95):
        process = start(tmp_path)
        while process.poll() is None and len(rows(tmp_path)) <= share * total:
            time.sleep(0.005)
        time.sleep(0.03)  # into the middle of the next group
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        now = rows(tmp_path)
        assert kept.items() <= now.items()
        kept = now
    evaluate(tmp_path, small())
    assert kept.items() <= rows(tmp_path).items()
    assert records(tmp_path) == records(unbroken)
    assert results(tmp_path) == results(unbroken)


def test_groups_are_in_the_ledger_whole(unbroken):
    with sqlite3.connect(unbroken / LEDGER_FILE) as database:
        groups = database.execute("SELECT count(*), min(place), max(place) FROM outcomes GROUP BY group_id").fetchall()
    assert len(groups) > 10
    assert all((low, high) == (0, count - 1) for count, low, high in groups)


def test_two_runs_with_one_seed_agree_and_with_another_do_not(unbroken, tmp_path):
    evaluate(tmp_path / "same", small())
    evaluate(tmp_path / "other", small(seed=4))
    assert results(tmp_path / "same") == results(unbroken)
    assert results(tmp_path / "other") != results(unbroken)


def test_results_do_not_depend_on_how_trials_are_grouped_here(unbroken, tmp_path):
    evaluate(tmp_path, small(group_size=5))
    assert set(rows(tmp_path)) == set(rows(unbroken))
