"""A full disk, a folder that may only be read, a ledger of a later version: told in a line, and nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap

import pytest
from evaluator_models import evaluate, small

from playground.runs.ledger import LEDGER_FILE, RunLedger

SMALL = ("--models", "scripted", "--limit", "96", "--n", "8")


def namespace(script, *arguments):
    """A command in a mount namespace of its own, where file systems may be put anywhere."""
    command = ["unshare", "--mount", "--map-root-user", "sh", "-ec", script, "sh", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)


@pytest.fixture(scope="module", autouse=True)
def mounts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mount")
    if shutil.which("unshare") is None or namespace('mount -t tmpfs x "$1"', folder).returncode:
        pytest.skip("no mount namespaces here")


def in_one_line(done, says):
    assert done.returncode == 2, done.stderr
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def rows(folder):
    with sqlite3.connect(folder / LEDGER_FILE) as database:
        return database.execute("SELECT * FROM outcomes ORDER BY trial_id").fetchall()


def tables(path):
    """All that a ledger holds, what was not yet put into its file as well."""
    with sqlite3.connect(path) as database:
        return list(database.iterdump())


def test_a_full_disk_ends_the_run_in_one_line_and_with_space_it_goes_on(tmp_path):
    disk, saved = tmp_path / "disk", tmp_path / "saved"
    disk.mkdir()
    script = """
        python=$1; disk=$2; saved=$3; shift 3
        mount -t tmpfs -o size=1500k x "$disk"
        status=0
        "$python" -m evaluator.full "$@" --output-dir "$disk/run" || status=$?
        cp -r "$disk/run" "$saved"
        exit $status
    """
    done = namespace(script, sys.executable, disk, saved, *SMALL)
    in_one_line(done, "full")
    kept = rows(saved)
    assert kept
    command = [sys.executable, "-m", "evaluator.full", *SMALL, "--output-dir", str(saved)]
    assert subprocess.run(command, capture_output=True, timeout=500, check=False).returncode == 0
    assert set(kept) <= set(rows(saved))


@pytest.mark.parametrize("module", ["full", "report"])
def test_a_folder_that_may_only_be_read_is_told_and_untouched(module, tmp_path):
    evaluate(tmp_path, small(models=("weak",), limit=4, pool=2))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix == ".sqlite"}
    script = """
        python=$1; run=$2; module=$3; shift 3
        mount --bind "$run" "$run"; mount -o remount,bind,ro "$run"
        exec "$python" -m "evaluator.$module" "$@"
    """
    given = (*SMALL, "--output-dir", tmp_path) if module == "full" else (tmp_path,)
    done = namespace(script, sys.executable, tmp_path, module, *given)
    in_one_line(done, str(tmp_path))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix == ".sqlite"} == before


def test_a_ledger_of_a_newer_version_is_told_and_untouched(tmp_path):
    evaluate(tmp_path, small(models=("weak",), limit=4, pool=2))
    path = tmp_path / LEDGER_FILE
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")
        database.execute("DROP TABLE leaks")
    before = tables(path)
    for given in (["full", *SMALL, "--output-dir", tmp_path], ["report", tmp_path], ["compare", tmp_path]):
        command = [sys.executable, "-m", f"evaluator.{given[0]}", *map(str, given[1:])]
        in_one_line(subprocess.run(command, capture_output=True, text=True, check=False), "has schema version 2")
    assert tables(path) == before


def test_a_decision_that_finds_no_space_leaves_those_before_it_as_they_were(tmp_path):
    deciding = """
        import pathlib, sys
        from playground.errors import RunError
        from playground.grading.reviews import Override, add, override, read_reviews
        path, kept = pathlib.Path(sys.argv[1]) / "overrides.jsonl", 0
        try:
            while True:
                add(path, override(str(kept), "correct", author="Ada", reason="The same set."))
                kept += 1
        except RunError as error:
            print(error.message, len(read_reviews(path, Override)) == kept > 0)
    """
    script = 'mount -t tmpfs -o size=4k x "$2"; exec "$1" -c "$3" "$2"'
    done = namespace(script, sys.executable, tmp_path, textwrap.dedent(deciding))
    assert "No space left" in done.stdout, done.stderr
    assert done.stdout.strip().endswith("True")


def test_readers_of_a_read_only_run_need_no_write(tmp_path):
    evaluate(tmp_path, small(models=("weak",), limit=4, pool=2))
    reading = (
        "import pathlib, sys; from playground.runs.ledger import RunLedger\n"
        "print(len(RunLedger(pathlib.Path(sys.argv[1])).questions()))"
    )
    script = 'mount --bind "$2" "$2"; mount -o remount,bind,ro "$2"; exec "$1" -c "$3" "$2"'
    done = namespace(script, sys.executable, tmp_path, reading)
    with RunLedger(tmp_path) as ledger:
        assert done.stdout.strip() == str(len(ledger.questions())), done.stderr
