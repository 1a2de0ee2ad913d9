"""Servers as processes of their own, on loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(checkpoint: Path, mode: str = "full") -> Iterator[str]:
    """The base URL of a server that runs a checkpoint for as long as the context lasts (see `openai_server`)."""
    command = [sys.executable, str(Path(__file__).with_name("openai_server.py")), str(checkpoint), mode]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port, "the server did not start"
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
