"""Outcomes in a real browser: progress, a stop that stops, samples that open on the relay page, files."""

import csv
import re
from pathlib import Path

import pytest
from page_server import HOSTILE
from playwright.sync_api import Page, expect
from visitor import OVER, address, browser, choose, log, page, record, run, set_up, text_on, wait_for_stream

__all__ = ["address", "browser", "log", "page"]
DONE = '.outcomes[data-status="finished"]'


@pytest.fixture
def outcomes(page: Page, address: str) -> Page:
    page.goto(f"{address}/outcomes")
    page.wait_for_selector("#run")
    return page


def ask(page: Page, first: str, second: str, n: int = 2) -> None:
    choose(page, "Model A", first)
    choose(page, "Model B", second)
    page.get_by_label(re.compile("Samples of each")).fill(str(n))


def row(page: Page, number: int) -> str:
    return page.locator(".arms tbody tr").nth(number).inner_text()


def saved(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    return list(csv.DictReader(Path(download.value.path()).open(encoding="utf-8")))


def test_each_arm_has_a_row_and_its_samples_open_in_relay(outcomes: Page) -> None:
    ask(outcomes, "quick", "other-tags", n=3)
    run(outcomes)
    outcomes.wait_for_selector(DONE)
    assert outcomes.locator(".arms tbody tr").count() == 4
    assert "A → B" in row(outcomes, 2)
    assert "[44, 100]" in row(outcomes, 2)
    rows = saved(outcomes)
    assert [line["arm"] for line in rows] == [arm for arm in ("A", "B", "A-B", "B-A") for _ in range(3)]
    outcomes.locator(".pick").nth(2).click()
    expect(outcomes.locator(".sample")).to_have_count(3)
    outcomes.locator(".sample button").nth(1).click()
    outcomes.wait_for_selector(OVER)
    assert text_on(outcomes) == rows[7]["text"]
    assert {segment["author"]["name"] for segment in record(outcomes)["segments"]} == {"quick", "other-tags"}
    outcomes.get_by_role("link", name="Outcomes").click()
    outcomes.wait_for_selector(DONE)  # the samples are still there


def test_progress_is_told_and_stop_ends_the_batch(outcomes: Page, log: Path) -> None:
    ask(outcomes, "quick", "endless")
    before = log.read_text(encoding="utf-8")
    run(outcomes)
    expect(outcomes.locator(".outcomes")).to_have_attribute("data-status", "drawing")
    expect(outcomes.locator(".state")).to_contain_text("2 of 8 samples")  # those of the quick one
    expect(outcomes.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "2")
    expect(outcomes.locator("#run")).to_be_disabled()
    outcomes.click("#stop")
    expect(outcomes.locator(".state")).to_contain_text("Stopped at 2 of 8 samples", timeout=5_000)
    assert wait_for_stream(log, "endless", before) < 6
    expect(outcomes.locator("#run")).to_be_enabled()
    assert [line["arm"] for line in saved(outcomes)] == ["A", "A"]


def test_a_cut_of_a_relay_goes_on_with_and_without_its_steer(page: Page) -> None:
    page.get_by_label("tier 2", exact=True).check()
    expect(page.get_by_role("combobox", name="Question")).to_have_value(re.compile("^t2-0001"))
    gold = page.get_by_label("Correct answer").input_value()
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)
    page.locator(".step").first.click()
    page.get_by_role("button", name="Distract", exact=True).click()
    page.locator(".step.writer-S").first.wait_for(state="attached")
    page.wait_for_selector(OVER)
    page.locator(".step.writer-S").last.click()
    page.get_by_role("button", name="×n outcomes").click()
    kept = page.locator(".from .kept")
    expect(kept).to_contain_text("Wait. Let me think.")
    expect(page.get_by_label("Model B", exact=True)).to_have_value("other-tags")
    expect(page.get_by_role("combobox", name="Question", include_hidden=True)).to_have_value(re.compile("^t2-0001"))
    expect(page.get_by_label("Correct answer")).to_have_value(gold)
    begun = kept.text_content() or ""
    page.get_by_label(re.compile("Samples of each")).fill("2")
    run(page)
    page.wait_for_selector(DONE)
    assert page.locator(".arms tbody tr").count() == 8
    assert "after the steer" in row(page, 1)
    page.locator(".pick").nth(1).click()
    page.locator(".sample button").first.click()
    page.wait_for_selector(OVER)
    assert text_on(page).startswith(begun)
    assert text_on(page) != begun


def test_what_a_model_writes_stays_text(outcomes: Page) -> None:
    ask(outcomes, "hostile", "hostile")
    outcomes.get_by_label("Question", exact=True).last.fill(HOSTILE)
    run(outcomes)
    outcomes.wait_for_selector(DONE)
    outcomes.locator(".pick").first.click()
    expect(outcomes.locator(".sample")).to_have_count(2)
    assert HOSTILE[-40:] in outcomes.locator(".sample .end").first.inner_text()
    assert outcomes.locator(".drawn .question").inner_text() == HOSTILE
    assert outcomes.evaluate("window.hacked") is None


def test_a_cut_that_is_gone_is_told(outcomes: Page) -> None:
    gone = {"work": "gone", "branch": 0, "offset": 0}
    outcomes.evaluate("gone => sessionStorage.setItem('off-trajectory-cut', JSON.stringify(gone))", gone)
    outcomes.reload()
    expect(outcomes.get_by_role("alert")).to_contain_text("no longer exists")


def test_what_is_wrong_with_the_form_is_told(outcomes: Page) -> None:
    ask(outcomes, "quick", "quick", n=1000)
    run(outcomes)
    expect(outcomes.get_by_role("alert")).to_contain_text("Give 1 to 100")
