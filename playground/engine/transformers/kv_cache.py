"""Keys and values of a batch in buffers that are written in place.

All rows end at the same column, and a row that is shorter than another begins later (left padding), so one number, the
first column of its own, says all about a row. Cutting a sequence back costs nothing, appending to it copies nothing,
and a row moves without touching the others. Columns before `begin` and from `end` on are free. Knows no token.
"""

from __future__ import annotations

from typing import Any, Self

import torch
from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin

_SPARE = 64  # columns


class _Columns:
    """Which columns of the buffers are in use; the layers of a cache share one."""

    def __init__(self) -> None:
        self.begin = 0
        self.end = 0
        self.capacity = 0
        self.rows = 0


class _Layer(CacheLayerMixin):  # type: ignore[misc]
    """The keys and values of one layer: [rows, heads, columns, head size]."""

    is_sliding = False  # a window is applied by the mask: nothing that may be needed after a cut is thrown away

    def __init__(self, columns: _Columns) -> None:
        super().__init__()
        self._columns = columns

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        self.keys = self._buffer(key_states, self._columns.rows)
        self.values = self._buffer(value_states, self._columns.rows)
        self.is_initialized = True

    def _buffer(self, states: Tensor, rows: int) -> Tensor:
        return states.new_zeros((max(rows, states.shape[0]), states.shape[1], self._columns.capacity, states.shape[3]))

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        rows, end = key_states.shape[0], self._columns.end + key_states.shape[2]
        self.keys[:rows, :, self._columns.end : end] = key_states
        self.values[:rows, :, self._columns.end : end] = value_states
        begin = self._columns.begin
        return self.keys[:rows, :, begin:end], self.values[:rows, :, begin:end]

    def get_seq_length(self) -> int:
        return self._columns.end - self._columns.begin

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.get_seq_length() + query_length, 0

    def get_max_length(self) -> int:
        return -1

    def relocate(self, offset: int, capacity: int) -> None:
        """Put the used columns at `offset` in buffers of another size."""
        if not self.is_initialized:
            return
        begin, end = self._columns.begin, self._columns.end
        for name in ("keys", "values"):
            old = getattr(self, name)
            new = old.new_zeros((*old.shape[:2], capacity, old.shape[3]))
            new[:, :, offset : offset + end - begin] = old[:, :, begin:end]
            setattr(self, name, new)


class KeyValueCache(Cache):  # type: ignore[misc]
    """A cache of the transformers library for models whose layers all attend to the whole sequence or a window."""

    def __init__(self, layers: int, rows: int = 1) -> None:
        self._columns = _Columns()
        self._columns.rows = rows
        super().__init__(layers=[_Layer(self._columns) for _ in range(layers)])

    @property
    def begin(self) -> int:
        return self._columns.begin

    @property
    def end(self) -> int:
        return self._columns.end

    @property
    def length(self) -> int:
        """Columns in use."""
        return self._columns.end - self._columns.begin

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers."""
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in self.layers if layer.is_initialized)

    @torch.inference_mode()
    def reserve(self, count: int, width: int = 0) -> int:
        """Make room for `count` more columns, and for rows of `width` columns that end where all rows end.

        Returns by how much the used columns moved to the right; negative if to the left.
        """
        columns = self._columns
        if columns.end + count <= columns.capacity and columns.end >= width:
            return 0
        begin, length = columns.begin, self.length
        offset = max(0, width - length)
        capacity = max(offset + length + count + _SPARE, min(columns.capacity, 2 * (offset + length)), 2 * length)
        for layer in self.layers:
            layer.relocate(offset, capacity)
        columns.begin, columns.end, columns.capacity = offset, offset + length, capacity
        return offset - begin

    def advance(self, count: int) -> None:
        """Take the columns into use that a forward pass has just written."""
        self._columns.end += count

    def begin_at(self, column: int) -> None:
        """Let the used columns begin at `column`, the first one of the longest row."""
        self._columns.begin = column

    def cut(self, length: int) -> None:
        """Keep the first `length` columns."""
        self._columns.end = self._columns.begin + length

    @torch.inference_mode()
    def copy(self, length: int) -> Self:
        """The first `length` columns as a cache of its own."""
        other = type(self)(len(self.layers), self._columns.rows)
        other.reserve(length + _SPARE)
        used = slice(self.begin, self.begin + length)
        for mine, its in zip(self.layers, other.layers, strict=True):
            its.lazy_initialization(mine.keys, mine.values)
            its.keys[:, :, :length] = mine.keys[:, :, used]
            its.values[:, :, :length] = mine.values[:, :, used]
        other.advance(length)
        return other

    @torch.inference_mode()
    def move_row(self, source: int, target: int) -> None:
        """Put a row in another's place."""
        used = slice(self.begin, self.end)
        for layer in self.layers:
            layer.keys[target, :, used] = layer.keys[source, :, used]
            layer.values[target, :, used] = layer.values[source, :, used]

    @torch.inference_mode()
    def put_row(self, row: int, other: KeyValueCache, its_row: int, length: int) -> None:
        """Take the last `length` columns of a row of another cache as the end of a row."""
        here, there = slice(self.end - length, self.end), slice(other.end - length, other.end)
        for mine, its in zip(self.layers, other.layers, strict=True):
            if not mine.is_initialized:
                mine.lazy_initialization(its.keys, its.values)
            mine.keys[row, :, here] = its.keys[its_row, :, there]
            mine.values[row, :, here] = its.values[its_row, :, there]
