"""Who may log in: users and their passwords, from the command line, a file or the environment. Knows no page.

A password on a command line shows in the list of processes; in a file or the environment it does not.

Whoever guesses gets one answer a second at a network address, however many passwords it tries at once; nobody at
another address waits for that.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final

from playground.app.network.origin import asking
from playground.errors import InvalidInput

VARIABLE: Final = "OFF_TRAJECTORY_AUTH"
"""USER:PASSWORD, several separated by line breaks."""
WRONG_SECONDS: Final = 1.0
"""How long an answer to a wrong password takes."""
MOST_WAITING: Final = 20
"""Passwords from one address that are looked at in their turn; further ones are refused unseen."""


class Accounts:
    """Users by name. Holds no password, only what it must hash to."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` are USER:PASSWORD.

        Raises:
            InvalidInput: a line is not of this form, or a name is there twice. The line is not repeated.
        """
        self._hashes: dict[str, bytes] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._trying: Counter[str] = Counter()
        for line in lines:
            name, _, password = line.strip().partition(":")
            user = name.strip()
            if not (user and password):
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
        """Whether somebody may come in; a right password also waits for the wrong ones before it from its address."""
        where = _network(asking.get())
        if self._trying[where] >= MOST_WAITING:
            return False
        self._trying[where] += 1
        try:
            async with self._turns.setdefault(where, asyncio.Lock()):
                right = compare_digest(self._hashes.get(user, b""), _hashed(password))
                await asyncio.sleep(0 if right else WRONG_SECONDS)
                return right
        finally:
            self._trying[where] -= 1
            if not self._trying[where]:
                del self._trying[where], self._turns[where]


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


def _network(address: str) -> str:
    """Where the addresses lie that one machine can choose from: with IPv6 those of a network of 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def _hashed(password: str) -> bytes:
    return sha256(password.encode()).digest()
