"""Groups are fixed by the trials alone, and a group is done whole or not at all."""

from __future__ import annotations

import io

import pytest
from evaluator_models import TAGS, adder, card, small, sums
from hypothesis import given
from hypothesis import strategies as st

from evaluator.running.ledger import Ledger
from evaluator.running.runner import Generation, form_groups, run_groups
from evaluator.trials.attempts import ALONE
from evaluator.trials.subject import Subject
from playground.cli.progress import Progress
from playground.engine.base import Completion
from playground.engine.scripted import ScriptedEngine
from playground.errors import EngineError

SUBJECT = Subject(card=card("weak"), revision="r1", token_ends=lambda text: [len(text)], config=small())
TRIALS = [SUBJECT.trial(question, ALONE, sample=sample) for question in sums(6) for sample in range(4)]


def engine(context_length=32_768):
    return ScriptedEngine(adder("weak"), name="weak", context_length=context_length)


def generation(made_with):
    return Generation(engine=made_with, tags=TAGS)


GENERATION = generation(engine())


@given(st.permutations(TRIALS), st.integers(1, 60))
def test_groups_depend_on_the_trials_and_not_on_their_order(trials, size):
    groups = form_groups(trials + trials[:3], size)
    assert groups == form_groups(TRIALS, size)
    assert sorted(trial.id for group in groups for trial in group.trials) == sorted(trial.id for trial in TRIALS)
    assert all(len(group.trials) == size for group in groups[:-1])


def test_samples_of_a_prompt_stand_side_by_side():
    (group,) = form_groups(TRIALS, 100)
    assert [trial.sample for trial in group.trials] == [0, 1, 2, 3] * 12
    assert [len(trial.prompt) for trial in group.trials] == sorted(len(trial.prompt) for trial in TRIALS)


def test_what_the_ledger_holds_is_not_generated_again(tmp_path):
    groups = form_groups(TRIALS, 10)
    with Ledger(tmp_path) as ledger:
        run_groups(groups[:2], GENERATION, ledger, Progress(io.StringIO()))
        before = {record.outcome.trial_id: record for record in ledger.reader.records()}
        run_groups(groups, GENERATION, ledger, Progress(io.StringIO()))
        after = {record.outcome.trial_id: record for record in ledger.reader.records()}
    assert len(before) == 20
    assert before.items() <= after.items()
    assert len(after) == len(TRIALS)


def test_a_prompt_that_does_not_fit_is_an_error_and_the_others_are_done(tmp_path):
    with Ledger(tmp_path) as ledger:
        run_groups(form_groups(TRIALS, 100), generation(engine(context_length=12)), ledger, Progress(io.StringIO()))
        verdicts = {record.trial.question.benchmark: set() for record in ledger.reader.records()}
        for record in ledger.reader.records():
            verdicts[record.trial.question.benchmark].add(record.outcome.verdict)
    assert verdicts["long"] == {"error"}
    assert "error" not in verdicts["short"]


def test_an_engine_that_fails_leaves_what_was_finished(tmp_path):
    def failing(prompt, seed):
        if "Add 1" in prompt or calls:
            calls.append(prompt)
        if len(calls) > 5:
            raise EngineError("The device is gone.")
        return adder("weak")(prompt, seed)

    calls = []
    with Ledger(tmp_path) as ledger:
        with pytest.raises(EngineError, match="more than --fail-on-error allows; the last one: The device is gone"):
            run_groups(form_groups(TRIALS, 4), generation(ScriptedEngine(failing)), ledger, Progress(io.StringIO()))
        kept = list(ledger.reader.records())
        assert len(kept) % 4 == 0
        assert 0 < len(ledger.finished()) <= len(kept) < len(TRIALS)


def completion(tokens):
    return Completion(
        text="", finish_reason="stop", prompt_tokens=10, cached_tokens=0, completion_tokens=tokens, seed=0, seconds=0.0
    )


def test_progress_says_how_far_how_well_and_how_fast():
    time = iter([0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 4.0])
    out = io.StringIO()
    progress = Progress(out, clock=lambda: next(time))
    progress.begin("solo weak", 4)
    progress.skip(1)
    progress.advance("correct", completion(100))
    progress.advance("grader_timeout")
    progress.advance("wrong", completion(80))
    assert progress.line() == "solo weak 4/4 (1 kept), 50% correct, 45 tokens/s"


def test_time_left_has_hours():
    time = iter([0.0, 0.0, 0.0, 2.0, 2.0])
    progress = Progress(io.StringIO(), clock=lambda: next(time))
    progress.begin("solo weak", 5001)
    progress.advance("correct", completion(100))
    assert progress.line() == "solo weak 1/5001, 100% correct, 50 tokens/s, 2:46:40 left"


@pytest.mark.parametrize(("quiet", "lines"), [(True, 10), (False, 60)])
def test_progress_in_a_log_is_a_line_now_and_then(quiet, lines):
    seconds = [0.0]
    out = io.StringIO()
    progress = Progress(out, clock=lambda: seconds[0], quiet=quiet)
    progress.begin("solo weak", 1200)
    for _ in range(1200):
        seconds[0] += 0.5
        progress.advance("wrong", completion(5))
    assert out.getvalue().count("\n") == lines


def test_progress_in_a_file_is_plain_lines():
    out = io.StringIO()
    progress = Progress(out)
    progress.begin("solo weak", 1)
    progress.advance("wrong", completion(5))
    progress.end()
    assert out.getvalue().startswith("solo weak 1/1, ")
    assert "\r" not in out.getvalue()
