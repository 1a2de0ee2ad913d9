"""Responses recorded elsewhere, as solo results and as guides."""

from __future__ import annotations

import json

import pytest
from evaluator_models import card, evaluate, small, sums
from test_evaluator_full import run

from evaluator.options import parser, request
from evaluator.reporting.files import write_report
from evaluator.running.participants import participants
from evaluator.trials.recorded_responses import read_pools
from playground.errors import InvalidData, InvalidInput
from playground.records import TWIN_TESTS
from playground.runs.ledger import RunLedger
from playground.thinking import NO_TAGS

QUESTIONS = sums(20)


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def worked(question, answer=None, **fields):
    lines = "".join(f"So {number} comes next.\n" for number in question.text.split()[1:])
    response = f"<think>\n{lines}</think>\n\nThe answer is \\boxed{{{answer or question.gold}}}."
    return {"problem": question.text, "response": response, **fields}


@pytest.fixture
def files(tmp_path):
    """The questions, and right responses to all of them, two to each."""
    asked = write(tmp_path / "asked.jsonl", [{"problem": q.text, "answer": q.gold, "id": q.id} for q in QUESTIONS])
    said = write(tmp_path / "expert.jsonl", [worked(q) for q in QUESTIONS for _ in range(2)])
    return asked, said


def test_a_pool_begins_inside_the_thinking(tmp_path):
    rows = [worked(QUESTIONS[0], model="a"), {"problem": "p", "response": "It is 3.", "model": "b", "correct": 1}]
    first, second = read_pools(write(tmp_path / "said.jsonl", rows))
    (response,) = first.answers(QUESTIONS[0])
    assert response.text.startswith("So ")
    assert (first.model, second.model, second.think) == ("a", "b", NO_TAGS)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('{"problem": "p"}', "line 2: response: is missing"),
        ('{"problem": 3, "response": "r"}', "line 2: problem"),
        ('{"problem": "p", "response": "r", "correct": "yes"}', "line 2: correct"),
        ('{"problem": "p", "response": "r", "model": "\\u001b[31mred"}', "line 2: model"),
        ("{", "line 2"),
        ("[]", "line 2"),
    ],
)
def test_a_faulty_row_is_named_by_its_line(row, says, tmp_path):
    path = tmp_path / "said.jsonl"
    path.write_text('{"problem": "p", "response": "r"}\n' + row, encoding="utf-8")
    with pytest.raises(InvalidData, match=says):
        read_pools(path)


def test_recorded_responses_alone_make_a_run(files, tmp_path):
    asked, said = files
    size = ["--limit", "40", "--n", "2"]
    done = run("solo", "--tasks", asked, "--import-solo", said, *size, "--output-dir", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    with RunLedger(tmp_path / "run") as ledger:
        assert {model.identity.engine for model in ledger.models()} == {"recorded"}
        verdicts = [record.outcome.verdict for record in ledger.records("solo", "expert")]
    assert verdicts == ["correct"] * 80


def test_a_label_of_the_file_decides(tmp_path):
    pools = read_pools(write(tmp_path / "weak.jsonl", [worked(q, correct=False) for q in QUESTIONS for _ in range(4)]))
    evaluate(tmp_path / "run", small(models=("weak",), tests=()), recorded={"weak": pools[0]})
    with RunLedger(tmp_path / "run") as ledger:
        found = {(record.outcome.verdict, record.outcome.why) for record in ledger.records()}
    assert found == {("wrong", "as recorded")}


def test_a_model_that_is_here_goes_on_with_what_was_recorded_of_it(tmp_path):
    (pool,) = read_pools(write(tmp_path / "weak.jsonl", [worked(q) for q in QUESTIONS for _ in range(4)]))
    evaluate(tmp_path / "run", small(models=("weak",), tests=("recoverability",)), recorded={"weak": pool})
    with RunLedger(tmp_path / "run") as ledger:
        disturbed = list(ledger.records("recoverability"))
    assert any("comes next." in record.trial.prefix for record in disturbed)
    assert all(record.outcome.text for record in disturbed)


def test_recorded_guides_guide(files, tmp_path):
    (pool,) = read_pools(files[1])
    config = small(models=("weak",), guides=("expert",), tests=("guidability",))
    guide = card("expert")
    evaluate(tmp_path / "run", config, guides=(guide,), recorded={"expert": pool}, silent=frozenset({"expert"}))
    with RunLedger(tmp_path / "run") as ledger:
        guided = list(ledger.records("guidability", "weak"))
    assert {record.trial.condition.author for record in guided} == {"expert"}
    assert all(record.trial.prefix.startswith("So ") for record in guided)
    assert "guidability,none" in write_report(tmp_path / "run").results["weak"]["guidability"]
    said = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    assert "The run names the guides" in said
    assert "a higher score" not in said


def asks(*arguments):
    options = parser("p", "d", "e", TWIN_TESTS)
    return request(options.parse_args(list(map(str, arguments))), TWIN_TESTS)


def test_who_takes_part_is_told_apart(files):
    found = participants(asks("--models", "scripted", "--guides", f"scripted,{files[1]}"))
    assert [card.name for card in found.cards] == ["scripted"]
    assert found.guide_names == ("scripted", "expert")
    assert found.silent == {"expert"}


def test_responses_of_a_model_that_the_run_does_not_have_are_refused(files):
    with pytest.raises(InvalidInput, match="expert, which the run does not have"):
        participants(asks("--models", "scripted", "--import-solo", files[1]))
    named = participants(asks("--models", "scripted", "--import-solo", f"scripted={files[1]}"))
    assert (list(named.recorded), named.silent) == (["scripted"], frozenset())


def test_too_few_responses_are_refused_in_one_line(files, tmp_path):
    asked, said = files
    size = ["--limit", "30", "--pool", "10", "--n", "3"]
    done = run("solo", "--tasks", asked, "--import-solo", said, *size, "--output-dir", tmp_path / "run")
    assert done.returncode == 2
    assert "answer none of the questions 3 times" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_responses_to_other_problems_are_refused_as_that(files, tmp_path):
    asked, _ = files
    (tmp_path / "other.jsonl").write_text('{"problem": "Another?", "response": "4", "model": "tiny-oak-plain"}\n')
    words = ["--models", "tiny-oak-plain", "--import-solo", tmp_path / "other.jsonl", "--limit", "1", "--n", "1"]
    done = run("solo", "--tasks", asked, *words, "--output-dir", tmp_path / "run")
    assert done.returncode == 2
    assert "of tiny-oak-plain answer none of the questions." in done.stderr
    assert len(done.stderr.splitlines()) == 1
