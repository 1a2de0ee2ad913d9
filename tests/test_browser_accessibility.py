"""An automated accessibility check of every page in both themes, and what must not jump while text streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from visitor import OVER, TIMEOUT, address, browser, log, run, set_up

__all__ = ["address", "browser", "log"]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
SHIFT = 0.02
"""Layout shift that is allowed while a trace streams; 0.1 counts as good."""
WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(params=["light", "dark"])
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser's page that prefers a theme and counts what jumps."""
    context = browser.new_context(color_scheme=request.param)
    context.set_default_timeout(TIMEOUT)
    opened = context.new_page()
    opened.add_init_script(WATCH)
    yield opened
    context.close()


def violations(page: Page) -> list[str]:
    """What breaks the rules, a line each."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}".replace("\n", " ")
        for rule in found
        for node in rule["nodes"]
    ]


def test_every_page_keeps_the_rules(visitor: Page, address: str) -> None:
    pages = [path for path, *_ in json.load(urlopen(f"{address}/config", timeout=60))["pages"]]
    broken = {}
    for path in pages:
        visitor.goto(f"{address}/{path}")
        visitor.locator(".masthead").wait_for()
        visitor.locator(".loading").wait_for(state="detached")
        broken[path] = violations(visitor)
    assert {path: lines for path, lines in broken.items() if lines} == {}


def test_a_written_trace_with_its_menu_keeps_the_rules_and_does_not_jump(visitor: Page, address: str) -> None:
    visitor.goto(address)
    visitor.wait_for_selector("#run")
    set_up(visitor, "slow", "quick", rule="2")
    visitor.wait_for_timeout(500)
    visitor.evaluate("window.shift = 0")
    run(visitor)
    visitor.wait_for_selector(OVER)
    assert visitor.evaluate("window.shift") <= SHIFT
    visitor.locator(".step").nth(1).click()
    assert violations(visitor) == []


def test_a_models_report_keeps_the_rules(visitor: Page, address: str) -> None:
    visitor.goto(f"{address}/models")
    visitor.locator(".cards button").first.click()
    visitor.locator(".report h2").wait_for()
    assert violations(visitor) == []
