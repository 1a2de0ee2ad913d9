"""The page in a real browser, served by a real process, with models whose text is known."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from browser import chromium, chromium_path, free_port, server
from page_server import HOSTILE
from playwright.sync_api import Browser, Page, expect

TIMEOUT = 60_000
OVER = '.trace[data-status="over"]'

if chromium_path() is None and os.environ.get("CI") != "true":
    pytest.skip("chromium is not installed: apt-get install chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's engines say that a stream has ended."""
    path = tmp_path_factory.mktemp("server") / "streams.log"
    path.touch()
    return path


@pytest.fixture(scope="module")
def address(log: Path) -> Iterator[str]:
    port = free_port()
    with server("tests/page_server.py", str(port), str(log), port=port) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page as a new visitor opens it; nothing but its own origin may be contacted, and no script may fail."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT)
    opened = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("#run")
    yield opened
    context.close()
    strangers = {url for url in asked if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(address)}
    assert not strangers
    assert not errors


def choose(page: Page, label: str, name: str) -> None:
    box = page.get_by_label(label, exact=True)
    if box.input_value() != name:
        box.click()
        page.get_by_role("option", name=name).first.click()
    expect(box).to_have_value(name)


def set_up(page: Page, first: str, second: str, rule: str = "2") -> None:
    choose(page, "Model A", first)
    choose(page, "Model B", second)
    page.get_by_label("How many, or which").fill(rule)


def run(page: Page) -> None:
    page.click("#run")


def text_on(page: Page) -> str:
    return "".join(page.locator(".step .text").evaluate_all("all => all.map(text => text.textContent)"))


def record(page: Page) -> dict:
    with page.expect_download() as download:
        page.click("text=Download JSON")
    return json.loads(Path(download.value.path()).read_text(encoding="utf-8"))


def wait_for_stream(log: Path, model: str, before: str) -> int:
    """How much of a stream was read when it was closed."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8")[len(before) :].splitlines():
            if line.startswith(model):
                return int(line.split()[1])
        time.sleep(0.1)
    raise AssertionError(f"no stream of {model} was closed")


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


def test_hand_over_now(page: Page) -> None:
    set_up(page, "endless", "quick", rule="399")
    run(page)
    page.locator(".step").nth(1).wait_for()
    page.locator("#hand-over").dispatch_event("click")
    page.wait_for_selector(OVER)
    assert "because you handed over" in page.locator(".line.turn").inner_text()
    assert [segment["author"]["name"] for segment in record(page)["segments"]] == ["endless", "quick", "quick"]


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
    page.get_by_label("How many, or which").fill("${window.hacked=1} zero")
    run(page)
    expect(page.locator(".notice")).to_contain_text("is no hand-over rule")
    assert page.evaluate("window.hacked") is None
    assert text_on(page) == written


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("Question", " ", "The question is empty."), ("Correct answer", "many", "is not an integer")],
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
