"""A loaded language model as one function: tokens in, logits out, keys and values kept. Knows no text."""

from __future__ import annotations

from threading import Lock
from typing import Any

import torch
from torch import Tensor

from playground.engine.transformers.joined_cache import JoinedCache
from playground.engine.transformers.kv_cache import KeyValueCache
from playground.engine.vendor_errors import vendor_errors
from playground.errors import EngineError


class CausalModel:
    """Wraps a causal language model of the transformers library. One forward pass runs at a time."""

    def __init__(self, vendor: Any, context_length: int) -> None:
        self._vendor: Any = vendor.eval()
        self._lock = Lock()
        self.context_length = context_length
        self.layers: int = vendor.config.get_text_config().num_hidden_layers
        self.device: torch.device = vendor.device
        self.dtype: torch.dtype = vendor.dtype
        self.column_bytes: int = self.layers * _column_size(vendor.config.get_text_config()) * self.dtype.itemsize
        """Bytes of the keys and values of one token."""

    @property
    def device_name(self) -> str:
        """The device as people call it."""
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else self.device.type

    def memory(self, on_cpu: int) -> int:
        """Bytes that a batch may take: `on_cpu`, or half of a CUDA device."""
        if self.device.type != "cuda":
            return on_cpu
        return int(torch.cuda.get_device_properties(self.device).total_memory) // 2

    def close(self) -> None:
        """Free the memory of the weights."""
        with self._lock:
            self._vendor = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def new_cache(self, rows: int = 1) -> KeyValueCache:
        return KeyValueCache(self.layers, rows)

    @torch.inference_mode()
    def forward(
        self, ids: Tensor, cache: KeyValueCache | JoinedCache, starts: Tensor | None = None, keep: int = 1
    ) -> Tensor:
        """Write `ids` [rows, tokens] after the columns of the cache; the logits [rows, keep, vocabulary] in float32.

        `keep` is for how many of the last tokens logits are wanted, 0 for all.

        `starts` [rows] is each row's first own column, None where every row begins at the cache's first one. The
        caller has reserved the columns.
        """
        count = ids.shape[1]
        place = torch.arange(cache.begin, cache.end + count, device=self.device)
        mask = None if starts is None else place >= starts[:, None]
        first = cache.begin if starts is None else starts[:, None]
        position = (place[None, -count:] - first).clamp_(min=0)
        with self._lock, vendor_errors():
            if self._vendor is None:
                raise EngineError("The model has been unloaded.", "Load it again.")
            output = self._vendor(
                input_ids=ids,
                attention_mask=mask,
                position_ids=position,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=keep,
            )
        cache.advance(count)
        logits: Tensor = output.logits
        return logits.float()

    @property
    def nbytes(self) -> int:
        """Bytes of the weights."""
        return 0 if self._vendor is None else sum(weight.nbytes for weight in self._vendor.parameters())


def _column_size(config: Any) -> int:
    """Numbers in the keys and values of one token in one layer."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    head_size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * heads * head_size)
