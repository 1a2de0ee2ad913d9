"""The entropy of the distribution that a token was drawn from. Knows no engine and no rule."""

from __future__ import annotations

from math import exp, log2

from playground.engine.base import Token

ALTERNATIVES = 5
"""How many of the most probable tokens are asked for."""


def entropy(token: Token) -> float | None:
    """The entropy of the distribution a token was drawn from, in bits; None where it has no alternatives.

    The tokens that the engine does not list count as one, so this is a lower bound.
    """
    shares = [exp(other.logprob) for other in token.alternatives]
    if not shares:
        return None
    shares.append(1 - sum(shares))
    return -sum(share * log2(share) for share in shares if share > 0)
