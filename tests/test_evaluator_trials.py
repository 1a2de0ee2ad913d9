"""What stands in the prompts of both tests."""

from __future__ import annotations

import pytest
from evaluator_models import TAGS, adder, card, small

from evaluator.trials.attempts import ALONE, Attempt, solo_trials
from evaluator.trials.distraction import recoverability_trials
from evaluator.trials.distractors import Distractor, distractor_pools
from evaluator.trials.guidance import Guide, guidability_trials, guides
from evaluator.trials.subject import Subject
from playground.engine.scripted import ScriptedEngine
from playground.prompting import render
from playground.records import Question, RunQuestion

OWN = Question(id="own", text="Add 1, 2, 3, 4, 5.", gold="15", benchmark="sums")
OTHER = Question(id="other", text="Add 50, 60.", gold="110", benchmark="sums")
OWN_THINKING = "Start with 1.\nSo 1 + 2 = 3.\nSo 3 + 3 = 6.\nSo 6 + 4 = 10.\nSo 10 + 5 = 15.\n"
OTHER_THINKING = "Start with 50.\nSo 50 + 60 = 110.\nThat is all.\nNothing is left.\nSo the sum is 110.\n"
TRIES = {
    "own": (
        Attempt(sample=0, thinking="So 99.\n", closed=True, correct=False),
        Attempt(sample=1, thinking=OWN_THINKING, closed=True, correct=True),
    )
}

POOLS = {"own": [Distractor(model="weak", question=OTHER, thinking=OTHER_THINKING)]}


@pytest.fixture
def subject():
    engine = ScriptedEngine(adder("weak"), name="weak")
    return Subject(card=card("weak"), revision="r1", token_ends=engine.token_ends, config=small())


def test_a_tested_question_gets_n_samples_and_a_pool_question_one(subject):
    questions = [RunQuestion(question=OWN, role="tested"), RunQuestion(question=OTHER, role="pool")]
    trials = solo_trials(subject, questions)
    assert [(trial.question.id, trial.sample) for trial in trials] == [("own", i) for i in range(4)] + [("other", 0)]
    assert len({trial.params.seed for trial in trials}) == 5


def test_a_distraction_follows_the_models_own_correct_reasoning(subject):
    trials = recoverability_trials(subject, [OWN], TRIES, POOLS)
    prefixes = {trial.condition.own: trial.prefix for trial in trials}
    assert prefixes[0.0] == "Start with 50.\n"
    assert prefixes[0.4] == "Start with 1.\nSo 1 + 2 = 3.\nWait. Let me think. Start with 50.\n"
    assert list(prefixes) == [0.0, 0.2, 0.4, 0.6, 0.8]
    assert {trial.condition.own_sample for trial in trials if trial.condition.own} == {1}


def test_each_part_of_a_steered_prompt_names_its_author(subject):
    (trial,) = [trial for trial in recoverability_trials(subject, [OWN], TRIES, POOLS) if trial.condition.own == 0.8]
    assert [(part.author.kind, part.author.name) for part in trial.segments] == [
        ("model", "weak"),
        ("steer", "transition"),
        ("steer", "weak"),
    ]
    assert trial.segments[2].provenance.steer.question_id == "other"
    assert trial.prompt == render(trial.trajectory, card("weak")) == f"{OWN.text}\n\n{TAGS.open}\n{trial.prefix}"


@pytest.mark.parametrize("gold", ["15", "15.0", r"\boxed{15}"])
def test_a_distractor_with_the_same_answer_is_not_drawn(subject, gold):
    twin = Question(id="twin", text="Add 7, 8.", gold=gold, benchmark="sums")
    pools = {"own": [Distractor(model="weak", question=twin, thinking=OTHER_THINKING), *POOLS["own"]]}
    trials = recoverability_trials(subject, [OWN], TRIES, pools)
    assert {trial.condition.steer_question for trial in trials} == {"other"}


def test_only_a_whole_trajectory_can_distract(subject):
    tries = {
        "own": (Attempt(sample=0, thinking=OWN_THINKING, closed=False, correct=False),),
        "other": (Attempt(sample=0, thinking=OTHER_THINKING, closed=True, correct=False),),
    }
    (pool,) = distractor_pools(subject, [OWN, OTHER], {"weak": tries}, []).values()
    assert [item.question.id for item in pool] == ["other"]


def test_a_guide_stands_at_the_start_without_a_transition(subject):
    chosen = [Guide(model="strong", question=OWN, attempt=TRIES["own"][1])]
    trials = guidability_trials(subject, chosen)
    assert [trial.condition.steer for trial in trials] == [0.2, 0.4, 0.6, 0.8]
    assert all(OWN_THINKING.startswith(trial.prefix) for trial in trials)
    assert trials[1].prefix == "Start with 1.\nSo 1 + 2 = 3.\n"
    assert {trial.condition.author for trial in trials} == {"strong"}


def test_a_guide_is_always_a_correct_attempt():
    found = guides([OWN], ["strong", "other"], {"strong": TRIES, "other": {}}, seed=1)
    assert [(guide.model, guide.attempt.sample) for guide in found] == [("strong", 1)]


def test_a_trial_is_the_same_whenever_it_is_made(subject):
    one, two = subject.trial(OWN, ALONE, sample=3), subject.trial(OWN, ALONE, sample=3)
    assert one.id == two.id
    assert one.id != subject.trial(OWN, ALONE, sample=2).id
