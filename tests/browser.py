"""A real browser and a real server process for it, for the browser tests and the pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
]


def chromium_path() -> str | None:
    """Where the browser is, if there is one."""
    return shutil.which("chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(*command: str, port: int, seconds: float = 500) -> Iterator[str]:
    """A server process that is listening, by its address; it is ended afterwards. It speaks on standard error."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=2)
    try:
        _wait(f"http://127.0.0.1:{port}", process, time.monotonic() + seconds)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, process: subprocess.Popen[bytes], deadline: float) -> None:
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(f"no server at {url}")
