"""Sessions: they survive a reload in mid-stream, have names, go into files and come back. In a real browser."""

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from visitor import OVER, address, browser, choose, log, page, record, run, set_up, text_on

__all__ = ["address", "browser", "log", "page"]


def taken(page: Page, name: str) -> str:
    """The text of a file that the sessions' window gives."""
    page.click("#sessions")
    with page.expect_download() as download:
        page.locator("dialog").get_by_role("button", name=name, exact=True).click()
    page.get_by_role("button", name="Close", exact=True).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def bring(page: Page, name: str, text: str) -> None:
    page.click("#sessions")
    file = {"name": name, "mimeType": "application/json", "buffer": text.encode()}
    page.get_by_label("Open a file").set_input_files([file])


def test_a_reload_in_mid_stream_finds_the_relay_still_writing(page: Page) -> None:
    set_up(page, "endless", "quick", rule="399")
    page.get_by_label("Seed").fill("5")
    run(page)
    page.locator(".step").nth(3).wait_for()
    before = text_on(page)
    page.reload()
    page.wait_for_selector('.trace[data-status="running"]')
    page.locator(".step").nth(8).wait_for()
    assert text_on(page).startswith(before)
    expect(page.get_by_label("Seed")).to_have_value("5")
    page.click("#stop")
    page.wait_for_selector(OVER)
    assert text_on(page) == record(page)["segments"][0]["text"]


def test_a_browser_that_makes_no_uuids_has_sessions_all_the_same(browser: Browser, address: str) -> None:
    """As every browser on a page that comes over plain HTTP from another machine."""
    context = browser.new_context()
    context.add_init_script("delete Crypto.prototype.randomUUID")
    page = context.new_page()
    page.goto(address)
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)
    page.click("#sessions")
    page.get_by_role("button", name="New", exact=True).click()
    page.wait_for_selector('.trace[data-status="empty"]')
    expect(page.locator(".step")).to_have_count(0)
    context.close()


def test_a_session_has_a_name_and_is_found_again(page: Page) -> None:
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)
    before = text_on(page)
    page.click("#sessions")
    page.get_by_label("Name of this session").fill("stickers")
    page.get_by_label("Name of this session").press("Tab")
    page.get_by_role("button", name="New", exact=True).click()
    page.wait_for_selector('.trace[data-status="empty"]')
    page.click("#sessions")
    page.get_by_role("button", name="stickers").first.click()
    page.wait_for_selector(OVER)
    expect(page.locator("#sessions")).to_have_text("Session “stickers”")
    assert text_on(page) == before


def test_a_session_goes_into_a_file_and_comes_back(page: Page) -> None:
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)
    page.click("#retry")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    before, saved = text_on(page), taken(page, "Session")
    page.click("#sessions")
    page.get_by_role("button", name="New", exact=True).click()
    page.wait_for_selector('.trace[data-status="empty"]')
    bring(page, "work.session.json", saved)
    expect(page.locator(".branch")).to_have_count(2)
    assert text_on(page) == before


def test_a_file_of_another_form_is_said_in_one_line(page: Page) -> None:
    bring(page, "odd.json", json.dumps({"question": "?", "segments": [{"text": 1}]}))
    expect(page.locator(".notice")).to_contain_text("segments[0].text")


def test_markdown_and_html_hold_the_text(page: Page) -> None:
    set_up(page, "hostile", "quick", rule="1")
    run(page)
    page.wait_for_selector(OVER)
    assert "**A · `hostile`**" in taken(page, "Markdown")
    html = taken(page, "HTML")
    assert "&lt;img src=x" in html
    assert "<img" not in html


def test_a_recorded_trace_replays_and_a_live_model_takes_over(page: Page) -> None:
    question = "Mia has 4 figs. She buys 5 more figs. How many figs does Mia have?"
    row = {"question": question, "response": "<think>\n" + "Mia has figs and more figs.\n" * 60 + "</think>\n\n9"}
    bring(page, "trace.jsonl", json.dumps(row))
    page.wait_for_selector(OVER)
    expect(page.locator(".timeline-end")).to_have_text("about 361 tokens")
    page.get_by_label("Tokens a second").fill("20")
    page.get_by_role("button", name="Replay").click()
    page.locator(".step").nth(2).wait_for()
    page.click("#hand-over")
    page.wait_for_selector(".step.answer")
    segments = record(page)["segments"]
    assert segments[0]["author"]["name"] == "recorded"
    assert 0 < len(segments[0]["text"]) < 1200
    assert len(segments) >= 2


def test_a_link_to_a_model_that_is_not_offered_says_so_and_the_page_works(page: Page, address: str) -> None:
    page.goto(f"{address}/?a=no-such-model&b=quick&rule=every:3")
    expect(page.locator(".notice")).to_have_text("Not offered here: no-such-model, rule every:3.")
    expect(page.get_by_label("Model B", exact=True)).to_have_value("quick")
    choose(page, "Model A", "quick")
    run(page)
    page.wait_for_selector(OVER)


def test_a_link_fills_the_form(page: Page, address: str) -> None:
    page.goto(f"{address}/?question=t2-0007&a=other-tags&b=quick&rule=tokens:7&seed=3")
    expect(page.get_by_label("Model A", exact=True)).to_have_value("other-tags")
    expect(page.get_by_label("Correct answer")).to_have_value("36")
    expect(page.get_by_label("How many")).to_have_value("7")
    expect(page.get_by_label("Seed")).to_have_value("3")
    expect(page.get_by_label("tier 2")).to_be_checked()
    expect(page.get_by_role("combobox", name="Question")).to_have_value(re.compile("t2-0007"))


def test_a_link_with_a_question_of_its_own_has_no_correct_answer_and_is_in_no_list(page: Page, address: str) -> None:
    page.goto(f"{address}/?text=Why%3F")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Why?")
    expect(page.get_by_label("Correct answer")).to_have_value("")
    expect(page.get_by_role("combobox", name="Question")).to_have_value("")
