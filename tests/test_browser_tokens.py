"""Tokens, the timeline and the keys. In a real browser."""

import json
import re

from playwright.sync_api import Page, expect
from visitor import OVER, address, browser, log, page, record, run, set_up, text_on

__all__ = ["address", "browser", "log", "page"]


def finish(page: Page) -> None:
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)


def test_tokens_are_shaded_and_the_text_stays_exact(page: Page) -> None:
    finish(page)
    page.get_by_role("button", name="Tokens").click()
    page.locator(".token").first.wait_for()
    expect(page.locator(".step .token")).not_to_have_count(0)
    doubts = page.locator(".token").evaluate_all("all => all.map(token => token.style.getPropertyValue('--doubt'))")
    assert len(set(doubts)) > 3
    assert text_on(page) == "".join(segment["text"] for segment in record(page)["segments"])


def test_another_token_goes_on_in_a_branch_of_its_own(page: Page) -> None:
    finish(page)
    before = text_on(page)
    page.keyboard.press("t")
    token = page.locator(".step").nth(1).locator(".token").nth(1)
    token.hover()
    expect(page.locator(".alternatives button")).to_have_count(5)
    page.locator(".alternatives").get_by_role("button", name='" Wait"').click()
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    segments = record(page)["segments"]
    assert segments[1] == {"text": " Wait", "author": {"kind": "person", "name": "you"}, "kind": "thinking"}
    assert before.startswith(segments[0]["text"])
    assert segments[2]["author"]["name"] == "quick"


def test_what_else_might_have_come_is_in_sight_also_at_the_windows_edge(page: Page) -> None:
    page.set_viewport_size({"width": 1100, "height": 420})
    finish(page)
    page.keyboard.press("t")
    step = page.locator(".step").nth(1)
    step.scroll_into_view_if_needed()  # only tokens in sight are asked for
    token = step.locator(".token").nth(1)
    token.evaluate("token => token.scrollIntoView({ block: 'end' })")
    token.hover()
    box = page.locator(".alternatives").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 420


def test_where_tokens_are_not_known_the_page_says_why(page: Page) -> None:
    page.click("#sessions")
    row = {"question": "How many?", "response": "<think>\nFour.\n</think>\n\n4"}
    file = {"name": "t.jsonl", "mimeType": "application/json", "buffer": json.dumps(row).encode()}
    page.get_by_label("Open a file").set_input_files([file])
    page.wait_for_selector(OVER)
    page.get_by_role("button", name="Tokens").click()
    expect(page.locator(".board .why")).to_have_text(
        "No model wrote this while the page was watched: its tokens are not known."
    )


def test_formulas_are_typeset_on_demand_and_the_text_stays_exact(page: Page) -> None:
    page.click("#sessions")
    thinking = r"Half is $\frac{1}{2}$, and \(x^2\) costs $5 or <b>more</b>. So \boxed{\sqrt{3}}."
    row = {"question": "How many?", "response": f"<think>\n{thinking}\n</think>\n\n4"}
    file = {"name": "t.jsonl", "mimeType": "application/json", "buffer": json.dumps(row).encode()}
    page.get_by_label("Open a file").set_input_files([file])
    page.wait_for_selector(OVER)
    page.get_by_role("button", name="Math", exact=True).click()
    expect(page.locator(".step math")).to_have_count(3)
    expect(page.locator(".step mfrac")).to_have_count(1)
    expect(page.locator(".step .text b")).to_have_count(0)
    expect(page.locator(".step .text").first).to_contain_text("costs $5 or <b>more</b>")
    page.keyboard.press("m")
    expect(page.locator(".step math")).to_have_count(0)
    assert thinking in text_on(page)


def test_the_question_and_its_answer_are_typeset_with_the_steps(page: Page) -> None:
    row = {
        "problem": r"What is $\frac{1}{2} + \frac{1}{3}$?",
        "response": "It adds up.</think>5/6",
        "answer": r"\frac{5}{6}",
    }
    page.click("#sessions")
    page.get_by_label("Open a file").set_input_files(
        [{"name": "row.jsonl", "mimeType": "application/json", "buffer": json.dumps(row).encode()}]
    )
    page.wait_for_selector(OVER)
    page.keyboard.press("m")
    expect(page.locator(".asked mfrac")).to_have_count(3)
    page.keyboard.press("m")
    expect(page.locator(".asked .question")).to_have_text(row["problem"])
    expect(page.locator(".asked .gold b")).to_have_text(row["answer"])


def test_the_timeline_is_drawn_and_leads_to_a_step(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    set_up(page, "endless", "quick", rule="12")
    run(page)
    page.wait_for_selector(OVER)
    painted = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(part => part)"
    )
    page.wait_for_function(f"({painted})(document.querySelector('.timeline'))")
    expect(page.locator(".step:not(.blank-row)").last).to_be_in_viewport()
    page.locator(".timeline").click(position={"x": 3, "y": 18})
    expect(page.locator(".step").first).to_be_in_viewport()
    expect(page.locator(".timeline-end")).to_have_text(re.compile(r"^\d+ tokens$"))
    written = page.locator(".timeline-end").inner_text()
    run(page)
    page.wait_for_selector(".step.tail")
    assert page.locator(".timeline-end").inner_text() != written


def test_a_question_mark_shows_the_keys(page: Page) -> None:
    finish(page)
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("hand over now")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("r")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".branch").first).to_have_class("branch current")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".step.chosen")).to_have_count(1)


def test_keys_reach_the_page_from_a_field_and_not_from_a_dialog(page: Page) -> None:
    set_up(page, "slow", "quick", rule="9")
    page.get_by_label("How many").press("Control+Enter")
    page.locator(".step").nth(1).wait_for()
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#stop")).to_be_enabled()
    page.keyboard.press("Escape")
    page.wait_for_selector(OVER)
    assert "Stopped" in page.locator(".ending").inner_text()
