"""Wilson's score interval of a proportion. Pure; knows no samples and no questions."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: two-sided 95 % intervals."""


def wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % score interval for a share of n independent trials; rounding never leaves the share outside."""
    square = Z95**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z95 / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))
