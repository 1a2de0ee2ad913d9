"""Decides whose relay or comparison may run now: so many at once, by turns among visitors, within budgets.

Knows no model. A visitor is named by a key that its browser made up, and anybody can make up another; so what comes
from one network address is limited as well, at a multiple of a visitor's share.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Final, Literal, NamedTuple, Self

from playground.errors import InvalidInput

HOUR: Final = 3600.0
VISITORS_AT_AN_ADDRESS: Final = 8
"""So many visitors' share for all that come from one address."""
_LOOK_SECONDS: Final = 0.2
_ENTRY_SECONDS: Final = 10.0

Kind = Literal["relay", "comparison"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What visitors may have of the machine."""

    at_once: int = 16
    """Relays that write; further ones wait."""
    comparisons_at_once: int = 2
    """Comparisons that are drawn; further ones wait."""
    waiting: int = 64
    """Relays that wait, and comparisons as well; further ones are refused."""
    visitor_at_once: int = 3
    """Relays of one visitor that write or wait; beside them it has one comparison."""
    tokens_per_hour: int = 1_000_000
    """Of one visitor, for all that it does."""

    def __post_init__(self) -> None:
        least = min(self.at_once, self.comparisons_at_once, self.visitor_at_once, self.tokens_per_hour)
        if least < 1 or self.waiting < 0:
            raise InvalidInput("A limit is less than one.", "Leave it out for the default.")

    def places(self, kind: Kind) -> int:
        """How many of a kind write at once."""
        return self.at_once if kind == "relay" else self.comparisons_at_once

    def of_visitor(self, kind: Kind) -> int:
        """How many of a kind are one visitor's."""
        return self.visitor_at_once if kind == "relay" else 1


class Visitor(NamedTuple):
    """Somebody with a page."""

    key: str
    address: str = ""
    """Where it is in the network; empty on this machine."""


@dataclass(slots=True, eq=False)
class _Account:
    """What one name has had."""

    share: int
    """How many visitors it stands for."""
    served: int = 0
    """When it came in last, as a number that grows."""
    spent: deque[tuple[float, int]] = field(default_factory=deque)
    """When so many tokens were written, within the last hour."""
    total: int = 0

    def spend(self, tokens: int, now: float) -> None:
        """Tokens of so many seconds are kept as one entry."""
        if self.spent and now - self.spent[-1][0] < _ENTRY_SECONDS:
            self.spent[-1] = (self.spent[-1][0], self.spent[-1][1] + tokens)
        else:
            self.spent.append((now, tokens))
        self.total += tokens

    def forget(self, now: float) -> None:
        while self.spent and now - self.spent[0][0] > HOUR:
            self.total -= self.spent.popleft()[1]


class Room:
    """Places for relays and comparisons. Safe to use from several threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._changed = Condition()
        self._writing: set[Place] = set()
        self._waiting: list[Place] = []
        self._accounts: dict[str, _Account] = {}
        self._turn = 0

    def enter(self, visitor: Visitor, kind: Kind = "relay") -> Place:
        """A place in the queue; whoever has it waits until it may write, and leaves.

        Raises:
            InvalidInput: too many wait already, too many are this visitor's, or its budget for the hour is spent.
        """
        with self._changed:
            self._forget()
            waiting = sum(place.kind == kind for place in self._waiting)
            if waiting >= self.limits.waiting and not self._has_room(kind):
                raise InvalidInput(f"{_others(waiting)} already waiting.", "Try again in a minute.")
            accounts = self._of(visitor)
            for account in accounts:
                self._check(account, kind)
            place = Place(self, accounts, kind)
            self._waiting.append(place)
            self._let_in()
            return place

    @contextmanager
    def free_place(self, visitor: Visitor) -> Iterator[Place]:
        """A relay's place that is free now, for what is too short to wait for.

        Raises:
            InvalidInput: as `enter`; or there is none.
        """
        with self.enter(visitor) as place:
            if place.before is not None:
                raise InvalidInput(f"{_others(self.limits.at_once)} writing just now.", "Try again in a minute.")
            yield place

    def _of(self, visitor: Visitor) -> list[_Account]:
        names = {f"visitor {visitor.key}": 1}
        if visitor.address:
            names[f"address {visitor.address}"] = VISITORS_AT_AN_ADDRESS
        return [self._accounts.setdefault(name, _Account(share)) for name, share in names.items()]

    def _check(self, account: _Account, kind: Kind) -> None:
        held = sum(place.kind == kind and account in place.accounts for place in (*self._writing, *self._waiting))
        if held >= self.limits.of_visitor(kind) * account.share:
            yours = f"{held} of your {kind}s are" if held > 1 else f"One of your {kind}s is"
            raise InvalidInput(f"{yours} already writing or waiting.", "Stop one, or wait for it.")
        if account.total >= self.limits.tokens_per_hour * account.share:
            minutes = max(1, round((HOUR - (time.monotonic() - account.spent[0][0])) / 60))
            raise InvalidInput(_spent(self.limits.tokens_per_hour), f"Try again in {minutes} minutes.")

    def _has_room(self, kind: Kind) -> bool:
        return sum(place.kind == kind for place in self._writing) < self.limits.places(kind)

    def _let_in(self) -> None:
        """Let those who wait come in, as far as there is room."""
        while place := next((place for place in self._line() if self._has_room(place.kind)), None):
            self._waiting.remove(place)
            self._writing.add(place)
            self._turn += 1
            place.visitor.served = self._turn
        self._changed.notify_all()

    def _line(self) -> list[Place]:
        """Those who wait, in the order in which they come in: whose visitor has least, then was served earliest."""
        ahead = Counter(place.visitor for place in self._writing)
        order: list[tuple[tuple[int, int, int], Place]] = []
        for number, place in enumerate(self._waiting):
            order.append(((ahead[place.visitor], place.visitor.served, number), place))
            ahead[place.visitor] += 1
        return [place for _, place in sorted(order, key=lambda entry: entry[0])]

    def _forget(self) -> None:
        """Let go of what is older than an hour."""
        now = time.monotonic()
        here = {account for place in (*self._writing, *self._waiting) for account in place.accounts}
        for name, account in list(self._accounts.items()):
            account.forget(now)
            if account not in here and not account.spent:
                del self._accounts[name]


class Place:
    """A place of a relay or a comparison: first in the line, then among those that write."""

    def __init__(self, room: Room, accounts: list[_Account], kind: Kind) -> None:
        """Made by `Room.enter`."""
        self.kind = kind
        self.accounts = accounts
        self._room = room

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    @property
    def visitor(self) -> _Account:
        """Whose turn it is when this place comes in."""
        return self.accounts[0]

    @property
    def before(self) -> int | None:
        """How many of its kind come in before this one; None where it is in."""
        with self._room._changed:
            line = [place for place in self._room._line() if place.kind == self.kind]
            return line.index(self) if self in line else None

    def wait(self, stopped: Callable[[], bool]) -> bool:
        """Whether it has come in; not where it was stopped first."""
        room = self._room
        with room._changed:
            while self not in room._writing:
                if stopped():
                    return False
                room._changed.wait(_LOOK_SECONDS)
            return True

    def spend(self, tokens: int) -> str:
        """Count what was written; returns why no more may be, or nothing."""
        room = self._room
        with room._changed:
            now = time.monotonic()
            for account in self.accounts:
                account.spend(tokens, now)
                account.forget(now)
            most = room.limits.tokens_per_hour
            spent = any(account.total >= most * account.share for account in self.accounts)
            return _spent(most) if spent else ""

    def spend_or_end(self, tokens: int) -> None:
        """Count what was written.

        Raises:
            InvalidInput: no more may be.
        """
        if spent := self.spend(tokens):
            raise InvalidInput(spent, "Try again in an hour.")

    def leave(self) -> None:
        """Let the next one in."""
        room = self._room
        with room._changed:
            room._writing.discard(self)
            if self in room._waiting:
                room._waiting.remove(self)
            room._let_in()


def _others(count: int) -> str:
    return "1 other is" if count == 1 else f"{count} others are"


def _spent(tokens: int) -> str:
    return f"The {tokens:,} tokens of this hour are spent."
