"""The caches of several sequences as one, for a forward pass that adds a token to each. Knows no token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers.cache_utils import Cache, CacheLayerMixin

from playground.engine.transformers.kv_cache import KeyValueCache


class _Layer(CacheLayerMixin):  # type: ignore[misc]
    """One layer of every sequence."""

    is_sliding = False

    def __init__(self, layers: Sequence[Any], width: int) -> None:
        super().__init__()
        self._layers = layers
        self._width = width

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """The sequences' own layers hold everything."""

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        rows = zip(self._layers, torch.split(key_states, 1), torch.split(value_states, 1), strict=True)
        keys, values = zip(*[layer.update(key, value) for layer, key, value in rows], strict=True)
        return _side_by_side(keys), _side_by_side(values)

    def get_seq_length(self) -> int:
        return self._width

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._width + query_length, 0

    def get_max_length(self) -> int:
        return -1


def _side_by_side(rows: Sequence[Tensor]) -> Tensor:
    """[1, heads, columns, head size] of each row as one [rows, heads, columns, head size]; all end at the last one."""
    columns_first = [row[0].transpose(0, 1) for row in rows]
    return pad_sequence(columns_first, batch_first=True, padding_side="left").transpose(1, 2)


class JoinedCache(Cache):  # type: ignore[misc]
    """Each sequence keeps its keys and values to itself; they are put side by side for one pass, layer by layer."""

    def __init__(self, caches: Sequence[KeyValueCache]) -> None:
        self._caches = caches
        self.begin = 0
        self.end = max(cache.length for cache in caches)
        """Columns of the longest sequence."""
        layers = zip(*[cache.layers for cache in caches], strict=True)
        super().__init__(layers=[_Layer(each, self.end) for each in layers])

    def starts(self, device: torch.device) -> Tensor:
        """Each sequence's first column [sequences]."""
        return torch.tensor([self.end - cache.length for cache in self._caches], device=device)

    def advance(self, count: int) -> None:
        """Take the columns into use that a forward pass has just written."""
        for cache in self._caches:
            cache.advance(count)
