"""Rates with intervals and standard errors, and ranks. Knows no models, trials or files.

Samples of one question are not independent, so uncertainty is estimated by question, never by sample.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.statistics.wilson import wilson

RESAMPLES = 2000
"""Draws of a bootstrap."""

EQUAL_DIGITS = 12
"""Scores that agree in so many decimals tie: means of equal fractions differ in their last bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of hits with its 95 % interval."""

    value: float
    low: float
    high: float
    stderr: float | None
    """Standard error by clusters; None with a single cluster."""
    n: int
    """What was counted: the denominator."""
    clusters: int
    """How many questions it comes from."""


def rate(hits: Sequence[bool], clusters: Sequence[str]) -> Rate:
    """The share of hits (a micro average: every one counts the same), `clusters` naming the question of each.

    The interval is Wilson's for the effective number of independent trials: the n whose binomial standard error is
    the one by questions, at most all trials, and the number of questions where every trial came out alike. With one
    trial a question that is Wilson's interval as it stands in books, but for the factor n/(n − 1) in the variance.
    Needs one hit or miss at least.
    """
    _, members = np.unique(np.asarray(clusters), return_inverse=True)
    counts = np.bincount(members).astype(np.float64)
    sums = np.bincount(members, weights=np.asarray(hits, dtype=np.float64)).astype(np.float64)
    value = float(sums.sum() / counts.sum())
    stderr = _stderr(sums, counts, value)
    n, questions = len(hits), len(counts)
    effective = min(value * (1 - value) / stderr**2, n) if stderr else questions
    low, high = wilson(value, effective)
    return Rate(value=value, low=low, high=high, stderr=stderr, n=n, clusters=questions)


def cluster_bootstrap(hits: Sequence[bool], clusters: Sequence[str], seed: int = 0) -> tuple[float, float]:
    """95 % for the share of hits from 2,000 draws of as many questions with replacement, each with all its trials.

    The percentile bootstrap: it says nothing where every question came out alike, and too little with a few questions;
    `rate` has an interval for those as well.
    """
    _, members = np.unique(np.asarray(clusters), return_inverse=True)
    counts = np.bincount(members).astype(np.float64)
    sums = np.bincount(members, weights=np.asarray(hits, dtype=np.float64)).astype(np.float64)
    questions = len(counts)
    drawn = np.random.default_rng(seed).multinomial(questions, np.full(questions, 1 / questions), size=RESAMPLES)
    low, high = np.quantile((drawn @ sums) / (drawn @ counts), [0.025, 0.975])
    return float(low), float(high)


def _stderr(sums: NDArray[np.float64], counts: NDArray[np.float64], value: float) -> float | None:
    """Of a ratio of sums over clusters, linearised; for clusters of one it is the sample deviation over √n."""
    questions = len(counts)
    if questions < 2:
        return None
    residuals = sums - value * counts
    return float(math.sqrt(questions / (questions - 1) * (residuals**2).sum()) / counts.sum())


def pass_at_k(samples: int, correct: int, k: int) -> float:
    """The chance that one of k samples is right, unbiased: 1 − C(n − c, k) / C(n, k) for c right ones of n ≥ k."""
    return 1 - math.comb(samples - correct, k) / math.comb(samples, k)


def mean(values: Sequence[float], clusters: Sequence[str]) -> tuple[float, float | None]:
    """The mean and its standard error by clusters, None with a single cluster. Needs one value at least."""
    _, members = np.unique(np.asarray(clusters), return_inverse=True)
    counts = np.bincount(members).astype(np.float64)
    sums = np.bincount(members, weights=np.asarray(values, dtype=np.float64)).astype(np.float64)
    value = float(sums.sum() / counts.sum())
    return value, _stderr(sums, counts, value)


def competition_ranks(scores: Mapping[str, float]) -> dict[str, int]:
    """Ranks from 1, the lowest score; those that tie share the lowest rank ("1 2 2 4")."""
    rounded = {name: round(score, EQUAL_DIGITS) for name, score in scores.items()}
    return {name: 1 + sum(other < score for other in rounded.values()) for name, score in rounded.items()}
