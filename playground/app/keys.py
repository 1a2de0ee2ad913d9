"""The secret keys that name visitors and their sessions: as good as passwords, and told nobody else."""

from __future__ import annotations

from uuid import uuid4

from playground.errors import InvalidInput

LONGEST_KEY = 64


def check_key(key: str, visitor: str = "") -> None:
    """Refuse what no page has made.

    Raises:
        InvalidInput: no key, or one that is too long.
    """
    if not key or max(len(key), len(visitor)) > LONGEST_KEY or not (key + visitor).isascii():
        raise InvalidInput("The page has no key.", "Load it again.")


def new_key() -> str:
    """A key that nobody has and nobody can guess."""
    return str(uuid4())
