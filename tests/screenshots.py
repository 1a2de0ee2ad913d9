"""Draws the pictures in `assets/pictures` anew: real runs of the shipped reasoners in a real browser.

`python -m tests.screenshots`, from the repository's root. The browser takes the fonts of the machine it runs on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import ROOT, chromium, chromium_path, free_port, server

PICTURES = ROOT / "assets" / "pictures"
TIMEOUT = 120_000
MOST_BYTES = 300_000
QUESTION = "t2-0007"
SEED = 0
"""With it the second model strays, and comes back to the question."""


class Look(NamedTuple):
    """How a visitor sees the page."""

    dark: bool
    window: ViewportSize


LOOKS = {
    "light": Look(dark=False, window={"width": 1280, "height": 1010}),
    "dark": Look(dark=True, window={"width": 1280, "height": 1010}),
    "phone": Look(dark=False, window={"width": 390, "height": 844}),
}


def main() -> None:
    if chromium_path() is None:
        raise SystemExit("error: chromium is not installed. Run: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with server("-m", "playground", "--port", str(port), port=port) as address, chromium() as browser:
        for state, look in product(STATES, LOOKS):
            print(take(browser, address, state, look), flush=True)


def take(browser: Browser, address: str, state: str, look: str) -> Path:
    """Run the relay, bring the page into the state and write the picture; returns its path."""
    dark, window = LOOKS[look]
    page = browser.new_page(viewport=window, color_scheme="dark" if dark else "light")
    page.set_default_timeout(TIMEOUT)
    page.goto(address)
    run_relay(page)
    STATES[state](page)
    page.wait_for_timeout(800)
    path = PICTURES / f"{state}-{look}.png"
    page.screenshot(path=path)
    page.close()
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"error: {path} has {path.stat().st_size} bytes, more than {MOST_BYTES}.")
    return path


def run_relay(page: Page) -> None:
    """A question of the second tier: the plain oak begins, the reflective elm goes on."""
    page.wait_for_selector("#run")
    page.get_by_label("tier 2").check()
    question = page.get_by_role("combobox", name="Question")
    expect(question).to_have_value(re.compile("t2-0001"))
    question.click()
    page.get_by_role("option", name=QUESTION).click()
    expect(page.get_by_role("textbox", name="Question")).to_have_value(re.compile("Ella"))
    page.get_by_label("Seed").fill(str(SEED))
    page.click("#run")
    page.wait_for_selector('.trace[data-status="over"]')
    page.evaluate("document.activeElement.blur()")


def distract(page: Page) -> None:
    """The first model is distracted after its second step."""
    page.locator(".step").nth(1).click()
    page.get_by_role("button", name="Distract", exact=True).click()
    expect(page.locator(".branch")).to_have_count(2, timeout=TIMEOUT)
    page.wait_for_selector('.trace[data-status="over"]')


def steer(page: Page) -> None:
    """Then the menu of the step before the distraction is opened."""
    distract(page)
    page.locator(".step").nth(1).click()
    page.locator(".origin dd").first.wait_for()


def comparison(page: Page) -> None:
    """The distracted branch stands beside the one that it left."""
    distract(page)
    page.locator(".branch").first.get_by_role("button", name="⇆").click()
    page.locator(".side").first.wait_for()


def outcomes(page: Page) -> None:
    """After the distraction every arm goes on many times; the samples of the distracted model are listed."""
    distract(page)
    page.locator(".step.writer-S").last.click()
    page.get_by_role("button", name="×n outcomes").click()
    page.locator(".from .kept").wait_for()
    page.get_by_label("Samples of each").fill("12")
    page.click("#run")
    page.wait_for_selector('.outcomes[data-status="finished"]')
    page.locator(".pick").nth(1).click()
    page.mouse.move(0, 0)
    page.locator(".outcomes table").scroll_into_view_if_needed()


def turns(page: Page) -> None:
    """Three models have taken turns."""
    page.get_by_role("button", name="another model").click()
    page.get_by_label("Model C", exact=True).click()
    page.get_by_role("option", name="tiny-elm-plain").click()
    page.get_by_label("taking turns").check()
    page.get_by_label("Turns, in steps").fill("A:2,B:1,C:2")
    page.click("#run")
    page.locator(".step.writer-C").first.wait_for()
    page.wait_for_selector('.trace[data-status="over"]')


def tokens(page: Page) -> None:
    """The tokens are shaded, and one shows what else might have come."""
    page.get_by_role("button", name="Tokens").click()
    doubt = page.locator(".step.has-backtrack .token").first
    doubt.evaluate("token => token.scrollIntoView({ block: 'center' })")
    doubt.hover()
    page.locator(".alternatives").wait_for()


STATES: Mapping[str, Callable[[Page], None]] = {
    "relay": lambda page: None,
    "steer": steer,
    "comparison": comparison,
    "outcomes": outcomes,
    "turns": turns,
    "tokens": tokens,
}


if __name__ == "__main__":
    main()
