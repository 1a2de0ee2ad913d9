"""Spearman's correlation against the library's own, and its interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from playground.statistics.correlation import correlation_interval, rank_correlation

SCORES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=9)


@settings(max_examples=15, deadline=None)
@given(SCORES)
def test_a_correlation_is_the_librarys_and_lies_inside_its_interval(pairs):
    first, second = zip(*pairs, strict=True)
    found = rank_correlation(first, second)
    if found is None:
        assert min(len(set(first)), len(set(second))) == 1
        return
    assert found.value == pytest.approx(spearmanr(first, second).statistic)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_four_in_the_same_order_are_as_likely_as_two_in_twenty_four():
    found = rank_correlation([1, 2, 3, 4], [10, 20, 30, 40])
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.p == pytest.approx(2 / 24)
    assert found.low < 0


def test_of_three_nothing_is_said():
    assert rank_correlation([1, 2, 3], [1, 2, 3]) is None


def test_intervals_cover_what_they_promise():
    random = np.random.default_rng(4)
    true = 6 / np.pi * np.arcsin(0.6 / 2)
    covered = 0
    for _ in range(200):
        x, y = random.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 15).T
        rho = spearmanr(x, y).statistic
        low, high = correlation_interval(float(rho), 15)
        covered += low <= true <= high
    assert covered / 200 > 0.9
