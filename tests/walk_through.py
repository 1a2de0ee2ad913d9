"""Draws the animated walk-through of the README: a real run of the shipped reasoners, played again on the page.

`python -m tests.walk_through`, from the repository's root. The plain oak writes two steps, the reflective elm takes
over, strays, notices and comes back.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import chromium, free_port, server
from tests.screenshots import PICTURES, TIMEOUT, run_relay

PICTURE = PICTURES / "walk-through.webp"
SIZE = (1120, 760)
SPEED = 12
"""Tokens a second."""
FRAME_MS, LAST_MS = 250, 4000
"""How long a picture stands, however long it took to take it."""
MOST_BYTES = 1_500_000
MOST_FRAMES = 120


def main() -> None:
    port = free_port()
    with server("-m", "playground", "--port", str(port), port=port) as address, chromium() as browser:
        frames = walk(browser, address)
    lasts = [FRAME_MS] * (len(frames) - 1) + [LAST_MS]
    frames[0].save(PICTURE, save_all=True, append_images=frames[1:], duration=lasts, loop=0, quality=60, method=4)
    if PICTURE.stat().st_size > MOST_BYTES:
        raise SystemExit(f"error: {PICTURE} has {PICTURE.stat().st_size} bytes, more than {MOST_BYTES}.")
    print(f"{PICTURE}: {len(frames)} frames, {PICTURE.stat().st_size:,} bytes")


def walk(browser: Browser, address: str) -> list[Image.Image]:
    """The frames of a run that is played at a speed one can follow."""
    page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
    page.set_default_timeout(TIMEOUT)
    page.goto(address)
    run_relay(page)
    page.get_by_label("Tokens a second").fill(str(SPEED))
    page.get_by_role("button", name="Replay").click()
    page.wait_for_selector('.trace[data-status="running"]')
    frames = []
    while page.locator('.trace[data-status="running"]').count() and len(frames) < MOST_FRAMES:
        frames.append(taken(page))
        page.wait_for_timeout(FRAME_MS / 2)
    page.wait_for_selector('.trace[data-status="over"]')
    page.wait_for_timeout(300)
    return [*frames, taken(page)]


def taken(page: Page) -> Image.Image:
    """What stands on the page now."""
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    main()
