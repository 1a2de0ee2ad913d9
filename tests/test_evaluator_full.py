"""The command lines, as processes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from evaluator_models import evaluate, small

from evaluator.running.ledger import Ledger
from playground.models import shipped_cards
from playground.runs.ledger import RunLedger

SMALL = ["--models", "scripted", "--limit", "6", "--n", "2"]


def run(module, *arguments):
    command = [sys.executable, "-m", f"evaluator.{module}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_the_first_line_names_the_preset_and_how_to_choose_another(tmp_path):
    done = run("full", *SMALL, "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Preset tiny: 6 tested questions")
    assert "--preset" in done.stdout.splitlines()[0]
    again = run("full", *SMALL, "--output_path", tmp_path)
    assert again.returncode == 0
    assert "tokens/s" not in again.stderr
    assert len(list(tmp_path.glob("results_*.json"))) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--limit", "-3"], "--limit is -3"),
        (["--limit", "0"], "--limit is 0"),
        (["--limit", "100000"], "at most"),
        (["--limit", "many"], "invalid int value"),
        (["--n", "0"], "--n is 0"),
        (["--n", "99999"], "at most 1024"),
        (["--seed", "-1"], "--seed is -1"),
        (["--temperature", "-1"], "temperature"),
        (["--temperature", "nan"], "temperature"),
        (["--top-p", "1.5"], "top_p"),
        (["--max-tokens", "0"], "max_tokens"),
        (["--models", "no-such-model"], "no-such-model"),
        (["--models", "scripted,scripted"], "named twice"),
        (["--models", ""], "no model called"),
        (["--preset", "nope"], "Choose one of: tiny"),
        (
            ["--preset", "paper-math"],
            "3 models are not here: deepseek-ai/DeepSeek-R1, Qwen/Qwen3-235B-A22B, Qwen/QwQ-32B",
        ),
        (["--lim", "3"], "unrecognized arguments"),
        (["--models-file", "/none.toml"], "/none.toml cannot be read"),
        (["--positions", "some"], "'some' is not a list of shares"),
        (["--transition", "\udcff"], "--transition: this is not UTF-8 text"),
        (["--output-dir", "/proc/nope"], "/proc/nope"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, says, tmp_path):
    given = ["--models", "scripted", "--output-dir", tmp_path / "x", *arguments]
    if "--models" in arguments:
        given = given[2:]
    done = run("full", *given)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr


@pytest.mark.parametrize("module", ["full", "report"])
def test_a_ledger_of_random_bytes_is_refused(module, tmp_path):
    (tmp_path / "ledger.sqlite").write_bytes(os.urandom(5000))
    done = run(module, *([*SMALL, "--output-dir"] if module == "full" else []), tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be used as a ledger" in done.stderr


def test_questions_that_fit_no_context_end_in_one_line_that_says_so(tmp_path):
    rows = [json.dumps({"problem": f"{number} {'word ' * 33_000}", "answer": "1"}) for number in range(2)]
    (tmp_path / "long.jsonl").write_text("\n".join(rows))
    given = ["--models", "scripted", "--tasks", tmp_path / "long.jsonl", "--limit", "1", "--pool", "1", "--n", "1"]
    done = run("full", *given, "--output-dir", tmp_path / "x")
    assert done.returncode == 2
    assert "does not fit the context of 32768 tokens" in done.stderr.splitlines()[-1]


def test_a_database_of_something_else_is_left_alone(tmp_path):
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as other:
        other.execute("CREATE TABLE accounts (name)")
    before = (tmp_path / "ledger.sqlite").read_bytes()
    done = run("full", *SMALL, "--output-dir", tmp_path)
    assert done.returncode == 2
    assert "it is a database of something else" in done.stderr
    assert (tmp_path / "ledger.sqlite").read_bytes() == before


def test_another_configuration_in_the_folder_is_refused(tmp_path):
    evaluate(tmp_path, small(models=("weak",), limit=4, pool=2))
    done = run("full", *SMALL, "--output-dir", tmp_path)
    assert done.returncode == 2
    assert "holds a run with another configuration" in done.stderr
    assert 'models: ["weak"] → ["scripted"]' in done.stderr


def test_a_second_process_on_a_folder_is_refused(tmp_path):
    with Ledger(tmp_path):
        done = run("full", *SMALL, "--output-dir", tmp_path)
    assert done.returncode == 2
    assert "Another process is writing" in done.stderr


def test_a_report_of_no_run_is_refused(tmp_path):
    done = run("report", tmp_path)
    assert done.returncode == 2
    assert "holds no run" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_report_is_drawn_again(tmp_path):
    evaluate(tmp_path, small(models=("weak", "strong")))
    done = run("report", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.md").is_file()


def test_help_has_examples():
    done = run("full", "--help")
    assert done.returncode == 0
    assert "examples:" in done.stdout


def test_shipped_reasoners_are_evaluated_for_real(tmp_path):
    names = [card.name for card in shipped_cards()][:2]
    size = ["--models", ",".join(names), "--limit", "3", "--n", "2", "--positions", "0,0.4"]
    done = run("full", *size, "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    with RunLedger(tmp_path) as ledger:
        assert all(record.outcome.text for record in ledger.records())
        assert {model.identity.engine for model in ledger.models()} == {"transformers"}


def test_an_interrupt_ends_in_one_line(tmp_path):
    command = [sys.executable, "-m", "evaluator.full", "--models", "scripted", "--output-dir", str(tmp_path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130)
    assert "Traceback" not in errors
