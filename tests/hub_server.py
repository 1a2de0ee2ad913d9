"""A model hub of one model, spoken to over HTTP as the real one is; gated models want the right token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "b" * 40


@dataclass
class Hub:
    """What the hub holds, and what it was asked for."""

    folder: Path
    hub_id: str
    token: str | None = None
    url: str = ""
    served: list[str] = field(default_factory=list)


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve the hub on a port of this machine."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        path = self.path.partition("?")[0]
        if self.hub.hub_id not in path:
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"}, body)
        if self.hub.token and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            return self._send(403, b"{}", {"X-Error-Code": "GatedRepo"}, body)
        if path.startswith("/api/"):
            return self._send(200, self._listing(path), {"Content-Type": "application/json"}, body)
        name = path.rpartition("/")[2]
        file = self.hub.folder / name
        if not file.is_file():
            return self._send(404, b"", {"X-Error-Code": "EntryNotFound"}, body)
        data = file.read_bytes()
        if body:
            self.hub.served.append(name)
        return self._send(200, data, {"ETag": f'"{sha256(data).hexdigest()}"', "X-Repo-Commit": COMMIT}, body)

    def _listing(self, path: str) -> bytes:
        files = sorted(file.name for file in self.hub.folder.iterdir() if file.is_file())
        if "/tree/" in path:
            return json.dumps(
                [
                    {"type": "file", "path": name, "size": (self.hub.folder / name).stat().st_size, "oid": "0" * 40}
                    for name in files
                ]
            ).encode()
        siblings = [{"rfilename": name} for name in files]
        return json.dumps({"id": self.hub.hub_id, "sha": COMMIT, "siblings": siblings}).encode()

    def _send(self, status: int, data: bytes, headers: dict[str, str], body: bool) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return
