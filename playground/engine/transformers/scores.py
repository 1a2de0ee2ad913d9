"""Log-probabilities of tokens under the raw distribution: before temperature, top-k and top-p. Knows no model."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from playground.engine.writer import Scores, Writer


@torch.inference_mode()
def scores(logits: Tensor, chosen: Tensor, count: int) -> list[Scores]:
    """For each row the log-probability of its token, and the `count` most probable tokens.

    `logits` is [rows, vocabulary], `chosen` [rows].
    """
    logprobs = logits.log_softmax(-1)
    values = logprobs.gather(-1, chosen[:, None])[:, 0].tolist()
    best = logprobs.topk(min(count, logprobs.shape[-1]), dim=-1)
    return [
        Scores(value, list(zip(ids, row, strict=True)))
        for value, ids, row in zip(values, best.indices.tolist(), best.values.tolist(), strict=True)
    ]


def scores_of(logits: Tensor, chosen: Tensor, writers: Sequence[Writer]) -> Sequence[Scores | None]:
    """The scores that the rows' requests asked for, None for those that did not."""
    counts = [writer.params.logprobs for writer in writers]
    if all(count is None for count in counts):
        return [None] * len(writers)
    found = scores(logits, chosen, max(count or 0 for count in counts))
    return [None if count is None else each for count, each in zip(counts, found, strict=True)]
