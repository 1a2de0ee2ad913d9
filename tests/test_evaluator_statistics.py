"""Rates, intervals and ranks: exact numbers, and what must hold of all."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.statistics.rates import cluster_bootstrap, competition_ranks, rate
from playground.statistics.wilson import wilson


@given(st.integers(1, 5000))
def test_an_interval_ends_where_all_or_none_are_hits(n):
    assert wilson(1.0, n)[1] == 1.0
    assert wilson(0.0, n)[0] == 0.0


def test_wilson_agrees_with_its_published_values():
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)


def test_a_standard_error_is_that_of_the_mean_where_each_question_counts_once():
    found = rate([True, False, True, True], ["a", "b", "c", "d"])
    assert found.value == 0.75
    assert found.stderr == pytest.approx(math.sqrt(0.75 * 0.25 / 3))
    assert (found.n, found.clusters) == (4, 4)


def test_samples_of_one_question_that_agree_count_as_one():
    once = rate([True, False, True, True], list("abcd"))
    often = rate([True, False, True, True] * 8, list("abcd") * 8)
    assert (often.value, often.stderr) == (once.value, pytest.approx(once.stderr))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_an_interval_is_never_narrower_than_that_of_as_many_independent_trials():
    found = rate([True, False] * 6, [str(i // 2) for i in range(12)])
    assert found.stderr == 0
    assert (found.low, found.high) == pytest.approx(wilson(0.5, 6))


def test_where_all_agree_the_interval_is_that_of_the_questions():
    found = rate([True] * 40, [str(i % 5) for i in range(40)])
    assert (found.low, found.high) == wilson(1.0, 5)


def test_one_question_alone_has_no_standard_error():
    assert rate([True, False], ["a", "a"]).stderr is None


def test_intervals_cover_what_they_promise():
    random = Random(1)
    covered = 0
    for _ in range(300):
        shares = [random.betavariate(1, 2.5) for _ in range(24)]
        hits = [random.random() < share for share in shares for _ in range(8)]
        found = rate(hits, [str(i // 8) for i in range(len(hits))])
        covered += found.low <= 1 / 3.5 <= found.high
    assert covered / 300 > 0.9


def test_the_bootstrap_over_questions_agrees_where_there_are_many_of_them():
    random = Random(2)
    shares = [random.betavariate(1, 2) for _ in range(300)]
    hits = [random.random() < share for share in shares for _ in range(8)]
    questions = [str(i // 8) for i in range(len(hits))]
    found = rate(hits, questions)
    assert cluster_bootstrap(hits, questions) == pytest.approx((found.low, found.high), abs=0.01)
    assert (
        cluster_bootstrap(hits, [str(i) for i in range(len(hits))])[1] - found.value < (found.high - found.value) / 1.5
    )


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef")), min_size=1))
def test_a_rate_lies_inside_its_interval(trials):
    found = rate([hit for hit, _ in trials], [question for _, question in trials])
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_ties_share_the_lowest_rank():
    assert competition_ranks({"a": 0.4, "b": 0.1, "c": 0.4, "d": 0.9}) == {"b": 1, "a": 2, "c": 2, "d": 4}


def test_means_of_equal_fractions_tie():
    assert set(competition_ranks({"a": (0.1 + 0.2) / 2, "b": 0.15}).values()) == {1}
