"""The page in a real browser, served by a real process, with models whose text is known."""

import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from page_server import HOSTILE
from playwright.sync_api import Browser, Page, expect
from visitor import OVER, address, browser, log, page, record, run, set_up, text_on, wait_for_stream

__all__ = ["address", "browser", "log", "page"]


def test_a_hand_over_shows_both_writers_and_the_exact_text(page: Page) -> None:
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)
    saved = record(page)
    assert text_on(page) == "".join(segment["text"] for segment in saved["segments"])
    assert {segment["author"]["name"] for segment in saved["segments"]} == {"quick", "other-tags"}
    assert "B takes over" in page.locator(".line.turn").inner_text()
    assert page.locator(".step.writer-A").count() == 2
    assert page.locator(".step.writer-B.answer").count() >= 1


def test_backtracking_and_candidates_stand_in_the_margin(page: Page) -> None:
    set_up(page, "quick", "quick")
    run(page)
    page.wait_for_selector(OVER)
    assert "backtrack" in page.locator(".mark.backtrack").first.inner_text()
    assert "27 ✓" in page.locator(".answer .candidate").inner_text()
    assert "Correct" in page.locator(".ending").inner_text()


def test_writers_are_told_apart_without_colour(page: Page) -> None:
    set_up(page, "quick", "quick")
    run(page)
    page.wait_for_selector(OVER)
    pattern = "bar => getComputedStyle(bar).backgroundImage"
    assert page.locator(".step.writer-A .bar").first.evaluate(pattern) == "none"
    assert "repeating-linear-gradient" in page.locator(".step.writer-B .bar").first.evaluate(pattern)
    assert page.get_by_role("img", name="written by B, quick").count() >= 1


def test_stop_closes_the_stream_and_keeps_the_text(page: Page, log: Path) -> None:
    set_up(page, "endless", "quick", rule="399")
    before = log.read_text(encoding="utf-8")
    run(page)
    page.locator(".step").nth(3).wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector(OVER)
    assert wait_for_stream(log, "endless", before) < 1000
    assert "Stopped" in page.locator(".ending").inner_text()
    assert text_on(page) == record(page)["segments"][0]["text"] != ""


def test_leaving_closes_the_stream(browser: Browser, address: str, log: Path) -> None:
    visitor = browser.new_page()
    visitor.goto(address)
    visitor.wait_for_selector("#run")
    set_up(visitor, "endless", "quick", rule="399")
    before = log.read_text(encoding="utf-8")
    run(visitor)
    visitor.locator(".step").nth(3).wait_for()
    visitor.close()
    assert wait_for_stream(log, "endless", before) < 2500


def test_one_visitor_does_not_stop_another(page: Page, browser: Browser, address: str) -> None:
    set_up(page, "slow", "quick", rule="9")
    run(page)
    page.locator(".step").nth(1).wait_for()
    other = browser.new_page()
    other.goto(address)
    other.wait_for_selector("#run")
    set_up(other, "endless", "quick", rule="399")
    run(other)
    other.locator(".step").nth(1).wait_for()
    other.locator("#stop").dispatch_event("click")
    other.wait_for_selector(OVER)
    other.close()
    page.wait_for_selector(OVER)
    assert "Correct" in page.locator(".ending").inner_text()


def test_hand_over_in_mid_stream_between_two_families(page: Page) -> None:
    set_up(page, "endless", "other-tags", rule="399")
    run(page)
    page.locator(".step").nth(1).wait_for()
    page.locator("#hand-over").dispatch_event("click")
    page.wait_for_selector(OVER)
    assert "because you handed over" in page.locator(".line.turn").inner_text()
    assert [segment["author"]["name"] for segment in record(page)["segments"]] == [
        "endless",
        "other-tags",
        "other-tags",
    ]


def test_hostile_text_stays_text(page: Page) -> None:
    set_up(page, "hostile", "hostile", rule="1")
    page.get_by_label("Question", exact=True).last.fill(HOSTILE)
    page.get_by_label("Correct answer").fill("")
    run(page)
    page.wait_for_selector(OVER)
    assert page.locator(".question").inner_text() == HOSTILE
    assert text_on(page).count(HOSTILE) >= 2
    assert page.evaluate("window.hacked") is None
    assert page.locator(".trace img, .trace script, .trace strong").count() == 0


def test_a_bad_rule_is_said_in_one_line_and_costs_nothing_written(page: Page) -> None:
    set_up(page, "quick", "quick")
    run(page)
    page.wait_for_selector(OVER)
    written = text_on(page)
    page.get_by_label("How many").fill("${window.hacked=1} zero")
    run(page)
    expect(page.locator(".notice")).to_contain_text("is not a hand-over rule")
    assert page.evaluate("window.hacked") is None
    assert text_on(page) == written


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("Question", " ", "The question is empty."), ("Thinking budget", "1.5", "is not a whole number")],
)
def test_a_bad_field_is_said_in_one_line(page: Page, field: str, value: str, says: str) -> None:
    page.get_by_label(field, exact=True).last.fill(value)
    run(page)
    expect(page.locator(".notice")).to_contain_text(says)


def test_a_model_that_cannot_run_says_why(page: Page) -> None:
    page.get_by_label("Model A", exact=True).click()
    page.get_by_role("option", name="away").click()
    run(page)
    expect(page.locator(".notice")).to_contain_text("no config.json")


@pytest.mark.parametrize(("model", "says"), [("narrow", "context holds 12"), ("broken", "cannot be read")])
def test_a_model_that_fails_ends_the_trace_with_the_reason(page: Page, model: str, says: str) -> None:
    set_up(page, "quick", model)
    run(page)
    page.wait_for_selector(OVER)
    assert says in page.locator(".ending").inner_text()
    assert text_on(page) == "".join(segment["text"] for segment in record(page)["segments"])


def test_taking_turns(page: Page) -> None:
    set_up(page, "quick", "other-tags")
    page.get_by_label("taking turns").check()
    page.get_by_label("Turns, in steps").fill("A:1,B:1")
    run(page)
    page.wait_for_selector(OVER)
    assert page.locator(".line.turn").count() >= 2


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_request_from_elsewhere_is_refused(address: str, headers: dict[str, str]) -> None:
    with pytest.raises(HTTPError, match="403"):
        urlopen(Request(address, headers=headers), timeout=30)


def test_the_api_is_closed(address: str) -> None:
    answer = json.load(urlopen(f"{address}/gradio_api/info", timeout=30))
    assert answer["named_endpoints"] == {}
    assert answer["unnamed_endpoints"] == {}


def test_where_there_is_no_run_the_page_says_how_to_make_one(page: Page, address: str) -> None:
    page.goto(f"{address}/runs")
    expect(page.locator(".empty-page:visible")).to_contain_text(
        "python -m evaluator.full --preset tiny --output-dir runs/tiny"
    )
