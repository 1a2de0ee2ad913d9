"""The models page in a real browser: what it tells, and loading and unloading."""

from playwright.sync_api import Page, expect
from visitor import address, browser, log, page

__all__ = ["address", "browser", "log", "page"]


def choose_card(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/models")
    page.locator(f'.cards li[data-name="{name}"] button').click()
    expect(page.locator(".report h2")).to_have_text(name)


def test_a_model_is_loaded_and_unloaded(page: Page, address: str) -> None:
    choose_card(page, address, "narrow")
    card = page.locator('.cards li[data-name="narrow"]')
    for pressed, state in (("Load", "loaded"), ("Unload", "not loaded")):
        page.get_by_role("button", name=pressed, exact=True).click()
        expect(card.locator(".state")).to_have_text(state)
        expect(page.locator(".report header .state")).to_have_text(state)


def test_a_model_tells_what_it_can_do_and_its_exact_prompts(page: Page, address: str) -> None:
    choose_card(page, address, "quick")
    expect(page.locator(".report")).to_contain_text("context length")
    assert page.get_by_label("Prompt, answer").inner_text().endswith("</think>")


def test_a_model_that_cannot_run_says_why(page: Page, address: str) -> None:
    choose_card(page, address, "away")
    expect(page.locator(".report .why")).to_contain_text("no config.json")
    expect(page.get_by_role("button", name="Load", exact=True)).to_be_disabled()


def test_a_model_that_cannot_be_loaded_is_told_in_one_line(page: Page, address: str) -> None:
    choose_card(page, address, "broken")
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("cannot be read")
