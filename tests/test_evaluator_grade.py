"""`python -m evaluator.grade`, as a user calls it."""

import json
import subprocess
import sys

import pytest

from tests.layout import ROOT


def graded(path, *options, out=None):
    """The finished process."""
    command = [sys.executable, "-m", "evaluator.grade", str(path), *options]
    command += ["--out", str(out or path.with_name("out.jsonl"))]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def written(path, *rows):
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


ROWS = (
    {"response": "Hm.</think>\\boxed{4}", "answer": "4", "correct": True, "note": "kept"},
    {"response": "Hm.</think>\\boxed{5}", "solution": "So \\boxed{3}, or \\boxed{6}.", "correct": False},
    {"response": "\\boxed{4}", "answer": "4", "correct": 1.0},
    {"response": "\\boxed{4}", "answer": "4", "finish_reason": "length"},
    {"response": "<think>Hm.</think>1/2", "answer": ["0.5"]},
    {"response": "[THINK]Hm.[/THINK]The answer is 0.5.", "solution": "1/2"},
    {"response": "</think>\\boxed{9^{9^{9^9}}}", "answer": "4"},
    {"response": "</think>Half a character: \ud800\\boxed{4}", "answer": 4},
)


def test_each_row_comes_back_with_its_verdict(tmp_path):
    done = graded(written(tmp_path / "in.jsonl", *ROWS))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    outcomes = ["correct", "wrong", "no_answer", "truncated", "no_answer", "correct", "grader_timeout", "correct"]
    assert [row["verdict"] for row in found] == outcomes
    assert [row["gold"] for row in found[:2]] == ["4", "6"]
    assert (found[0]["note"], found[0]["extracted"]) == ("kept", "4")
    assert all(row["why"] for row in found)
    assert "2 of 3 agree with the rows' own `correct`" in done.stdout


def test_a_model_without_tags_answers_anywhere(tmp_path):
    done = graded(written(tmp_path / "in.jsonl", *ROWS), "--think-tags", "none")
    assert done.returncode == 0, done.stderr
    assert '"no_answer"' in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()[4]
    assert done.stdout.startswith("8 rows: 5 correct")


def test_a_judge_looks_at_what_is_wrong_and_changes_no_verdict(tmp_path):
    done = graded(written(tmp_path / "in.jsonl", *ROWS[:2]), "--judge", "scripted")
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert "judge" not in found[0]
    assert found[1]["verdict"] == "wrong"
    assert found[1]["judge"]["model"] == "scripted"
    assert "the judge disagrees on 0 of the 1" in done.stdout


@pytest.mark.parametrize(
    ("rows", "options", "fault"),
    [
        ((ROWS[0], "{\n"), (), "line 2: is not JSON"),
        ((ROWS[0], {"answer": "4"}), (), "line 2: has no `response`"),
        ((ROWS[0], {"response": 4, "answer": "4"}), (), "line 2: has no `response`"),
        ((ROWS[0], {"response": "4"}), (), "line 2: has no `answer` and no `solution`"),
        ((), (), "holds no row"),
        ((ROWS[0],), ("--response", "text"), "line 1: has no `text`"),
        ((ROWS[0],), ("--judge", "nobody"), "no model called 'nobody'"),
        ((ROWS[0],), ("--think-tags", "some"), "--think-tags"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(tmp_path, rows, options, fault):
    done = graded(written(tmp_path / "in.jsonl", *rows), *options)
    assert done.returncode == 2
    assert fault in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_half_a_character_comes_back_as_a_replacement(tmp_path):
    rows = written(tmp_path / "in.jsonl", {"response": "<think></think>\ud800 4", "answer": "4"})
    assert graded(rows).returncode == 0
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["response"].endswith("\ufffd 4")


def test_a_file_that_is_not_there_is_told(tmp_path):
    done = graded(tmp_path / "absent.jsonl")
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)


def test_a_place_that_cannot_be_written_to_is_told_before_grading(tmp_path):
    path = written(tmp_path / "in.jsonl", *ROWS[:1])
    done = graded(path, out=path / "out.jsonl")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "grading" not in done.stderr


def test_help_shows_examples():
    done = subprocess.run(
        [sys.executable, "-m", "evaluator.grade", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("python -m evaluator.grade") >= 4
