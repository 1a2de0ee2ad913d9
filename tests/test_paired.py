"""Paired statistics against textbook cases, the libraries' own answers, and what must hold of all."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from playground.statistics.paired import (
    Counts,
    detectable_difference,
    difference,
    holm,
    mcnemar_exact,
    paired_counts,
    paired_interval,
    permuted,
)

TRIALS = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.booleans(), min_size=1, max_size=4), min_size=2)


def counts(first, second):
    sides = ({str(i): [hit] for i, hit in enumerate(side)} for side in (first, second))
    return paired_counts(*sides)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemars_exact_test_is_the_binomial_one_on_discordant_pairs(better, worse):
    expected = binomtest(better, better + worse).pvalue if better + worse else 1.0
    assert mcnemar_exact(better, worse) == pytest.approx(expected)
    assert mcnemar_exact(better, worse) == mcnemar_exact(worse, better)


def test_mcnemar_of_one_against_nine():
    assert mcnemar_exact(1, 9) == pytest.approx(0.021484375)  # 2 · (1 + 10) / 2¹⁰


def test_a_permutation_test_on_single_trials_is_mcnemars():
    assert permuted(np.asarray([1.0] * 9 + [-1.0] + [0.0] * 5)) == mcnemar_exact(9, 1)


def test_a_permutation_test_weighs_how_far_questions_are_apart():
    many_small, few_large = [-0.125] * 6, [1.0, 0.875, 0.75, 1.0]
    assert permuted(np.asarray([0.5, 0.0])) == 1.0
    assert permuted(np.asarray([0.5, 0.25, 0.125])) == pytest.approx(2 / 2**3)
    assert permuted(np.asarray(many_small + few_large)) < mcnemar_exact(4, 6)


def test_holm_adjusts_as_published():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # Holm 1979, worked by hand
    assert holm([]) == []


@settings(max_examples=5, deadline=None)  # the library collects garbage at each call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_makes_a_test_surer_nor_changes_their_order(found):
    adjusted = holm(found)
    assert all(p <= q + 1e-12 and q <= 1 for p, q in zip(found, adjusted, strict=True))
    order = np.argsort(found, kind="stable")
    assert np.all(np.diff(np.asarray(adjusted)[order]) >= -1e-12)


@settings(max_examples=8, deadline=None)
@given(TRIALS, TRIALS)
def test_a_difference_lies_inside_its_interval_and_turns_round_with_its_sides(first, second):
    there, back = paired_counts(first, second), paired_counts(second, first)
    if there is None or back is None:
        return
    found, turned = difference(there), difference(back)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (found.value, found.mcnemar) == pytest.approx((-turned.value, turned.mcnemar))
    assert found.p == pytest.approx(turned.p, abs=0.03)
    assert (found.better, found.worse) == (turned.worse, turned.better)


def test_trials_repeated_are_no_more_evidence():
    once = {str(i): [i % 3 > 0] for i in range(12)}
    often = {name: hits * 8 for name, hits in once.items()}
    other = {str(i): [i % 2 > 0] for i in range(12)}
    assert difference(paired_counts(often, other)) == difference(paired_counts(once, other))


def test_where_every_question_differs_alike_the_interval_still_has_a_width():
    found = difference(counts([True] * 14, [False] * 14))
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.6 < found.low < 0.8
    assert found.p == pytest.approx(2 / 2**14)
    assert found.detectable is None


def test_only_questions_of_both_sides_are_compared():
    found = paired_counts({"a": [True], "b": [False, True], "c": []}, {"b": [True], "c": [True], "d": [False]})
    assert (found.hits.tolist(), found.asked.tolist()) == ([1.0], [2.0])
    assert paired_counts({"a": [True]}, {"b": [True]}) is None


def test_counts_that_cannot_be_are_refused():
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match="as many questions"):
        Counts(hits=one, asked=one, other_hits=two, other_asked=two)
    with pytest.raises(ValueError, match="under both conditions"):
        Counts(hits=one, asked=one * 0, other_hits=one, other_asked=one)


def test_paired_intervals_cover_what_they_promise():
    random = Random(5)
    covered = 0
    for _ in range(150):
        ease = [random.random() for _ in range(40)]
        first = {str(i): [random.random() < 0.3 + 0.6 * e for _ in range(4)] for i, e in enumerate(ease)}
        second = {str(i): [random.random() < 0.1 + 0.6 * e for _ in range(4)] for i, e in enumerate(ease)}
        low, high = paired_interval(paired_counts(first, second))
        covered += low <= 0.2 <= high
    assert covered / 150 > 0.9


def test_a_detectable_difference_is_found_four_times_in_five():
    random = np.random.default_rng(2)
    scatter = random.normal(0, 0.5, 30)
    least = detectable_difference(scatter.tolist())
    draws = random.normal(least, np.std(scatter, ddof=1), (4000, 30))
    t = draws.mean(axis=1) / (draws.std(axis=1, ddof=1) / np.sqrt(30))
    assert np.mean(np.abs(t) > 2.045) == pytest.approx(0.8, abs=0.03)  # the 97.5 % point of t with 29 degrees
    assert detectable_difference([1.0, 1.0, 1.0]) is None
