"""Requests as no browser sends them: every header as given, also twice, and none besides."""

import json
import socket
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    """Names in small letters; of several with one name the last."""
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def ask(address: str, method: str, path: str, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> Answer:
    """Send one request; the host is the address's own unless a Host header is among those given."""
    where = urlsplit(address)
    lines = [f"{method} {path} HTTP/1.1"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append(f"Host: {where.netloc}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers):
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
    with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
        connection.sendall(head + body)
        response = HTTPResponse(connection, method=method)
        response.begin()
        streams = response.headers.get_content_type() == "text/event-stream"
        found = b"" if streams else response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, found)


def post(address: str, path: str, data: Any, *headers: tuple[str, str]) -> Answer:
    """Send JSON, as the page does."""
    return ask(address, "POST", path, (("Content-Type", "application/json"), *headers), json.dumps(data).encode())
