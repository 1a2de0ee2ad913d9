"""Who may log in: users and their passwords, from the command line, a file or the environment. Knows no page.

A password on a command line shows in the list of processes; in a file or the environment it does not.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Final

from playground.errors import InvalidInput

VARIABLE: Final = "OFF_TRAJECTORY_AUTH"
"""USER:PASSWORD, several separated by line breaks."""
WRONG_SECONDS: Final = 1.0
"""How long an answer to a wrong password takes, one after the other."""


class Accounts:
    """Users by name. Holds no password, only what it must hash to."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` are USER:PASSWORD.

        Raises:
            InvalidInput: a line is not of this form, or a name is there twice. The line is not repeated.
        """
        self._hashes: dict[str, bytes] = {}
        self._one_by_one = asyncio.Lock()
        for line in lines:
            user, colon, password = line.strip().partition(":")
            if not (user and colon and password):
                raise InvalidInput(
                    "A user is given without a password.", "Write USER:PASSWORD, or @FILE of such lines."
                )
            if user in self._hashes:
                raise InvalidInput(f"The user {user[:40]!r} is given twice.", "Leave one of them out.")
            self._hashes[user] = _hashed(password)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def __contains__(self, user: object) -> bool:
        return user in self._hashes

    async def admit(self, user: str, password: str) -> bool:
        """Whether somebody may come in; whoever guesses waits, and so do all others who guess."""
        known = self._hashes.get(user, b"")
        if compare_digest(known, _hashed(password)):
            return True
        async with self._one_by_one:
            await asyncio.sleep(WRONG_SECONDS)
        return False


def read_accounts(given: Iterable[str]) -> Accounts:
    """The accounts of a command line, where `@FILE` stands for a file's lines, and of the environment.

    Raises:
        InvalidInput: as `Accounts`, or a file that cannot be read.
    """
    lines = list(os.environ.get(VARIABLE, "").splitlines())
    for each in given:
        lines += _lines(Path(each[1:])) if each.startswith("@") else [each]
    return Accounts(line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"{path} cannot be read.", "Give a text file of USER:PASSWORD lines.") from None


def _hashed(password: str) -> bytes:
    return sha256(password.encode()).digest()
