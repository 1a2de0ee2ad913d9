"""Draws the pictures in `assets/pictures` anew: real runs of the shipped reasoners in a real browser.

`python -m tests.screenshots`, from the repository's root.
"""

from __future__ import annotations

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
    height: int = 860


SHOTS = (Shot(name="relay-light"), Shot(name="relay-dark", dark=True), Shot(name="relay-phone", width=390, height=844))
SEED = 0
"""With it the second model leaves the question, notices, and comes back."""


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
    path = PICTURES / f"{shot.name}.png"
    page.screenshot(path=path)
    page.close()
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"error: {path} has {path.stat().st_size} bytes, more than {MOST_BYTES}.")
    return path


def run_relay(page: Page) -> None:
    """The question that the page opens with: the plain oak begins, the reflective elm goes on."""
    page.wait_for_selector("#run")
    choose(page, "Model A", "tiny-oak-plain")
    choose(page, "Model B", "tiny-elm-reflective")
    page.get_by_label("Seed").fill(str(SEED))
    page.click("#run")
    page.wait_for_selector('.trace[data-status="over"]')
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(500)


def choose(page: Page, label: str, name: str) -> None:
    box = page.get_by_label(label, exact=True)
    if box.input_value() != name:
        box.click()
        page.get_by_role("option", name=name, exact=True).click()
    expect(box).to_have_value(name)


if __name__ == "__main__":
    main()
