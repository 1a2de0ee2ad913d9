"""Keeps visitors' work in memory as long as somebody looks at it, within a limit.

Knows nothing of a piece of work but when it was looked at last, whether models write on it, and how large it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Looked(Protocol):
    """A piece of work."""

    looked: float
    """When somebody looked at it last, of `time.monotonic`."""

    @property
    def writing(self) -> bool:
        """Whether models write on it, or are about to: then it is not let go."""
        ...

    @property
    def tokens(self) -> int:
        """How many tokens it holds in memory."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Most:
    """What is kept."""

    seconds: float
    """How long, of what nobody looks at."""
    pieces: int
    tokens: int
    """Of all together."""


W = TypeVar("W", bound=Looked)


class Kept(Generic[W]):
    """Pieces of work in memory. Safe to use from several threads."""

    def __init__(self, most: Most) -> None:
        self._most = most
        self._pieces: dict[str, W] = {}
        self._lock = Lock()

    def find(self, key: str) -> W | None:
        """The piece of work under a key, which somebody looks at now; None where there is none."""
        with self._lock:
            return self._looked_at(key)

    def find_or_make(self, key: str, make: Callable[[], W]) -> W:
        """The piece of work under a key; a new one where there is none."""
        with self._lock:
            return self._looked_at(key) or self._put(key, make())

    def put(self, key: str, piece: W) -> None:
        """Keep a piece of work in the place of the one before."""
        with self._lock:
            self._put(key, piece)

    def pieces(self) -> list[W]:
        """All of them."""
        with self._lock:
            return list(self._pieces.values())

    def _looked_at(self, key: str) -> W | None:
        piece = self._pieces.get(key)
        if piece is not None:
            piece.looked = time.monotonic()  # so that it is not let go before whoever asked has done what it came for
        return piece

    def _put(self, key: str, piece: W) -> W:
        self._pieces.pop(key, None)
        self._let_go()
        self._pieces[key] = piece
        return piece

    def _let_go(self) -> None:
        """Let go of what nobody looks at, and of what is too much, that which was looked at last longest ago first."""
        now, tokens = time.monotonic(), sum(piece.tokens for piece in self._pieces.values())
        idle = [(piece.looked, key) for key, piece in self._pieces.items() if not piece.writing]
        for looked, key in sorted(idle):
            full = len(self._pieces) >= self._most.pieces or tokens > self._most.tokens
            if not full and now - looked <= self._most.seconds:
                return
            tokens -= self._pieces.pop(key).tokens
