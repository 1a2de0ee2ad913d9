"""Who may write now: turns among visitors, budgets, and the line of those who wait."""

import threading

import pytest

from playground.app import room as rooms
from playground.app.room import Limits, Room, Visitor
from playground.errors import InvalidInput

ANN, BEN, EVE = Visitor("ann"), Visitor("ben"), Visitor("eve")


def never() -> bool:
    return False


def test_visitors_take_turns_however_many_relays_one_of_them_asks_for() -> None:
    room = Room(Limits(at_once=1, visitor_at_once=9))
    first, second, third = (room.enter(ANN) for _ in range(3))
    other = room.enter(BEN)
    assert [place.before for place in (first, second, third, other)] == [None, 1, 2, 0]
    first.leave()
    assert [place.before for place in (second, third, other)] == [0, 1, None]


def test_whoever_waits_comes_in_when_somebody_leaves() -> None:
    room = Room(Limits(at_once=1))
    writing, waiting = room.enter(ANN), room.enter(BEN)
    came: list[bool] = []
    thread = threading.Thread(target=lambda: came.append(waiting.wait(never)))
    thread.start()
    writing.leave()
    thread.join(timeout=10)
    assert came == [True]


def test_whoever_is_stopped_while_waiting_does_not_come_in() -> None:
    room = Room(Limits(at_once=1))
    room.enter(ANN)
    with room.enter(BEN) as waiting:
        assert not waiting.wait(lambda: True)
    assert room.enter(EVE).before == 0


def test_one_visitor_has_so_many_relays_and_another_is_not_touched_by_it() -> None:
    room = Room(Limits(visitor_at_once=2))
    held = [room.enter(ANN) for _ in range(2)]
    with pytest.raises(InvalidInput, match="2 of your relays"):
        room.enter(ANN)
    room.enter(BEN)
    held[0].leave()
    room.enter(ANN)


def test_relays_and_comparisons_have_places_of_their_own_and_one_budget() -> None:
    room = Room(Limits(at_once=1, comparisons_at_once=1, visitor_at_once=1, tokens_per_hour=100))
    relay, comparison = room.enter(ANN), room.enter(ANN, "comparison")
    assert (relay.before, comparison.before) == (None, None)
    for kind, says in (("relay", "One of your relays is"), ("comparison", "One of your comparisons is")):
        with pytest.raises(InvalidInput, match=says):
            room.enter(ANN, kind)
    assert relay.spend(60) == ""
    assert "The 100 tokens of this hour are spent" in comparison.spend(60)
    relay.leave()
    with pytest.raises(InvalidInput, match="are spent"):
        room.enter(ANN)


def test_whoever_has_a_comparison_comes_in_behind_somebody_who_has_nothing() -> None:
    room = Room(Limits(at_once=1))
    room.enter(EVE)
    room.enter(ANN, "comparison")
    second, first = room.enter(ANN), room.enter(BEN)
    assert (first.before, second.before) == (0, 1)


def test_a_full_line_refuses() -> None:
    room = Room(Limits(at_once=1, waiting=1))
    room.enter(ANN)
    room.enter(BEN)
    with pytest.raises(InvalidInput, match="1 other is already waiting"):
        room.enter(EVE)


def test_a_spent_budget_ends_the_relay_and_refuses_the_next_until_the_hour_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room(Limits(tokens_per_hour=100))
    with room.enter(ANN) as place:
        assert place.spend(99) == ""
        assert "The 100 tokens of this hour are spent" in place.spend(1)
    with pytest.raises(InvalidInput, match="Try again in 60 minutes"):
        room.enter(ANN)
    room.enter(BEN)
    monkeypatch.setattr(rooms, "HOUR", -1.0)
    room.enter(ANN)


def test_a_visitor_who_makes_up_new_names_is_still_at_one_address() -> None:
    room = Room(Limits(visitor_at_once=1))
    for number in range(rooms.VISITORS_AT_AN_ADDRESS):
        room.enter(Visitor(f"name {number}", "192.0.2.7"))
    with pytest.raises(InvalidInput, match="8 of your relays"):
        room.enter(Visitor("another name", "192.0.2.7"))
    room.enter(Visitor("another name", "192.0.2.8"))


def test_nothing_is_kept_of_visitors_who_have_left() -> None:
    room = Room()
    for number in range(1000):
        room.enter(Visitor(str(number))).leave()
    room.enter(ANN)
    assert len(room._accounts) == 1


@pytest.mark.parametrize("limits", [{"at_once": 0}, {"tokens_per_hour": 0}, {"waiting": -1}])
def test_a_limit_that_lets_nobody_write_is_refused(limits: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match="less than one"):
        Limits(**limits)
