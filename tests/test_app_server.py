"""Where the page may be served, and to whom."""

import socket
import subprocess
import sys

import pytest

from playground.app.origin import is_loopback


def serve(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "playground", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_another_address_is_refused_before_its_port_is_taken() -> None:
    ended = serve("--host", "0.0.0.0", "--port", "1")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "0.0.0.0 can be reached by other machines" in ended.stderr


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = serve("--port", port)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert f"Port {port}" in ended.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "::1"])
def test_loopback_hosts_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "192.168.0.4", "localhost.example", "127.0.0.1.example", "::"])
def test_other_hosts_are_not(host: str) -> None:
    assert not is_loopback(host)
