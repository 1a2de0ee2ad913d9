"""Both tests on real recorded traces: subsets, pools, cuts, prompts of both protocols, and a real run graded again."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from layout import ROOT
from recorded_prompts import GUIDE, UNDER_TEST, document, guided, read, recovering

from evaluator.trials import selection
from evaluator.trials.attempts import solve_counts
from playground.grading import grade
from playground.grading.golds import gold_text
from playground.steering import split_chunks
from playground.steps import sentence_ends
from playground.thinking import NO_TAGS

LABELS_DISPUTED = {
    # row: which label, and why it is disputed
    19: "original: (x-5)(x²-4x+7) is factored further over the complex numbers, which has the same value",
    403: "distractor: the continuation repeats itself to its end, and boxes nothing",
}


@pytest.fixture(scope="module")
def recorded(shared):
    template = shared / "data/chat_templates/deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja"
    return read(shared / "data/traces", template)


@pytest.fixture(scope="module")
def thinking(recorded):
    return {name: tries[0].thinking for name, tries in recorded.tries(UNDER_TEST).items()}


@pytest.fixture(scope="module", params=["paper", "release"])
def disturbed(recorded, request):
    return request.param, recovering(recorded, protocol=request.param)


def test_the_shared_subset_of_the_four_models_is_what_all_solve(recorded):
    tested = [item.__class__(question=item.question, role="tested") for item in recorded.questions]
    solves = {model: solve_counts(recorded.tries(model), tested) for model in recorded.pools}
    assert len(selection.solved_by_all(solves, 1)) == 173


def test_prompts_open_the_thinking_and_hold_the_question(disturbed):
    _, trials = disturbed
    assert len(trials) > 500
    for trial in trials:
        head = f"<｜begin▁of▁sentence｜><｜User｜>{trial.question.text}<｜Assistant｜><think>\n"
        assert trial.prompt == head + trial.prefix


def test_distractors_are_of_questions_outside_the_tested_set(recorded, disturbed):
    tested = {item.question.id for item in recorded.questions if item.role == "tested"}
    golds = {item.question.id: item.question.gold for item in recorded.questions}
    for trial in disturbed[1]:
        assert trial.condition.steer_question not in tested
        assert golds[trial.condition.steer_question] != trial.question.gold


def test_parts_are_joined_by_the_protocols_phrase(disturbed, thinking):
    protocol, trials = disturbed
    phrase = {"paper": "\nWait. Let me think. ", "release": "\nLet me think."}[protocol]
    for trial in trials:
        *before, steer = [segment.text for segment in trial.segments]
        if trial.condition.own == 0:
            assert before == []
        else:
            assert before[-1] == phrase
        assert re.sub(r"\s", "", thinking[trial.condition.steer_question]).startswith(re.sub(r"\s", "", steer))


def test_the_paper_cuts_at_the_sentence_nearest_to_the_share(recorded, thinking):
    for trial in recovering(recorded)[::7]:
        own, share = thinking[trial.question.id], trial.condition.own
        if share == 0:
            continue
        kept = trial.segments[0].text
        ends = sentence_ends(own)
        end = min((end for end in ends if own[:end].rstrip() == kept), default=None)
        assert end is not None
        words, wanted = len(own[:end].split()), share * len(own.split())
        others = [len(own[:e].split()) for e in ends]
        longest = max((b - a for a, b in zip([0, *others], others, strict=False)), default=0)
        assert abs(words - wanted) <= longest


def test_the_release_takes_whole_chunks_of_long_traces(recorded, thinking):
    for trial in recovering(recorded, protocol="release")[::7]:
        chunks = split_chunks(thinking[trial.question.id])
        if trial.condition.own and trial.segments[0].author.name == UNDER_TEST:
            assert trial.segments[0].text == "".join(chunks[: int(len(chunks) * trial.condition.own)])
    tested = [
        i.question.id for i in recorded.questions if i.role == "tested" and i.question.id in recorded.solved(UNDER_TEST)
    ]
    counts = sorted(len(split_chunks(thinking[name])) for name in tested)
    long = counts[int(0.75 * len(counts))]
    sources = {trial.condition.steer_question for trial in recovering(recorded, protocol="release")}
    assert sources
    assert all(len(split_chunks(thinking[name])) >= long for name in sources)


def test_a_guides_steps_stand_alone_and_are_of_its_correct_traces(recorded):
    trials = guided(recorded)
    steps = {name: tries[0] for name, tries in recorded.tries(GUIDE).items()}
    assert {trial.condition.steer for trial in trials} == {0.2, 0.4, 0.6, 0.8}
    for trial in trials:
        assert steps[trial.question.id].correct
        assert steps[trial.question.id].thinking.startswith(trial.prefix)
        assert not recorded.tries(UNDER_TEST)[trial.question.id][0].correct


def test_the_written_out_prompts_are_what_is_built(recorded):
    written = (ROOT / "assets" / "twin-test-prompts.md").read_text(encoding="utf-8")
    assert written == document(recorded), "tests/recorded_prompts.py prints it anew"


def test_a_real_distraction_run_is_graded_alike(shared):
    path = shared / "data/traces/distraction_Qwen2.5-Math-1.5B-DrGRPO-Zero.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def verdicts(row):
        golds = (gold_text(None, row["solution"]), gold_text(None, row["distract_solution"]))
        return [grade(row["post_distraction_response"], "stop", NO_TAGS, gold).outcome == "correct" for gold in golds]

    with ThreadPoolExecutor(2) as threads:
        ours = list(threads.map(verdicts, rows))
    labels = [[bool(row["original_correct"]), bool(row["distractor_correct"])] for row in rows]
    assert {number for number, pair in enumerate(zip(ours, labels, strict=True)) if pair[0] != pair[1]} == set(
        LABELS_DISPUTED
    )
    labelled = [sum(column) / len(rows) for column in zip(*labels, strict=True)]
    found = [sum(column) / len(rows) for column in zip(*ours, strict=True)]
    assert labelled == pytest.approx([0.406, 0.321], abs=5e-4)
    assert found == pytest.approx(labelled, abs=len(LABELS_DISPUTED) / len(rows))
