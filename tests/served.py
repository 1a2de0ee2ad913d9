"""Servers as processes of their own, on loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODES = ("full", "bare", "chat")


@contextmanager
def served(checkpoint: Path) -> Iterator[dict[str, str]]:
    """The base URLs, by mode, of servers that run a checkpoint while the context lasts (see `openai_server`)."""
    command = [sys.executable, str(Path(__file__).with_name("openai_server.py")), str(checkpoint)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ports = process.stdout.readline().split()
        assert ports, "the servers did not start"
        yield {mode: f"http://127.0.0.1:{port}/v1" for mode, port in zip(MODES, ports, strict=True)}
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
