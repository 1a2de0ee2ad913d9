"""Servers as processes of their own, on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODES = ("full", "bare", "chat", "wrapping", "turns")
VLLM_BLOCK = 32
"""Tokens that vLLM's prefix cache keeps or drops together."""


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


@contextmanager
def vllm_served(checkpoint: Path) -> Iterator[str]:
    """The base URL of `vllm serve`, which this interpreter's environment holds, on a CPU in float32."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What `vllm serve` runs: the command itself asks for the package vllm, and the CPU build has another name.
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(checkpoint)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--block-size", str(VLLM_BLOCK)]
    command += ["--dtype", "float32", "--enforce-eager", "--max-num-seqs", "16", "--enable-prompt-tokens-details"]
    offline = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_CPU_KVCACHE_SPACE": "1"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **offline})
        try:
            while not _answers(f"http://127.0.0.1:{port}/health"):
                log.seek(0)
                assert process.poll() is None, log.read()[-4000:].decode()
                time.sleep(0.5)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
