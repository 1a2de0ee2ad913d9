"""Draws the pictures in `assets/pictures` anew: real runs of the shipped reasoners in a real browser.

`python -m tests.screenshots`, from the repository's root.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import ROOT, chromium, chromium_path, free_port, server

PICTURES = ROOT / "assets" / "pictures"
TIMEOUT = 120_000
MOST_BYTES = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: how the browser is set."""

    name: str
    dark: bool = False
    width: int = 1280
    height: int = 980
    whole: bool = False
    """The whole page instead of what fits the window."""
    state: str = "relay"
    """What is done before the picture is taken: a name of `STATES`."""


SHOTS = (
    Shot(name="relay-light"),
    Shot(name="relay-dark", dark=True),
    Shot(name="relay-phone", width=390, height=844, whole=True),
    Shot(name="steer-light", state="steer"),
    Shot(name="steer-dark", state="steer", dark=True),
    Shot(name="steer-phone", state="steer", width=390, height=844, whole=True),
    Shot(name="comparison-light", state="comparison"),
    Shot(name="comparison-dark", state="comparison", dark=True),
    Shot(name="comparison-phone", state="comparison", width=390, height=844),
    Shot(name="outcomes-light", state="outcomes", height=760),
    Shot(name="outcomes-dark", state="outcomes", height=760, dark=True),
    Shot(name="outcomes-phone", state="outcomes", width=390, height=844),
    Shot(name="turns-light", state="turns"),
    Shot(name="turns-dark", state="turns", dark=True),
    Shot(name="turns-phone", state="turns", width=390, height=844, whole=True),
    Shot(name="tokens-light", state="tokens"),
    Shot(name="tokens-dark", state="tokens", dark=True),
    Shot(name="tokens-phone", state="tokens", width=390, height=844, whole=True),
)
QUESTION = "t2-0007"
SEED = 0
"""With it the second model strays, and comes back to the question."""


def main() -> None:
    if chromium_path() is None:
        raise SystemExit("error: chromium is not installed. Run: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with server("-m", "playground", "--port", str(port), port=port) as address, chromium() as browser:
        for shot in SHOTS:
            print(take(browser, address, shot), flush=True)


def take(browser: Browser, address: str, shot: Shot) -> Path:
    """Run the relay and write the picture; returns its path."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height}, color_scheme="dark" if shot.dark else "light"
    )
    page.set_default_timeout(TIMEOUT)
    page.goto(address)
    run_relay(page)
    STATES[shot.state](page)
    page.wait_for_timeout(800)
    path = PICTURES / f"{shot.name}.png"
    page.screenshot(path=path, full_page=shot.whole)
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
    page.wait_for_timeout(500)


def steer(page: Page) -> None:
    """The first model is distracted at its second step; then the menu of the step where it comes back is opened."""
    page.locator(".step").nth(1).click()
    page.get_by_role("button", name="Distract", exact=True).click()
    expect(page.locator(".branch")).to_have_count(2, timeout=TIMEOUT)
    page.wait_for_selector('.trace[data-status="over"]')
    page.locator(".step").nth(1).click()
    page.locator(".origin dd").first.wait_for()


def comparison(page: Page) -> None:
    """The distracted branch stands beside the one that it left."""
    page.locator(".step").nth(1).click()
    page.get_by_role("button", name="Distract", exact=True).click()
    expect(page.locator(".branch")).to_have_count(2, timeout=TIMEOUT)
    page.wait_for_selector('.trace[data-status="over"]')
    page.locator(".branch").first.get_by_role("button", name="⇆").click()
    page.locator(".side").first.wait_for()


def outcomes(page: Page) -> None:
    """Behind the distraction every arm goes on many times; the samples of the distracted model are listed."""
    page.locator(".step").nth(1).click()
    page.get_by_role("button", name="Distract", exact=True).click()
    expect(page.locator(".branch")).to_have_count(2, timeout=TIMEOUT)
    page.wait_for_selector('.trace[data-status="over"]')
    page.locator(".step.writer-S").last.click()
    page.get_by_role("button", name="×n outcomes").click()
    page.locator(".from .kept").wait_for()
    page.get_by_label("Samples of each").fill("12")
    page.click("#run")
    page.wait_for_selector('.outcomes[data-status="finished"]')
    page.locator(".pick").nth(1).click()
    page.locator(".drawn").evaluate("drawn => drawn.scrollIntoView()")


def turns(page: Page) -> None:
    """Three models take turns, and are at it."""
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
    page.locator(".step.has-backtrack").first.scroll_into_view_if_needed()
    page.locator(".step.has-backtrack .token").first.hover()
    page.locator(".alternatives").wait_for()


STATES: dict[str, Callable[[Page], None]] = {
    "relay": lambda page: None,
    "steer": steer,
    "comparison": comparison,
    "outcomes": outcomes,
    "turns": turns,
    "tokens": tokens,
}


if __name__ == "__main__":
    main()
