"""Sampling parameters, under vLLM's field names. Knows no engine."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from playground.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingParams:
    """Sampling parameters of one request; the defaults are the paper's (section 4: T 0.6, top-p 0.95)."""

    temperature: float = 0.6
    """0 means greedy."""
    top_p: float = 0.95
    top_k: int = 0
    """0 means no limit."""
    max_tokens: int = 1024
    """New tokens, at most; an engine also stops at the end of the context."""
    seed: int | None = None
    """None means that the engine draws one; what it drew stands in the completion's provenance."""
    stop: tuple[str, ...] = ()
    """Generation ends before the first of these strings; the string itself is not part of the text."""
    logprobs: int | None = None
    """None: no log-probabilities. k ≥ 0: the chosen token's and the k most probable alternatives'."""

    def __post_init__(self) -> None:
        faults = {
            "temperature must be at least 0": not 0 <= self.temperature < math.inf,
            "top_p must be above 0 and at most 1": not 0 < self.top_p <= 1,
            "top_k must be at least 0": self.top_k < 0,
            "max_tokens must be at least 1": self.max_tokens < 1,
            "logprobs must be at least 0": self.logprobs is not None and self.logprobs < 0,
            "stop strings must not be empty": "" in self.stop,
        }
        for fault, present in faults.items():
            if present:
                raise InvalidInput(f"Sampling: {fault}.", "The paper uses temperature 0.6 and top_p 0.95.")


def derive_seed(seed: int, *parts: str | int) -> int:
    """A seed in [0, 2³¹) that depends on every part and on nothing else, the same on every machine."""
    text = "\x1f".join(str(part) for part in (seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1
