"""Compares two scores on the same questions: difference with interval, exact tests, and detectable effect.

Knows no models, trials or files. Samples of one question are not independent, so everything is computed by question.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import DegenerateDataWarning, bootstrap, permutation_test
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import confint_proportions_2indep

RESAMPLES = 2000
PERMUTATIONS = 9999
"""All of them are tried where there are no more."""
BATCH = 200
"""Resamples in memory at once."""
POWER = 0.8
LEVEL = 0.05
EQUAL = 1e-9
"""Rates of one question that differ by less are the same rate."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often each question was answered correctly, and how often it was asked, under two conditions."""

    hits: Floats
    asked: Floats
    other_hits: Floats
    other_asked: Floats

    def __post_init__(self) -> None:
        lengths = {len(self.hits), len(self.asked), len(self.other_hits), len(self.other_asked)}
        if len(lengths) != 1 or lengths == {0}:
            raise ValueError(f"counts of as many questions, and of one at least, are needed: {sorted(lengths)}")
        if not (np.all(self.asked > 0) and np.all(self.other_asked > 0)):
            raise ValueError("every question has to be asked under both conditions")

    @property
    def differences(self) -> Floats:
        """The difference of the two rates, question by question."""
        return self.hits / self.asked - self.other_hits / self.other_asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Rate minus other rate, with its 95 % interval and how sure it is not zero."""

    value: float
    low: float
    high: float
    p: float
    """Two-sided, of a permutation test on the questions."""
    mcnemar: float
    """Two-sided, of McNemar's exact test on the questions: whether more of them come out better than worse."""
    better: int
    """Questions with the higher rate first."""
    worse: int
    questions: int
    detectable: float | None
    """The least difference seen four times in five at the 5 % level, if questions scatter as these; None unknown."""


def difference(counts: Counts, seed: int = 0) -> Difference:
    """The difference of two micro averages over the same questions."""
    apart = counts.differences
    better, worse = int((apart > EQUAL).sum()), int((apart < -EQUAL).sum())
    low, high = paired_interval(counts, seed)
    return Difference(
        value=_apart(counts.hits, counts.asked, counts.other_hits, counts.other_asked).item(),
        low=low,
        high=high,
        p=permuted(apart, seed),
        mcnemar=mcnemar_exact(better, worse),
        better=better,
        worse=worse,
        questions=len(apart),
        detectable=detectable_difference(apart.tolist()),
    )


def mcnemar_exact(better: int, worse: int) -> float:
    """The two-sided p of McNemar's exact test for questions that come out better and worse; equal ones do not count.

    With one trial a question these are the discordant pairs. With several it is the sign test on questions, which
    stays valid although the trials of a question depend on each other.
    """
    return float(min(1.0, mcnemar([[0, better], [worse, 0]], exact=True).pvalue))


def permuted(differences: Floats, seed: int = 0) -> float:
    """The two-sided p of a mean difference: how often one so large comes about if the sides of questions are swapped.

    With one trial a question that is McNemar's exact test, which is then taken; else all swaps are tried, or 9,999.
    """
    apart = differences[np.abs(differences) > EQUAL]
    if len(apart) < 2:
        return 1.0
    if np.all(np.abs(np.abs(apart) - 1) < EQUAL):
        return mcnemar_exact(int((apart > 0).sum()), int((apart < 0).sum()))
    found = permutation_test(
        (apart, np.zeros_like(apart)),
        lambda here, there, axis: here.sum(axis=axis) - there.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=PERMUTATIONS,
        batch=BATCH,
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def paired_interval(counts: Counts, seed: int = 0) -> tuple[float, float]:
    """95 % for the difference: a bootstrap over questions, bias-corrected and accelerated, both sides drawn together.

    Where all questions differ alike there is nothing to draw from: then Newcombe's interval for independent rates of
    as many questions, which is wider.
    """
    value = float(_apart(counts.hits, counts.asked, counts.other_hits, counts.other_asked))
    if len(counts.asked) > 1 and np.ptp(counts.differences) > EQUAL:
        low, high = _bootstrapped(counts, seed)
        if math.isfinite(low) and math.isfinite(high):
            return min(low, value), max(high, value)
    questions = len(counts.asked)
    rates = counts.hits.sum() / counts.asked.sum(), counts.other_hits.sum() / counts.other_asked.sum()
    low, high = confint_proportions_2indep(
        rates[0] * questions, questions, rates[1] * questions, questions, compare="diff", method="newcomb"
    )
    return max(-1.0, min(float(low), value)), min(1.0, max(float(high), value))


def _bootstrapped(counts: Counts, seed: int) -> tuple[float, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)
        found = bootstrap(
            (counts.hits, counts.asked, counts.other_hits, counts.other_asked),
            _apart,
            n_resamples=RESAMPLES,
            batch=BATCH,
            vectorized=True,
            paired=True,
            method="BCa",
            rng=np.random.default_rng(seed),
        ).confidence_interval
    return float(found.low), float(found.high)


def _apart(hits: Floats, asked: Floats, other_hits: Floats, other_asked: Floats, axis: int = -1) -> Floats:
    rate: Floats = hits.sum(axis=axis) / asked.sum(axis=axis)
    other: Floats = other_hits.sum(axis=axis) / other_asked.sum(axis=axis)
    return np.asarray(rate - other)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p of a family of tests, in their order: below 5 % they may all be believed at the 5 % level."""
    return [float(p) for p in multipletests(list(p_values), method="holm")[1]] if p_values else []


def detectable_difference(differences: Sequence[float]) -> float | None:
    """The least mean difference that a paired t-test would find with a power of 80 % at the 5 % level.

    For as many questions that scatter as these; None for fewer than three, or if they do not scatter at all.
    """
    scatter = float(np.std(differences, ddof=1)) if len(differences) > 2 else 0.0
    if scatter < EQUAL:
        return None
    effect = TTestPower().solve_power(nobs=len(differences), alpha=LEVEL, power=POWER, alternative="two-sided")
    return float(effect) * scatter


def paired_counts(first: Mapping[str, Sequence[bool]], second: Mapping[str, Sequence[bool]]) -> Counts | None:
    """The questions that both sides have a trial of, in order of their names; None if there is none."""
    shared = sorted(name for name in first.keys() & second.keys() if first[name] and second[name])
    if not shared:
        return None
    sides = [[sum(side[name]) for name in shared] for side in (first, second)]
    asked = [[len(side[name]) for name in shared] for side in (first, second)]
    columns = [np.asarray(column, dtype=np.float64) for column in (sides[0], asked[0], sides[1], asked[1])]
    return Counts(hits=columns[0], asked=columns[1], other_hits=columns[2], other_asked=columns[3])
