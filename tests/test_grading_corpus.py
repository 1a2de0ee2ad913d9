"""The golden corpus: what the grader says of some two thousand answers, hostile ones among them, and of real traces."""

import json
import os
import time
from pathlib import Path

import pytest
from layout import ROOT

from playground.answers import final_answer
from playground.grading import grade
from playground.thinking import QWEN3_TAGS

CORPUS = Path(__file__).with_name("goldens") / "grading.jsonl"
CASES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
SLOWEST = 5.0
"""Seconds for one grading, on a processor of its own."""

DISAGREEMENTS = {
    ("DeepScaleR-1.5B-Preview", 87): ("June 20", "correct", "the label calls the gold answer itself wrong"),
    ("R1-Distill-Qwen-14B", 87): ("June 20", "correct", "the label calls the gold answer itself wrong"),
    ("R1-Distill-Qwen-14B", 154): (None, "no_answer", "the answer stands in a last sentence without a box or 'answer'"),
}
"""Rows of the recorded traces whose label we do not follow: model and row to our answer, our verdict, and why."""


def test_the_corpus_is_large_and_without_repetition():
    assert len(CASES) >= 250
    assert len({(case["gold"], case["response"]) for case in CASES}) == len(CASES)
    assert {case["verdict"] for case in CASES} == {"correct", "wrong", "no_answer", "grader_timeout"}


@pytest.mark.parametrize("why", dict.fromkeys(case["why"] for case in CASES))
def test_the_corpus_is_graded_as_it_says(why):
    wrong = []
    for case in (case for case in CASES if case["why"] == why):
        begin = time.monotonic()
        verdict = grade(case["response"], "stop", QWEN3_TAGS, case["gold"])
        share = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        if verdict.outcome != case["verdict"] or time.monotonic() - begin > SLOWEST * share:
            wrong.append((case, verdict))
    assert wrong == []


def test_every_row_whose_label_is_not_followed_is_explained_to_readers():
    written = (ROOT / "assets" / "grading.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in written.splitlines() if line.startswith("|")]
    told = {(row[0], int(row[1])): row[3] for row in rows if len(row) == 5 and row[0] in MODELS}
    assert told == {place: verdict for place, (_, verdict, _) in DISAGREEMENTS.items()}


MODELS = ("DeepScaleR-1.5B-Preview", "R1-Distill-Qwen-1.5B", "R1-Distill-Qwen-14B", "R1-Distill-Qwen-7B")


def disagreements(folder: Path, model: str) -> tuple[int, dict]:
    """How many rows close their thinking, and those where verdict and label differ."""
    closed, found = 0, {}
    with (folder / f"math200_{model}.jsonl").open(encoding="utf-8") as file:
        for number, row in enumerate(map(json.loads, file)):
            if "</think>" not in row["response"]:
                continue
            closed += 1
            gold = final_answer(row["solution"]) or row["solution"]
            verdict = grade(row["response"], None, QWEN3_TAGS, gold)
            if (verdict.outcome == "correct") != bool(row["correct"]):
                found[model, number] = (verdict.extracted, verdict.outcome)
    return closed, found


def test_recorded_traces_are_graded_as_their_labels_say_but_for_the_rows_listed(shared):
    results = [disagreements(shared / "data" / "traces", model) for model in MODELS]
    found = {place: seen for _, rows in results for place, seen in rows.items()}
    assert found == {place: seen[:2] for place, seen in DISAGREEMENTS.items()}
    assert sum(closed for closed, _ in results) == 784
    assert len(found) <= 0.005 * 784
