"""Every variant of both tests on scripted reasoners, in small runs."""

from __future__ import annotations

import pytest
from evaluator_models import card, evaluate, small
from hypothesis import given
from hypothesis import strategies as st
from test_evaluator_full import run

from evaluator.numbers.findings import read_findings
from evaluator.reporting.files import write_report
from playground.errors import InvalidInput
from playground.runs.ledger import RunLedger

VARIANTS = ("own", "first-paragraph", "other-models", "digits")
MODELS = ("weak", "strong")


def records(folder, test="recoverability", model=None):
    with RunLedger(folder) as ledger:
        return list(ledger.records(test, model))


@pytest.fixture(scope="module")
def varied(tmp_path_factory):
    """A run with every variant, a grid of lengths, the control and the probe."""
    folder = tmp_path_factory.mktemp("varied")
    grid = {"positions": (0.0, 0.4, 0.8), "distractor": (0.2, 0.4)}
    evaluate(folder, small(models=MODELS, variants=VARIANTS, control=4, likelihood=True, **grid))
    return folder


@pytest.fixture(scope="module")
def results(varied):
    return write_report(varied).results


def test_every_variant_and_pair_of_shares_is_tried(varied):
    tried = {(r.trial.condition.variant, r.trial.condition.own, r.trial.condition.steer) for r in records(varied)}
    pairs = {(0.0, 0.2), (0.0, 0.4), (0.4, 0.2), (0.4, 0.4), (0.8, 0.2)}
    assert tried == {(variant, *pair) for variant in VARIANTS for pair in pairs}


def test_variants_stand_apart_from_the_figure_of_the_test(results):
    figures = results["weak"]["recoverability"]
    assert {"recoverability_digits,none", "recoverability_other-models_at_0.4,none"} <= figures.keys()
    assert "recoverability_cut_0.8+0.2,none" in figures
    assert "recoverability_distractor_0.4,none" in figures


def test_a_longer_distractor_goes_on_where_a_shorter_one_stops(varied):
    found = {}
    for record in records(varied, model="weak"):
        condition = record.trial.condition
        if condition.variant == "own":
            found[record.trial.question.id, condition.own, condition.steer] = record.trial.prefix
    longer = [(key, text) for key, text in found.items() if key[2] == 0.4]
    assert longer
    assert all(text.startswith(found[question, own, 0.2]) for (question, own, _), text in longer)


def test_the_first_paragraph_stays_in_front_and_goes_from_the_distractor(varied):
    for record in records(varied):
        if record.trial.condition.variant == "first-paragraph":
            first = record.trial.prefix.split("\n")[0]
            assert first.startswith("Start with")
            assert record.trial.prefix.count("Start with") == 1
            assert "Wait. Let me think. So" in record.trial.prefix


def test_other_models_lend_their_reasoning(varied):
    authors = {
        (r.trial.model, r.trial.condition.author) for r in records(varied) if "other" in r.trial.condition.variant
    }
    assert authors == {("weak", "strong"), ("strong", "weak")}


def test_misspelt_numbers_stand_in_the_models_own_reasoning(varied):
    for record in records(varied):
        if record.trial.condition.variant == "digits":
            assert record.trial.condition.steer_question == record.trial.question.id
            assert "Let me think" not in record.trial.prefix
            assert record.trial.prefix.startswith("Start with")


def test_the_control_is_solved_every_time(varied, results):
    with RunLedger(varied) as ledger:
        (control,) = [item for item in ledger.selections() if item.subset == "control" and item.model == "weak"]
        solved = [r for r in ledger.records("solo", "weak") if r.trial.question.id in control.questions]
    assert control.guides == ("strong",)
    assert all(record.outcome.verdict == "correct" for record in solved)
    assert results["weak"]["guidability"]["guidability_control,none"] > 0.8


def test_the_probe_is_of_guides_steps_alone(varied, results):
    figures = results["weak"]["guidability"]
    assert 0 < figures["guidability_individual_steer_probability_succeeded,none"] < 1
    with RunLedger(varied) as ledger:
        findings = read_findings(ledger)
    assert all(0 < r.outcome.steer_probability < 1 for r in records(varied, "guidability"))
    assert {r.outcome.steer_probability for r in records(varied)} == {None}
    assert set(findings.probe["model"]) == {"weak"}
    assert findings.probe["n succeeded"].min() > 0


def test_turning_back_is_counted_in_tokens(varied, results):
    turned = [r for r in records(varied) if r.outcome.text.lstrip().startswith("Wait")]
    assert turned
    assert all(record.outcome.backtracks[0] == 0 for record in turned)
    assert results["weak"]["recoverability"]["recoverability_first_backtrack,none"] < 3


def test_tokens_pass_at_k_and_solve_counts_are_reported(results):
    solo = results["weak"]["solo"]
    passes = [solo[f"solo_pass@{k},none"] for k in (1, 2, 4)]
    assert passes == sorted(passes)
    assert passes[0] == pytest.approx(solo["solo,none"])
    assert sum(solo.get(f"solo_solved_{c},none", 0) for c in range(5)) == 24
    assert results["weak"]["recoverability"]["recoverability_tokens,none"] > 1


def test_the_release_takes_chunks_and_its_own_phrase(tmp_path):
    steers = (0.2, 0.4, 0.6, 0.8, 1.0)
    evaluate(tmp_path, small(models=MODELS, protocol="release", distractor=steers, least_source=40))
    found = records(tmp_path)
    assert found
    assert {r.trial.condition.protocol for r in found} == {"release"}
    assert all("\nLet me think." in r.trial.prefix for r in found if r.trial.condition.own)
    assert not [r for r in found if "Wait. Let me think" in r.trial.prefix]


def test_a_transition_of_ones_own(tmp_path):
    evaluate(tmp_path, small(models=MODELS, tests=("recoverability",), positions=(0.4,), transition=" Hm. "))
    assert all(" Hm. Start" in record.trial.prefix for record in records(tmp_path))
    assert records(tmp_path, "guidability") == []


def test_guides_that_are_named_answer_what_is_hard_alone(tmp_path):
    config = small(models=("weak",), guides=("strong",), tests=("guidability",))
    evaluate(tmp_path, config, guides=(card("strong"),))
    asked = {r.trial.question.id for r in records(tmp_path, "solo", "strong")}
    guided = {r.trial.question.id for r in records(tmp_path, "guidability", "weak")}
    assert guided
    assert guided <= asked < {r.trial.question.id for r in records(tmp_path, "solo", "weak")}
    assert set(write_report(tmp_path).results) == {"weak"}


def test_every_variant_runs_on_the_shipped_reasoners(tmp_path):
    names = ["tiny-oak-plain", "tiny-oak-reflective"]
    size = ["--models", ",".join(names), "--limit", "4", "--n", "2", "--pool", "3", "--seed", "5"]
    extras = ["--variants", ",".join(VARIANTS), "--positions", "0,0.4", "--control", "1", "--likelihood"]
    guides = ["--guides", "tiny-elm-plain", "--lengths", "0.4", "--judge", "tiny-oak-plain"]
    done = run("full", *size, *extras, *guides, "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    assert {record.trial.condition.variant for record in records(tmp_path)} == set(VARIANTS)
    guided = records(tmp_path, "guidability")
    assert guided
    assert all(0 < record.outcome.steer_probability <= 1 for record in guided)
    with RunLedger(tmp_path) as ledger:
        assert {item.judge for item in ledger.leak_judgements()} == {"tiny-oak-plain"}


def test_the_release_runs_on_the_shipped_reasoners(tmp_path):
    size = ["--models", "tiny-oak-reflective", "--limit", "4", "--n", "2", "--pool", "6", "--positions", "0,0.4"]
    done = run("recoverability", "--protocol", "release", *size, "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    assert {record.trial.condition.protocol for record in records(tmp_path)} == {"release"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"positions": (0.8,), "distractor": 0.4}, "m \\+ n ≤ 1"),
        ({"positions": (1.0,)}, "position"),
        ({"lengths": (0.0,)}, "length"),
        ({"models": ("weak",), "variants": ("other-models",)}, "second model"),
        ({"variants": ()}, "no variant"),
        ({"tests": ("recoverability",), "likelihood": True}, "belong to guidability"),
        ({"tests": ("guidability",), "transition": "x"}, "belong to recoverability"),
        ({"control": -1}, "--control"),
    ],
)
def test_what_can_have_no_trial_is_refused(changes, says):
    with pytest.raises(InvalidInput, match=says):
        small(**changes)


@given(st.lists(st.floats(0, 0.9), min_size=1), st.lists(st.floats(0.01, 1), min_size=1))
def test_no_pair_of_shares_is_more_than_the_whole(positions, steers):
    if any(own + steer <= 1 for own in positions for steer in steers):
        config = small(positions=tuple(positions), distractor=tuple(steers))
        assert all(own + steer <= 1 + 1e-9 for own, steer in config.cuts)
