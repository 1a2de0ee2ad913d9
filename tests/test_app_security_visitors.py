"""The security list: what one visitor may have, and that it touches no other. Against a real server process."""

import json
from typing import Any

import pytest
from stranger import Page


@pytest.mark.parametrize(
    ("label", "value", "says"),
    [
        ("Max tokens", 10**9, "token limit"),
        ("Question", "x" * 30_000, "30,000 characters"),
        ("Model A", "/etc/passwd", "not in the list of choices"),
        ("Model A", "http://127.0.0.1:1/v1#m", "not in the list of choices"),
        ("Model A", "replay:/etc/passwd", "not in the list of choices"),
    ],
)
def test_what_is_too_much_or_not_the_operators_is_refused(served_page: str, label: str, value: Any, says: str) -> None:
    assert says in Page(served_page).act("run", {label: value})


@pytest.mark.parametrize("name", ["/etc/passwd", "http://127.0.0.1:1/v1#m", "assets/reasoners/tiny-oak-plain", "a/b"])
def test_visitors_add_no_models_unless_the_operator_allows_it(served_page: str, name: str) -> None:
    page = Page(served_page)
    assert json.loads(page.served("models", of="models").text)["open"] is False
    assert "Visitors cannot add models here" in json.loads(page.served("add", of="models", name=name).text)["error"]


def test_a_text_that_is_too_long_is_refused(served_page: str) -> None:
    assert "At most 20,000" in Page(served_page).act("say", text="x" * 20_001)


def test_half_a_character_breaks_no_session(served_page: str) -> None:
    page = Page(served_page)
    assert page.act("run", {"Question": "Half a smile \ud83d"}) == ""
    assert page.over()["question"] == "Half a smile \ufffd"
    assert page.served("rename", key=page.key, visitor=page.visitor, text="\ud83d").status == 200
    assert page.act("begin", text="\ud83d") == ""
    assert [entry["name"] for entry in json.loads(page.served("sessions", visitor=page.visitor).text)] == ["\ufffd"]
    assert "no key" in page.served("rename", key="\ud83d", visitor=page.visitor, text="x").text


def test_a_visitor_has_only_so_many_relays_at_once(served_page: str) -> None:
    pages = [Page(served_page) for _ in range(4)]
    slow = {"Model A": "endless", "How many": "399"}
    for page in pages:
        page.visitor = pages[0].visitor
    said = [page.act("run", slow) for page in pages]
    assert said[:3] == ["", "", ""]
    assert "3 of your relays" in said[3]
    for page in pages[:3]:
        page.act("stop")
        assert page.over()["ending"]["outcome"] == "stopped"


def test_no_visitor_sees_lists_or_stops_the_work_of_another(served_page: str) -> None:
    mine, other = Page(served_page), Page(served_page)
    assert mine.act("run", {"Model A": "slow", "How many": "9"}) == ""
    other.act("stop")
    assert other.look()["question"] == ""
    assert json.loads(other.served("sessions", visitor=other.visitor).text) == []
    assert mine.over()["ending"]["outcome"] == "correct"
    assert [entry["key"] for entry in json.loads(mine.served("sessions", visitor=mine.visitor).text)] == [mine.key]
