"""Faults of engines and graders: told apart, tried again, counted, and never an answer."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from evaluator_models import TAGS, adder, card, small, sums

from evaluator.faults import FaultPolicy
from evaluator.numbers.metrics import Place, decided, figure_frame, pick
from evaluator.options import parser, request
from evaluator.running.ledger import Ledger
from evaluator.running.runner import Generation, form_groups, run_groups
from evaluator.trials.attempts import ALONE
from evaluator.trials.subject import Subject
from playground.cli.progress import Progress
from playground.engine.scripted import ScriptedEngine
from playground.errors import EngineError, InvalidInput, Unsupported
from playground.records import TWIN_TESTS

SUBJECT = Subject(card=card("weak"), revision="r1", token_ends=lambda text: [len(text)], config=small())
TRIALS = [SUBJECT.trial(question, ALONE, sample=sample) for question in sums(6) for sample in range(4)]
BAD = TRIALS[5]
STUMBLED = EngineError("The device stumbled.")


class Faulty(ScriptedEngine):
    """Fails on the seeds that are named, so many times each."""

    def __init__(self, faults, error=STUMBLED):
        self.faults = dict(faults)
        self.error = error
        self.asked = []
        super().__init__(self.write, name="weak")

    def write(self, prompt, seed):
        self.asked.append(seed)
        if self.faults.get(seed, 0) > 0:
            self.faults[seed] -= 1
            raise self.error
        return adder("weak")(prompt, seed)


def outcomes(folder, engine, **policy):
    out = io.StringIO()
    with Ledger(folder) as ledger:
        generation = Generation(engine=engine, tags=TAGS, policy=FaultPolicy(**policy))
        progress = Progress(out)
        progress.begin("solo weak", len(TRIALS))
        run_groups(form_groups(TRIALS, 16), generation, ledger, progress)
        return {record.outcome.trial_id: record.outcome for record in ledger.reader.records()}, progress.line()


def test_a_fault_that_passes_leaves_no_trace(tmp_path):
    whole, _ = outcomes(tmp_path / "whole", Faulty({}))
    for times in (1, 2):
        assert outcomes(tmp_path / str(times), Faulty({BAD.params.seed: times}))[0] == whole


def test_a_fault_that_stays_is_one_trials_and_no_others(tmp_path):
    whole, _ = outcomes(tmp_path / "whole", Faulty({}))
    found, line = outcomes(tmp_path / "faulty", Faulty({BAD.params.seed: 99}))
    assert {name for name in whole if found[name] != whole[name]} == {BAD.id}
    assert (found[BAD.id].verdict, found[BAD.id].why) == ("error", "The device stumbled.")
    assert ", 1 failed" in line


def test_a_trial_is_tried_as_often_as_is_allowed(tmp_path):
    for retries in (0, 1, 3):
        engine = Faulty({BAD.params.seed: 99})
        outcomes(tmp_path / str(retries), engine, retries=retries, limit=0.9)
        assert engine.asked.count(BAD.params.seed) == retries + 1


def test_too_many_faults_end_the_run_and_the_same_command_goes_on(tmp_path):
    faults = {trial.params.seed: 99 for trial in TRIALS[::5]}
    with pytest.raises(EngineError, match=r"5 of 48 trials failed, more than --fail-on-error allows.*device stumbled"):
        outcomes(tmp_path, Faulty(faults), limit=0.1)
    with Ledger(tmp_path) as ledger:
        assert 0 < len(ledger.finished()) < len(TRIALS)
    whole, _ = outcomes(tmp_path / "whole", Faulty({}))
    assert outcomes(tmp_path, Faulty({}))[0] == whole


@pytest.mark.parametrize(("limit", "ends"), [(0, True), (0.01, True), (1, False), (2, False)])
def test_a_limit_is_a_share_or_a_number(limit, ends, tmp_path):
    engine = Faulty({BAD.params.seed: 99})
    if ends:
        with pytest.raises(EngineError, match="1 of 48 trials failed"):
            outcomes(tmp_path, engine, limit=limit)
    else:
        assert outcomes(tmp_path, engine, limit=limit)[0][BAD.id].verdict == "error"


def test_an_engine_that_is_gone_ends_the_run_at_once(tmp_path):
    class Gone(Faulty):
        usable = False

    engine = Gone({BAD.params.seed: 99})
    with pytest.raises(EngineError, match="stumbled"):
        outcomes(tmp_path, engine)
    assert engine.asked.count(BAD.params.seed) == 1


def test_what_is_refused_for_all_is_not_tried_again(tmp_path):
    engine = Faulty({BAD.params.seed: 99}, Unsupported("It cannot do that."))
    with pytest.raises(Unsupported):
        outcomes(tmp_path, engine)
    assert engine.asked.count(BAD.params.seed) == 1


@pytest.mark.parametrize(
    "option", [("--retry-on-error", "-1"), ("--fail-on-error", "-0.5"), ("--fail-on-error", "nan")]
)
def test_a_policy_that_cannot_be_is_refused(option):
    with pytest.raises(InvalidInput, match=option[0]):
        request(parser("x", "", "", TWIN_TESTS).parse_args([*option]), TWIN_TESTS)


def test_what_engine_or_grader_left_open_is_in_no_rate():
    verdicts = ["correct", "wrong", "grader_timeout", "error"]
    subsets = dict.fromkeys(("shared", "individual", "control"), False)
    rows = pd.DataFrame(
        {
            **subsets,
            **dict.fromkeys(("own", "steer", "solved", "author"), 0),
            "model": "m",
            "test": "solo",
            "question": list("abcd"),
            "benchmark": "b",
            "variant": "own",
            "verdict": verdicts,
            "correct": [verdict == "correct" for verdict in verdicts],
        }
    )
    assert decided(rows)["verdict"].tolist() == ["correct", "wrong"]
    row = pick(figure_frame(rows), Place(model="m", test="solo"))
    assert (row["rate"], row["n"], row["grader_timeout"], row["error"]) == (0.5, 2, 1, 1)
