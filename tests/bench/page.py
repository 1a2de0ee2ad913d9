"""`python -m tests.bench.page`: what a long trace costs in a real browser, from its first token to its last.

Plays a trace at a steady speed into the page and prints a Markdown table: for each part of it the bytes a token, the
longest task, the share of a core that the page's thread takes, and its memory. Timings are of this machine and its
load.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import CDPSession, Page

from tests.browser import chromium, chromium_path, free_port, server

PARTS = 8
TIMEOUT = 120_000
WATCH = """
window.tasks = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.tasks.push({ at: task.startTime, ms: task.duration });
}).observe({ type: "longtask", buffered: true });
"""
CLICK = """() => {
  const steps = document.querySelectorAll(".step");
  const before = performance.now();
  steps[Math.floor(steps.length / 2)].click();
  document.querySelector(".menu").getBoundingClientRect();
  return performance.now() - before;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one part of the trace cost."""

    tokens: int
    bytes: int
    longest_ms: float
    share: float
    heap_mb: float
    nodes: int


class Meter:
    """Reads the browser's counters."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")
        self._session.send("Network.enable")
        self._session.on("Network.loadingFinished", self._count)
        self._bytes = 0.0
        self._last = self._read()

    def _count(self, event: dict[str, float]) -> None:
        self._bytes += event["encodedDataLength"]

    def _read(self) -> tuple[float, float, float, int]:
        metrics = {item["name"]: item["value"] for item in self._session.send("Performance.getMetrics")["metrics"]}
        told = "".join(self._page.locator(".writer .pace").all_inner_texts()).split()
        return time.monotonic(), metrics["TaskDuration"], self._bytes, int(told[0].replace(",", "")) if told else 0

    def part(self) -> Part:
        """What was spent since the last call."""
        began, busy, sent, known = self._last
        self._last = now, busier, more, tokens = self._read()
        tasks = self._page.evaluate("window.tasks.splice(0)")
        self._session.send("HeapProfiler.collectGarbage")
        metrics = {item["name"]: item["value"] for item in self._session.send("Performance.getMetrics")["metrics"]}
        return Part(
            tokens=tokens - known,
            bytes=round(more - sent),
            longest_ms=max([task["ms"] for task in tasks if task["at"] > 1000], default=0.0),
            share=(busier - busy) / (now - began),
            heap_mb=metrics["JSHeapUsedSize"] / 1e6,
            nodes=round(metrics["Nodes"]),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="What a long trace costs in a real browser.")
    parser.add_argument("--tokens", type=int, default=32_000)
    parser.add_argument("--speed", type=int, default=100, help="tokens a second")
    given = parser.parse_args()
    if chromium_path() is None:
        raise SystemExit("error: chromium is not installed. Run: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        trace, log = Path(folder) / "trace.txt", Path(folder) / "streams.log"
        trace.write_text(written(given.tokens), encoding="utf-8")
        port = free_port()
        command = ("tests/page_server.py", str(port), str(log), str(trace), str(given.speed))
        with server(*command, port=port) as address, chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 980})
            page.set_default_timeout(TIMEOUT)
            page.add_init_script(WATCH)
            measure(page, address, given.tokens / given.speed)


def written(tokens: int) -> str:
    """A trace of so many words in steps of about twenty, with a doubt and a result now and then."""
    steps = []
    for number in range(tokens // 20 + 1):
        doubt = (
            "Wait, that is not right, so let me check this again."
            if number % 7 == 3
            else "This follows from what was said a few steps before."
        )
        steps.append(f"{doubt} Step {number} adds two, so {number} + 2 = {number + 2}.\n")
    return " ".join(" ".join(steps).split(" ")[:tokens]).replace("\n ", "\n")


def row(part: Part) -> str:
    """A line of the table."""
    each = part.bytes / max(1, part.tokens)
    times = f"{part.longest_ms:.0f} | {part.share:.1%}"
    return f"| {part.tokens:,} | {each:.0f} | {times} | {part.heap_mb:.1f} | {part.nodes:,} |"


def measure(page: Page, address: str, seconds: float) -> None:
    page.goto(address)
    page.wait_for_selector("#run:not([disabled])")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    page.get_by_label("Model A", exact=True).click()
    page.get_by_role("option", name="recording").click()
    page.get_by_label("How many").fill("99999")
    page.get_by_label("Max tokens").fill("32768")
    page.click("#run")
    page.locator(".step").first.wait_for()
    meter, clicks = Meter(page), []
    print(
        "| tokens | bytes a token | longest task, ms | share of a core | heap, MB | nodes |\n|---|---|---|---|---|---|"
    )
    for number in range(PARTS):
        page.wait_for_timeout(1000 * seconds / PARTS - (2000 if number == PARTS - 1 else 0))
        part = meter.part()
        print(row(part), flush=True)
        clicks.append(page.evaluate(CLICK))
        page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    began = time.monotonic()
    page.wait_for_selector('.trace[data-status="over"]')
    print(
        f"\nfirst paint {paint:.0f} ms · a click on a step {max(clicks):.0f} ms · stop {time.monotonic() - began:.2f} s"
    )


if __name__ == "__main__":
    main()
