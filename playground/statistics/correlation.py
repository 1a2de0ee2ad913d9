"""Spearman's rank correlation with its interval and an exact p. Knows no models and no scores by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, permutation_test, rankdata, spearmanr

FEWEST = 4
"""With fewer pairs nothing can be said of a correlation."""
PERMUTATIONS = 9999
"""All of them are tried where there are no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """A rank correlation with its 95 % interval."""

    value: float
    low: float
    high: float
    p: float
    """Of a two-sided permutation test: exact for up to seven pairs."""
    n: int


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> Correlation | None:
    """Spearman's ρ; None with fewer than four pairs, or where one side is all alike.

    The interval is Fisher's z with the standard error √((1 + ρ²/2)/(n − 3)) (Bonett and Wright 2000, Psychometrika 65).
    """
    if len(first) < FEWEST or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    value = float(np.clip(spearmanr(first, second).statistic, -1, 1))
    low, high = correlation_interval(value, len(first))
    ranks, other = rankdata(first) - (len(first) + 1) / 2, rankdata(second) - (len(first) + 1) / 2
    tested = permutation_test(
        (ranks,),
        lambda shuffled, axis: (shuffled * other).sum(axis=axis),
        vectorized=True,
        permutation_type="pairings",
        n_resamples=PERMUTATIONS,
        rng=np.random.default_rng(0),
    )
    return Correlation(value=value, low=low, high=high, p=float(tested.pvalue), n=len(first))


def correlation_interval(value: float, n: int) -> tuple[float, float]:
    """Of 95 %, for a Spearman correlation of n ≥ 4 pairs."""
    if abs(value) > 1 - 1e-12:
        bound = math.tanh(math.atanh(1 - 1 / n**2) - _half(1.0, n))  # ranks that agree fully are no proof that all do
        return (bound, 1.0) if value > 0 else (-1.0, -bound)
    centre, half = math.atanh(value), _half(value, n)
    return math.tanh(centre - half), math.tanh(centre + half)


def _half(value: float, n: int) -> float:
    return float(norm.ppf(0.975)) * math.sqrt((1 + value**2 / 2) / (n - 3))
