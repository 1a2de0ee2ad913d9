"""Hostile texts on every page: as a question, as a model's name and text, in sessions. None of them does anything."""

import json
from urllib.request import urlopen

from hostile_texts import ON_PAGES
from playwright.sync_api import Page, expect
from visitor import OVER, address, browser, choose, harmless, log, page, record, run, text_on

__all__ = ["address", "browser", "log", "page"]

NAME = ON_PAGES[0]


def test_a_hostile_model_writes_text_and_nothing_else(page: Page) -> None:
    choose(page, "Model A", NAME)
    page.get_by_label("How many").fill("99")
    page.get_by_label("Question", exact=True).last.fill(" ".join(ON_PAGES))
    page.get_by_label("Correct answer").fill("")
    run(page)
    page.wait_for_selector(OVER)
    assert text_on(page) == "".join(segment["text"] for segment in record(page)["segments"])
    page.locator(".step").first.click()
    page.get_by_role("button", name="Tokens").click()
    page.wait_for_timeout(500)
    page.click("#sessions")
    page.get_by_label("Name of this session").fill(NAME)
    page.get_by_label("Name of this session").blur()
    page.get_by_role("button", name="Close").click()
    page.reload()
    expect(page.locator(".question")).to_contain_text("onerror")
    page.click("#sessions")
    expect(page.locator(".sessions li").first).to_contain_text(NAME)
    assert harmless(page)


def test_every_page_shows_a_hostile_name_as_text(page: Page, address: str) -> None:
    paths = [path for path, *_ in json.load(urlopen(f"{address}/config", timeout=60))["pages"]]
    for path in paths:
        page.goto(f"{address}/{path}?model={NAME}&work=x&run={NAME}&rule=cue:{NAME}")
        page.locator(".masthead").wait_for()
        page.wait_for_timeout(800)
        assert harmless(page), path


def test_the_models_page_shows_a_hostile_name_as_text(page: Page, address: str) -> None:
    page.goto(f"{address}/models")
    page.locator(".cards li", has_text="onerror").locator("button").click()
    expect(page.locator(".report h2")).to_have_text(NAME)
    assert harmless(page)
