"""Draws the animated walk-through of the README: a real run of the shipped reasoners, played again on the page.

`python -m tests.walk_through`, from the repository's root. The plain oak writes two steps, the reflective elm takes
over, strays, notices and comes back.
"""

from __future__ import annotations

import time
from io import BytesIO
from itertools import pairwise

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import chromium, free_port, server
from tests.screenshots import PICTURES, TIMEOUT, run_relay

PICTURE = PICTURES / "walk-through.webp"
SIZE = (1120, 900)
PLAYED, SHOWN = 6, 20
"""Words a second: while the pictures are taken, each of which takes a while, and in the animation."""
LAST_MS = 4000
COLOURS = 256
"""Of the last picture, which has all that stand on the page: the others differ from each other in few pixels then."""
MOST_BYTES = 1_500_000


def main() -> None:
    port = free_port()
    with server("-m", "playground", "--port", str(port), port=port) as address, chromium() as browser:
        frames = walk(browser, address)
    colours = frames[-1][1].quantize(COLOURS, dither=Image.Dither.NONE)
    first, *others = [
        picture.quantize(palette=colours, dither=Image.Dither.NONE).convert("RGB") for _, picture in frames
    ]
    times = [when for when, _ in frames]
    lasts = [round(1000 * (after - when) * PLAYED / SHOWN) for when, after in pairwise(times)] + [LAST_MS]
    first.save(PICTURE, save_all=True, append_images=others, duration=lasts, loop=0, lossless=True, kmax=len(frames))
    if PICTURE.stat().st_size > MOST_BYTES:
        raise SystemExit(f"error: {PICTURE} has {PICTURE.stat().st_size} bytes, more than {MOST_BYTES}.")
    print(f"{PICTURE}: {len(frames)} frames, {PICTURE.stat().st_size:,} bytes")


def walk(browser: Browser, address: str) -> list[tuple[float, Image.Image]]:
    """The frames of a run that is played at a speed one can follow, and when each was taken, in seconds."""
    page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
    page.set_default_timeout(TIMEOUT)
    page.goto(address)
    run_relay(page)
    page.get_by_label("Tokens a second").fill(str(PLAYED))
    page.get_by_role("button", name="Replay").click()
    page.wait_for_selector('.trace[data-status="running"]')
    frames = []
    while page.locator('.trace[data-status="running"]').count():
        frames.append(taken(page))
    page.wait_for_selector('.trace[data-status="over"]')
    page.wait_for_timeout(300)
    return [*frames, taken(page)]


def taken(page: Page) -> tuple[float, Image.Image]:
    """What stands on the page now."""
    return time.monotonic(), Image.open(BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    main()
