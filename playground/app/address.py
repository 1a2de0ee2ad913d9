"""Where the page may listen. Looked at before anything heavy is imported; knows nothing of what is served there."""

from __future__ import annotations

import socket

from playground.app.origin import is_loopback
from playground.errors import InvalidInput


def check_address(host: str, port: int) -> None:
    """Refuse an address before anything listens on it.

    Raises:
        InvalidInput: not a loopback address, not a port, or a port that is taken.
    """
    if not is_loopback(host):
        raise InvalidInput(
            f"{host} can be reached by other machines, and the page has no login.", "Serve on 127.0.0.1, use a tunnel."
        )
    if not 1 <= port <= 65_535:
        raise InvalidInput(f"{port} is no port.", "Give one from 1 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InvalidInput(f"Port {port} cannot be had: {error.strerror}.", "Give another --port.") from None
