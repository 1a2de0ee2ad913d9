"""The figures of a small ledger made by hand, number by number."""

from __future__ import annotations

import pytest
from evaluator_models import TAGS, card, evaluate, small

from evaluator.command import begin
from evaluator.numbers.findings import read_findings
from evaluator.numbers.metrics import Place, pick, rank_frame
from evaluator.running.ledger import Ledger
from evaluator.trials.subject import Subject
from playground.engine.base import Identity
from playground.errors import RunError
from playground.records import Condition, Outcome, Question, RunModel, RunQuestion, Selection
from playground.runs.ledger import RunLedger
from playground.trajectory import Author, Segment

QUESTIONS = {
    "q1": Question(id="q1", text="Add 1, 2.", gold="3", benchmark="short"),
    "q2": Question(id="q2", text="Add 2, 2.", gold="4", benchmark="short"),
    "q3": Question(id="q3", text="Add 1, 2, 3.", gold="6", benchmark="long"),
    "p1": Question(id="p1", text="Add 20, 30.", gold="50", benchmark="long"),
}
SOLO = {"weak": {"q1": "cc", "q2": "cn", "q3": "wt"}, "strong": {"q1": "cc", "q2": "cc", "q3": "cw"}}
CODES = {"c": "correct", "w": "wrong", "n": "no_answer", "t": "truncated", "e": "error"}


def write(ledger, model, question, condition, code, *, steer="", extracted=None, sample=0):
    subject = Subject(card=card(model), revision="r", token_ends=lambda text: [len(text)], config=small(n=2))
    segments = (Segment(text=steer, author=Author(kind="steer", name="strong")),) if steer else ()
    trial = subject.trial(QUESTIONS[question], condition, segments, sample)
    outcome = Outcome(trial_id=trial.id, verdict=CODES[code], text="", extracted=extracted, tokens=1)
    ledger.add_group(trial.id, [(trial, outcome)])


def distracted(position):
    return Condition(test="recoverability", own=position, steer=0.2, author="weak", steer_question="p1")


def guided(length):
    return Condition(test="guidability", steer=length, author="strong", steer_question="q3")


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    with Ledger(tmp_path_factory.mktemp("run")) as ledger:
        questions = [RunQuestion(question=q, role="pool" if q.id == "p1" else "tested") for q in QUESTIONS.values()]
        begin(ledger, small(models=("weak", "strong"), n=2), questions)
        for position, (model, answers) in enumerate(SOLO.items()):
            identity = Identity(model=model, revision="r", engine="s", engine_version="1", device="cpu", dtype="t")
            ledger.add_model(RunModel(name=model, identity=identity, think=TAGS, template_hash=""), position)
            for question, codes in answers.items():
                for sample, code in enumerate(codes):
                    write(ledger, model, question, Condition(test="solo"), code, sample=sample)
            write(ledger, model, "p1", Condition(test="solo"), "w")
        write(ledger, "weak", "q1", distracted(0.0), "w", extracted="50")
        write(ledger, "weak", "q1", distracted(0.4), "c", extracted="3")
        write(ledger, "weak", "q2", distracted(0.0), "w", extracted="7")
        write(ledger, "weak", "q2", distracted(0.4), "e")
        write(ledger, "weak", "q3", guided(0.2), "w", steer="Start with 1.\n")
        write(ledger, "weak", "q3", guided(0.8), "c", steer="So 3 + 3 = 6.\n")
        ledger.add_selections(
            [
                Selection(model="weak", test="recoverability", subset="shared", questions=("q1",)),
                Selection(model="weak", test="recoverability", subset="individual", questions=("q1", "q2")),
                Selection(model="weak", test="guidability", subset="shared", questions=(), absent="none is hard"),
                Selection(model="weak", test="guidability", subset="individual", questions=("q3",), guides=("strong",)),
            ]
        )
        yield read_findings(ledger.reader)


def figure(findings, metric="accuracy", **place):
    row = pick(findings.figures, Place(**{"model": "weak", **place}), metric)
    return None if row is None else (row["rate"], row["n"])


def test_pass_at_one_counts_missing_and_truncated_answers(findings):
    assert figure(findings, test="solo") == (0.5, 6)
    assert figure(findings, test="solo", cell="benchmark", at="short") == (0.75, 4)
    row = pick(findings.figures, Place(model="weak", test="solo"))
    assert [row[name] for name in ("correct", "wrong", "no_answer", "truncated", "error")] == [3, 1, 1, 1, 0]


def test_the_benchmark_score_is_a_macro_average(findings):
    assert figure(findings, test="solo", cell="macro") == ((0.75 + 0.0) / 2, 6)
    assert figure(findings, model="strong", test="solo", cell="macro") == ((1.0 + 0.5) / 2, 6)


def test_recoverability_of_both_subsets_and_by_position(findings):
    assert figure(findings, test="recoverability", subset="shared") == (0.5, 2)
    assert figure(findings, test="recoverability", subset="individual") == (pytest.approx(1 / 3), 3)
    assert figure(findings, test="recoverability", subset="individual", cell="position", at="0") == (0.0, 2)


def test_an_engines_error_is_in_no_denominator_but_counted(findings):
    assert figure(findings, test="recoverability", subset="individual", cell="position", at="0.4") == (1.0, 1)
    row = pick(findings.figures, Place(model="weak", test="recoverability", subset="individual"))
    assert (row["n"], row["error"], row["wrong"]) == (3, 1, 2)


def test_adopting_is_answering_the_distractors_question(findings):
    assert figure(findings, "adopted", test="recoverability", subset="shared") == (0.5, 2)
    assert figure(findings, "adopted", test="recoverability", subset="individual") == (pytest.approx(1 / 3), 3)


def test_recoverability_by_solve_count(findings):
    assert figure(findings, test="recoverability", subset="individual", cell="solved", at="2") == (0.5, 2)
    assert figure(findings, test="recoverability", subset="individual", cell="solved", at="1") == (0.0, 1)


def test_guidability_with_leakage(findings):
    assert figure(findings, test="guidability", subset="individual") == (0.5, 2)
    assert figure(findings, "leakage", test="guidability", subset="individual") == (0.5, 2)
    assert figure(findings, "leakage", test="guidability", subset="individual", cell="length", at="0.2") == (0.0, 1)
    assert figure(findings, test="guidability", subset="individual", cell="guide", at="strong") == (0.5, 2)


def test_what_has_no_trials_is_absent_and_says_why(findings):
    assert figure(findings, test="guidability", subset="shared") is None
    entry = findings.results["weak"]["guidability"]
    assert "guidability,none" not in entry
    assert entry["absent"] == {"shared": "none is hard"}
    assert findings.results["strong"]["recoverability"] == {"alias": "recoverability"}


def test_results_stand_under_the_harness_keys(findings):
    entry = findings.results["weak"]["recoverability"]
    assert entry["recoverability,none"] == 0.5
    assert entry["recoverability_stderr,none"] == "N/A"
    assert entry["recoverability_individual_adopted,none"] == pytest.approx(1 / 3)
    assert (entry["recoverability_n,none"], entry["recoverability_individual_at_0.4_n,none"]) == (2, 1)
    assert findings.results["weak"]["solo"]["solo,none"] == 0.5


def test_ranks_are_among_the_models_that_have_the_figure(findings):
    row = findings.ranks[findings.ranks["test"] == "guidability"].iloc[0]
    assert (row["model"], row["benchmark_rank"], row["rank"], row["delta"]) == ("weak", 1, 1, 0)


def test_a_model_without_a_benchmark_score_has_no_rank(findings):
    figures = findings.figures
    assert set(findings.ranks["model"]) == {"weak"}
    assert rank_frame(figures[(figures["cell"] != "macro") | (figures["model"] != "weak")]).empty


@pytest.mark.parametrize("verdict", ["error", "grader_timeout"])
def test_a_run_without_a_single_verdict_is_told(verdict, tmp_path):
    evaluate(tmp_path, small(models=("weak",), tests=(), limit=4))
    with Ledger(tmp_path) as ledger, ledger._db as database:
        database.execute("UPDATE outcomes SET outcome = json_set(outcome, '$.verdict', ?)", (verdict,))
    with RunLedger(tmp_path) as ledger, pytest.raises(RunError, match="has no verdict"):
        read_findings(ledger)
