from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.records import Condition, Outcome, Question, Trial
from playground.sampling import SamplingParams
from playground.serialization import from_dict, to_dict
from playground.trajectory import Author, Segment
from tests.values import SAMPLING, segments

QUESTION = Question(id="t1-0001", text="How many?", gold="27", benchmark="tier1")
STEER = Segment(text="Leo has 7. ", author=Author(kind="steer", name="a"))
TRIAL = Trial(
    model="a",
    revision="r1",
    condition=Condition(test="solo"),
    question=QUESTION,
    prompt="How many?\n\n<think>\n",
    segments=(STEER, STEER),
    params=SamplingParams(seed=5),
)
TRIALS = st.builds(
    replace,
    st.just(TRIAL),
    segments=st.lists(segments("thinking"), max_size=2).map(tuple),
    params=SAMPLING,
    sample=st.integers(0, 7),
)


@given(TRIALS)
def test_a_trial_reads_back_equal(trial):
    assert from_dict(Trial, to_dict(trial)) == trial
    assert from_dict(Trial, to_dict(trial)).id == trial.id


def test_a_trial_id_is_the_same_everywhere():
    assert TRIAL.id == "f3dabae46c7f46cc"


@pytest.mark.parametrize(
    "change",
    [
        {"model": "b"},
        {"revision": "r2"},
        {"prompt": "x"},
        {"sample": 1},
        {"params": SamplingParams(seed=6)},
        {"params": SamplingParams(seed=5, temperature=0.7)},
        {"condition": Condition(test="guidability", steer=0.2)},
    ],
)
def test_what_determines_a_result_determines_the_id(change):
    assert replace(TRIAL, **change).id != TRIAL.id


def test_a_trial_opens_as_a_trajectory():
    trajectory = TRIAL.trajectory
    assert (trajectory.text, trajectory.question, trajectory.gold) == (TRIAL.prefix, "How many?", "27")
    assert TRIAL.prefix == "Leo has 7. Leo has 7. "


def test_conditions_that_differ_have_different_keys():
    base = Condition(test="recoverability", own=0.2, steer=0.2, author="a", steer_question="q", steer_sample=1)
    changes = (
        {},
        {"own": 0.4},
        {"steer": 0.4},
        {"author": "b"},
        {"steer_question": "p"},
        {"steer_sample": 2},
        {"test": "solo"},
    )
    assert len({replace(base, **change).key for change in changes}) == len(changes)


def test_an_outcome_reads_back_equal():
    outcome = Outcome(trial_id="x", verdict="no_answer", text="é", extracted=None, finish_reason="stop", tokens=3)
    assert from_dict(Outcome, to_dict(outcome)) == outcome
