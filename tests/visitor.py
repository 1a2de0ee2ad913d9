"""A visitor of the page: fixtures and moves that the browser tests share."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import chromium, chromium_path, free_port, server
from playwright.sync_api import Browser, Page, expect

TIMEOUT = 60_000
expect.set_options(timeout=30_000)
OVER = '.trace[data-status="over"]'

if chromium_path() is None and os.environ.get("CI") != "true":
    pytest.skip("chromium is not installed: apt-get install chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's engines say that a stream has ended."""
    path = tmp_path_factory.mktemp("server") / "streams.log"
    path.touch()
    return path


@pytest.fixture(scope="module")
def address(log: Path) -> Iterator[str]:
    port = free_port()
    with server("tests/page_server.py", str(port), str(log), port=port) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page as a new visitor opens it; nothing but its own origin may be contacted, and no script may fail."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT)
    opened = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("#run")
    yield opened
    context.close()
    strangers = {url for url in asked if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(address)}
    assert not strangers
    assert not errors


def harmless(page: Page) -> bool:
    """Whether no script of a hostile text has run, and none has become an element."""
    made = "img[src='x'], iframe, mglyph, base:not([href='./']), [onload], [onerror], [onfocus], a[href^='javascript']"
    return page.evaluate("window.hacked") is None and page.locator(made).count() == 0


def choose(page: Page, label: str, name: str) -> None:
    box = page.get_by_label(label, exact=True)
    if box.input_value() != name:
        box.click()
        page.get_by_role("option", name=name).first.click()
    expect(box).to_have_value(name)


def set_up(page: Page, first: str, second: str, rule: str = "2") -> None:
    choose(page, "Model A", first)
    choose(page, "Model B", second)
    page.get_by_label("How many").fill(rule)


def run(page: Page) -> None:
    page.click("#run")


def text_on(page: Page) -> str:
    return "".join(page.locator(".step .text").evaluate_all("all => all.map(text => text.textContent)"))


def record(page: Page) -> dict:
    with page.expect_download() as download:
        page.click("text=Download JSON")
    return json.loads(Path(download.value.path()).read_text(encoding="utf-8"))


def wait_for_stream(log: Path, model: str, before: str) -> int:
    """How much of a stream was read when it was closed."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8")[len(before) :].splitlines():
            if line.startswith(model):
                return int(line.split()[1])
        time.sleep(0.1)
    raise AssertionError(f"no stream of {model} was closed")
