"""Real processes are killed at random points of a run; what they wrote stays, and the results are equal."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing import get_context
from random import Random

import pytest
from evaluator_models import adder, evaluate, small, sums

from evaluator.reporting.files import write_report
from evaluator.trials.selection import run_questions
from playground.engine.scripted import ScriptedEngine
from playground.errors import RunError
from playground.models import shipped_cards
from playground.runs.ledger import LEDGER_FILE, RunLedger

KILLS = 22
"""Of the scripted run, spread over all that it writes."""
REPORT_KILLS = 4
PLAIN = run_questions(sums(), limit=24, pool=6, seed=3)
QUESTIONS = tuple(
    replace(item, question=replace(item.question, gold=f"\\frac{{{2 * int(item.question.gold)}}}{{2}}"))
    if number % 3 == 0
    else item
    for number, item in enumerate(PLAIN)
)
"""A third of the answers are compared by the graders' processes."""


def slow_run(folder):
    def slow(card):
        return ScriptedEngine(adder(card.name), name=card.name, token_seconds=0.0004)

    evaluate(folder, small(), slow, questions=QUESTIONS)
    write_report(folder)


def child(target, *arguments):
    """A process of its own, forked from one that has imported what a run needs."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["evaluator_models", "evaluator.reporting.files", "evaluator.command"])
    process = context.Process(target=target, args=arguments)
    process.start()
    return process


def rows(folder):
    try:
        with sqlite3.connect(f"file:{folder / LEDGER_FILE}?mode=ro", uri=True, timeout=5) as database:
            return dict(database.execute("SELECT trial_id, created FROM outcomes"))
    except sqlite3.OperationalError:
        return {}


def completed(folder):
    try:
        with RunLedger(folder) as ledger:
            return ledger.meta("completed") is not None
    except RunError:
        return False


def records(folder):
    with RunLedger(folder) as ledger:
        return {record.outcome.trial_id: (record.trial, record.outcome) for record in ledger.records()}


def apart(first, second):
    one, other = records(first), records(second)
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


def results(folder):
    write_report(folder)
    (path,) = folder.glob("results_*.json")
    return json.loads(path.read_text())["results"]


def killed(process, ready, pause):
    """Whether the process was killed, a moment after it was ready; False if it ended by itself before."""
    while process.is_alive() and not ready():
        time.sleep(0.002)
    time.sleep(pause)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    evaluate(folder, small(), questions=QUESTIONS)
    return folder


def test_a_run_killed_at_random_points_ends_like_one_that_was_not(unbroken, tmp_path):
    total, random, kept, deaths = len(rows(unbroken)), Random(6), {}, 0
    for target in sorted(random.randrange(total) for _ in range(KILLS)):
        process = child(slow_run, tmp_path)
        deaths += killed(process, lambda target=target: len(rows(tmp_path)) >= target, random.uniform(0, 0.03))
        now = rows(tmp_path)
        assert kept.items() <= now.items()
        kept = now
    for _ in range(REPORT_KILLS):
        process = child(slow_run, tmp_path)
        deaths += killed(process, lambda: completed(tmp_path), random.uniform(0, 1.5))
    assert deaths >= KILLS
    evaluate(tmp_path, small(), questions=QUESTIONS)
    assert kept.items() <= rows(tmp_path).items()
    assert apart(tmp_path, unbroken) == []
    assert results(tmp_path) == results(unbroken)
    assert not list(tmp_path.glob("**/.*.partial"))


def test_a_run_of_real_models_killed_three_times_ends_like_one_that_was_not(tmp_path):
    names = [card.name for card in shipped_cards()][:1]
    options = ["--models", *names, "--limit", "4", "--n", "2", "--positions", "0,0.4", "--group-size", "4"]
    command = [sys.executable, "-m", "evaluator.full", *options, "--output-dir"]
    once, often = tmp_path / "once", tmp_path / "often"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*command, once], check=True, **quiet)
    total, kept = len(rows(once)), {}
    for share in (0.1, 0.4, 0.7):
        process = subprocess.Popen([*command, often], **quiet)
        while process.poll() is None and len(rows(often)) < share * total:
            time.sleep(0.005)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        now = rows(often)
        assert kept.items() <= now.items()
        assert len(kept) < len(now) < total
        kept = now
    subprocess.run([*command, often], check=True, **quiet)
    assert kept.items() <= rows(often).items()
    assert apart(often, once) == []
    assert [json.loads(path.read_text())["results"] for path in once.glob("results_*")] == [
        json.loads(path.read_text())["results"] for path in often.glob("results_*")
    ]


def test_groups_are_in_the_ledger_whole(unbroken):
    with sqlite3.connect(unbroken / LEDGER_FILE) as database:
        groups = database.execute("SELECT count(*), min(place), max(place) FROM outcomes GROUP BY group_id").fetchall()
    assert len(groups) > 10
    assert all((low, high) == (0, count - 1) for count, low, high in groups)


def test_two_runs_with_one_seed_agree_and_with_another_do_not(unbroken, tmp_path):
    evaluate(tmp_path / "same", small(), questions=QUESTIONS)
    evaluate(tmp_path / "other", small(seed=4), questions=QUESTIONS)
    assert apart(tmp_path / "same", unbroken) == []
    assert apart(tmp_path / "other", unbroken) != []


def test_results_do_not_depend_on_how_trials_are_grouped_here(unbroken, tmp_path):
    evaluate(tmp_path, small(group_size=5), questions=QUESTIONS)
    assert apart(tmp_path, unbroken) == []
