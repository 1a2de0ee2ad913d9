"""Prefills prompts, in forward passes short enough that closing a request is noticed. Knows no request."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import torch
from torch import Tensor

from playground.engine.transformers.causal_model import CausalModel
from playground.engine.transformers.kv_cache import KeyValueCache

PREFILL_TOKENS = 4096
"""Tokens in one forward pass for several prompts, padding among them."""
CHUNK = 512
"""Tokens in one forward pass for one prompt."""


def prefill_padded(model: CausalModel, cache: KeyValueCache, prompts: Sequence[Sequence[int]], closed: Event) -> Tensor:
    """Write prompts side by side into an empty cache, all ending at its end; the logits [prompts, vocabulary].

    What comes back after `closed` was set is of no use.
    """
    width = max(map(len, prompts))
    padded = torch.tensor([[0] * (width - len(ids)) + list(ids) for ids in prompts], device=model.device)
    starts = torch.tensor([width - len(ids) for ids in prompts], device=model.device)
    aligned = all(len(ids) == width for ids in prompts)
    cache.reserve(width)
    chunk = max(CHUNK, PREFILL_TOKENS // len(prompts))
    logits = torch.empty(0)
    for start in range(0, width, chunk):
        if closed.is_set():
            break
        part = padded[:, start : start + chunk]
        logits = model.forward(part, cache, None if aligned else starts)[:, -1]
    return logits
