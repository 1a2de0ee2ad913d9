"""The README's five minutes on the page, step by step, with the models that ship. In a real browser."""

import re
from collections.abc import Iterator

import pytest
from browser import free_port, server
from layout import ROOT
from playwright.sync_api import Page, expect
from visitor import OVER, browser, page, run

__all__ = ["browser", "page"]

STEPS = re.findall(r"^\d\. .*?(?=^\d\. |^$)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(home))
        port = free_port()
        with server("-m", "playground", "--port", str(port), port=port) as url:
            yield url


def ends(page: Page, outcome: str) -> None:
    expect(page.locator(f"{OVER} .ending .outcome")).to_have_text(outcome, timeout=60_000)


def in_menu(page: Page, name: str, group: str) -> None:
    page.locator(".step").nth(1).click()
    page.locator(".menu .group", has_text=group).get_by_role("button", name=name, exact=True).click()


def test_each_step_of_the_tour_shows_what_it_says(page: Page) -> None:
    assert len(STEPS) == 9
    expect(page.locator("#run")).to_be_enabled()
    page.keyboard.press("Control+Enter")
    ends(page, "Correct")
    expect(page.locator(".line.turn")).to_contain_text("B takes over")
    expect(page.locator(".candidate.right").first).to_be_visible()

    page.get_by_label("tier 2").check()
    question = page.get_by_role("combobox", name="Question")
    expect(question).to_have_value(re.compile("t2-0001"))
    question.click()
    page.get_by_role("option", name="t2-0007").click()
    expect(page.get_by_role("textbox", name="Question")).to_have_value(re.compile("Ella"))
    run(page)
    expect(page.locator(".question")).to_contain_text("Ella")
    ends(page, "Correct")
    assert page.locator(".step.writer-B .mark.backtrack").count() >= 1

    in_menu(page, "Distract", "Steer")
    expect(page.locator(".branch.current")).to_contain_text("Steer", timeout=60_000)
    ends(page, "Wrong")
    page.locator(".branch", has_text="2 Run").get_by_role("button", name="⇆").click()
    expect(page.locator(".side mark:not(:empty)")).to_have_count(2)
    page.locator(".comparison").get_by_role("button", name="Close").click()
    in_menu(page, "B", "What would it answer now?")
    expect(page.locator(".candidate.probe")).to_contain_text("B would answer")

    page.click("#undo")
    ends(page, "Correct")
    page.click("#redo")
    ends(page, "Wrong")
    page.click("#undo")
    page.get_by_role("button", name="Tokens").click()
    page.locator(".step.writer-B .token").first.hover()
    page.locator(".alternatives button:enabled").first.click()
    expect(page.locator(".branch.current")).to_contain_text("B goes on")

    page.get_by_label("taking turns").check()
    page.get_by_label("Turns, in steps").fill("A:1,B:1")
    run(page)
    page.wait_for_function("document.querySelectorAll('.line.turn').length > 3")
    page.reload()
    page.wait_for_selector(OVER)
    expect(page.get_by_label("Turns, in steps")).to_have_value("A:1,B:1")
    page.click("#sessions")
    expect(page.get_by_role("button", name="Markdown")).to_be_visible()
