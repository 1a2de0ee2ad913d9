"""Keeps the keys and values of recent sequences, to prefill only what is new in a prompt.

A sequence is taken out while a request writes on it and given back afterwards, so requests beside each other never
share one. Knows no model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from playground.engine.transformers.kv_cache import KeyValueCache

SEQUENCES = 4
"""How many sequences are kept: as many as people usually compare side by side."""


@dataclass(slots=True, kw_only=True)
class KeptSequence:
    """Tokens and the cache that holds them: `ids` are exactly the columns in use."""

    cache: KeyValueCache
    ids: list[int] = field(default_factory=list)

    def cut(self, length: int) -> None:
        self.cache.cut(length)
        del self.ids[length:]


class PrefixCache:
    """The last sequences, the most recent one last."""

    def __init__(self, layers: int, budget_bytes: int) -> None:
        self._layers = layers
        self._budget = budget_bytes
        self._sequences: list[KeptSequence] = []
        self._lock = Lock()

    def take(self, ids: list[int]) -> KeptSequence:
        """A sequence that holds the longest known beginning of `ids`, at least one token short of all of them.

        A kept sequence that would lose more than it keeps stays as it is, and what it shares is copied.
        """
        with self._lock:
            shared = [(common_prefix(sequence.ids, ids), sequence) for sequence in self._sequences]
            length, best = max(shared, key=lambda pair: pair[0], default=(0, None))
            length = min(length, len(ids) - 1)
            if best is None or length < 1:
                return KeptSequence(cache=KeyValueCache(self._layers))
            if 2 * length < len(best.ids):
                return KeptSequence(cache=best.cache.copy(length), ids=ids[:length])
            self._sequences = [sequence for sequence in self._sequences if sequence is not best]
        best.cut(length)
        return best

    def give(self, sequence: KeptSequence) -> None:
        """Keep a sequence; the ones used longest ago go when there are too many, or their memory is too much."""
        if not sequence.ids:  # closed before anything was written: nothing is worth another one's place
            return
        with self._lock:
            self._sequences.append(sequence)
            del self._sequences[:-SEQUENCES]
            while len(self._sequences) > 1 and sum(each.cache.nbytes for each in self._sequences) > self._budget:
                del self._sequences[0]

    def clear(self) -> None:
        with self._lock:
            self._sequences.clear()


def common_prefix(left: list[int], right: list[int]) -> int:
    """The number of tokens that two sequences begin with alike."""
    length = 0
    for ours, theirs in zip(left, right, strict=False):
        if ours != theirs:
            break
        length += 1
    return length
