"""Thirty-two visitors at once: each gets its own text, all get their turns. See `tests.bench.visitors`."""

import asyncio

from tests.bench.visitors import SHOWN, growth, measure


def test_thirty_two_visitors_do_not_hear_each_other_and_take_turns() -> None:
    seen, held = asyncio.run(measure("scripted", minutes=2, relays=1))  # what is kept of sessions is soon full
    assert seen.strange == []
    assert len(seen.relays_of) == SHOWN["scripted"]
    assert max(seen.relays_of.values()) <= 3 * min(seen.relays_of.values()) + 2
    assert growth(held) < 1.2
