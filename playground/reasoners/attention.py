"""Causal attention for training on a CPU: plain matrix products in the autocast type.

PyTorch's fused kernel needs 1.7 times as long there for forward and backward at this size of heads. The checkpoints
do not depend on it: they load with any attention.
"""

from __future__ import annotations

import torch
from transformers import AttentionInterface, AttentionMaskInterface

NAME = "causal_products"


def attend(
    _module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    _mask: None,
    scaling: float,
    **_unused: object,
) -> tuple[torch.Tensor, None]:
    """Causal attention over whole right-padded sequences; tensors have the shape (rows, heads, length, head size)."""
    length = query.shape[2]
    scores = (query * scaling) @ key.transpose(-1, -2)
    future = torch.ones(length, length, dtype=torch.bool, device=scores.device).triu(1)
    scores = scores + torch.zeros_like(future, dtype=scores.dtype).masked_fill(future, -1e4)
    with torch.autocast(scores.device.type, enabled=False):  # autocast would make the softmax float32
        weights = torch.softmax(scores, dim=-1)
    return (weights @ value).transpose(1, 2).contiguous(), None


def no_mask(*_arguments: object, **_unused: object) -> None:
    """The mask that `attend` is given: none, it masks the future itself."""


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, no_mask)
