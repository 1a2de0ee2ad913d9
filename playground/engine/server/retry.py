"""Decides how long a request is tried again: pauses that double, with jitter, within a budget. Sends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import random

from playground.errors import ServerError

LONGEST_PAUSE = 30.0
"""Seconds; a server that asks for more gets it, if the budget allows."""


class Patience:
    """What one request may still wait; its budget is counted from its first fault."""

    def __init__(self, budget: float, first_pause: float, draw: Callable[[], float] = random) -> None:
        """`budget` and `first_pause` are seconds; `draw` gives numbers in [0, 1)."""
        self._budget = budget
        self._end: float | None = None
        self._pause = first_pause
        self._draw = draw
        self.tries = 1

    def pause(self, error: ServerError) -> float:
        """Seconds to wait before the request is tried again.

        Raises:
            ServerError: it makes no sense to try again, or the budget does not reach so far.
        """
        if self._end is None:
            self._end = time.monotonic() + self._budget
        seconds = self._pause * (0.5 + self._draw() / 2)
        if error.retry_after is not None:
            seconds = max(seconds, error.retry_after)
        if not error.transient or time.monotonic() + seconds > self._end:
            raise error if self.tries == 1 else _after_tries(error, self.tries)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self.tries += 1
        return seconds

    def excuse(self, seconds: float) -> None:
        """Take these seconds for none of the budget: the request waited for others, not for the server."""
        if self._end is not None:
            self._end += seconds


def _after_tries(error: ServerError, tries: int) -> ServerError:
    problem = f"{error.problem} (tried {tries} times)"
    return ServerError(error.server, error.kind, problem, retry_after=error.retry_after)


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date; None where it says neither."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        due = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    due = due if due.tzinfo else due.replace(tzinfo=UTC)
    return max(0.0, (due - (now or datetime.now(UTC))).total_seconds())
