"""An OpenAI-compatible server on loopback that goes wrong as it is told to. Its texts are a function of the request.

Each request takes the next fault of `plan`; with an empty plan, or the fault "", it is answered well.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Self

CHUNK_FAULTS = (
    "cut",
    "no end",
    "done only",
    "garbage",
    "not utf-8",
    "half a character",
    "error event",
    "stall",
    "pings",
)
"""What goes wrong after some of the text has come; the rest goes wrong before."""
SLOW_HEADS = {
    "slow head": b"HTTP/1.1 200 OK\r\nX: ",
    "slow refusal": b"HTTP/1.1 500 X\r\nContent-Length: 60000\r\n\r\n",
}
HEAD_FAULTS = ("reset", "busy", "busy until", "failed", "html", "silent", "empty", "half a surrogate", *SLOW_HEADS)


def text_of(prompt: str, seed: int) -> str:
    """What the server's model writes."""
    return "".join(f"{prompt} {seed} naïve 🦊{number}.\n" for number in range(4))


def pieces_of(text: str) -> list[str]:
    return [text[start : start + 3] for start in range(0, len(text), 3)]


class Broken(Exception):
    """The connection is to be closed without another byte."""


class FaultServer(ThreadingHTTPServer):
    """Runs in a thread for as long as the context lasts."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan: deque[str] = deque()
        self.journal: list[tuple[str, str]] = []
        """In order: ("asked", prompt), and ("finished", prompt) once a whole answer was written."""
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.connections = self.running = self.most_running = 0
        self.model: str | None = "m"
        self.root = ""
        """Where the model lies, as the server tells."""
        self.pause = 0.0
        """Seconds between two chunks."""
        self.capacity = 10**6
        """More requests at once than this are told that the server is busy."""
        self.elsewhere: dict[str, str] = {}
        """The fault of the next request to a path where no text is written."""
        self.props: dict[str, Any] | None = None
        self.counts_tokens = False
        self.echo_answer: Any = None
        self.highest_temperature = 2.0
        self.over = Event()
        self.lock = Lock()
        self.scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/v1"

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, _request: object, _address: object) -> None:
        """A connection that broke is nothing to report here."""

    def settled(self, running: int = 0) -> bool:
        """Whether the number of running requests falls so far soon."""
        end = time.monotonic() + 10
        while self.running > running and time.monotonic() < end:
            time.sleep(0.01)
        return self.running <= running


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and its body are two packets, and the second must not wait
    server: FaultServer

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def log_message(self, *words: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.keys.append(self.headers["Authorization"])
        model = {"id": self.server.model, "max_model_len": 4096, "root": self.server.root}
        known = {"/v1/models": {"data": [model] if self.server.model else []}, "/props": self.server.props}
        self._tell(known.get(self.path))

    def _tell(self, known: Any) -> None:
        """Answer what is no request for a text."""
        try:
            if not self._answered_badly(self.server.elsewhere.pop(self.path, "")):
                self._answer(200 if known else 404, known or {"detail": "Not Found"})
        except (Broken, BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_POST(self) -> None:
        self.server.keys.append(self.headers["Authorization"])
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/completions":
            counted = self.path == "/tokenize" and self.server.counts_tokens
            return self._tell({"count": 1, "tokens": [0]} if counted else None)
        if body.get("echo"):
            return self._tell(self.server.echo_answer)
        if body["temperature"] > self.server.highest_temperature:
            return self._answer(400, {"error": {"message": f"temperature is above {self.server.highest_temperature}"}})
        with self.server.lock:
            fault = self.server.plan.popleft() if self.server.plan else ""
            self.server.journal.append(("asked", body["prompt"]))
            self.server.bodies.append(body)
            self.server.running += 1
            self.server.most_running = max(self.server.most_running, self.server.running)
            fault = "busy" if self.server.running > self.server.capacity else fault
        try:
            self._complete(body, fault)
        except (Broken, BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True
        finally:
            with self.server.lock:
                self.server.running -= 1

    def _complete(self, body: dict[str, Any], fault: str) -> None:
        if self._answered_badly(fault):
            return
        text = text_of(body["prompt"], body["seed"])
        pieces = pieces_of(text)[: body["max_tokens"]]
        reason = "stop" if len(pieces) * 3 >= len(text) else "length"
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": len(pieces)}
        if not body["stream"]:
            choice = {"text": "".join(pieces), "finish_reason": reason}
            self._answer(200, {"choices": [choice] * body.get("n", 1), "usage": usage})
        else:
            self._stream(pieces, reason, usage, fault, body["prompt"])
            if fault in CHUNK_FAULTS:
                return
        with self.server.lock:
            self.server.journal.append(("finished", body["prompt"]))

    def _answered_badly(self, fault: str) -> bool:
        """Go wrong before any text, if that is the fault."""
        headers = {"busy": "0.01", "busy until": format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)}
        if fault == "reset":
            raise Broken
        if fault == "silent":
            self._say_nothing()
        if fault in SLOW_HEADS:
            self._drip(SLOW_HEADS[fault])
        if fault in headers:
            self._answer(
                429 if fault == "busy" else 503, {"error": {"message": "busy"}}, {"Retry-After": headers[fault]}
            )
        elif fault == "failed":
            self._answer(500, {"error": {"message": "Internal Server Error", "code": 500}})
        elif fault.startswith("status "):
            _, status, *words = fault.split()
            said = " ".join(words) or f"key {self.headers['Authorization']} is wrong"
            self._answer(int(status), {"error": {"message": said}})
        elif fault == "html":
            self._write(200, b"<html>Welcome to the proxy</html>", "text/html")
        elif fault == "empty":
            self._write(200, b"", "text/event-stream")
        elif fault == "half a surrogate":
            self._write(200, b'data: {"choices": [{"text": "\\ud83e"}]}\n\n', "text/event-stream")
        else:
            return False
        return True

    def _stream(self, pieces: list[str], reason: str, usage: dict[str, int], fault: str, prompt: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(pieces):
            if number == len(pieces) // 2:
                self._go_wrong(fault)
            self._event({"choices": [{"text": piece, "finish_reason": None}]}, split=fault == "split")
            if self.server.pause and self.server.over.wait(self.server.pause):
                raise Broken
        if fault == "endless":
            for _ in range(10**6):
                self._event({"choices": [{"text": "and on "}]})
        if fault != "no end":
            self._ending(reason, usage, fault, prompt)
        self._block(b"")

    def _ending(self, reason: str, usage: dict[str, int], fault: str, prompt: str) -> None:
        if fault != "done only":
            self._event({"choices": [{"text": "", "finish_reason": reason}]})
        if fault.endswith("after the end"):
            with self.server.lock:
                self.server.journal.append(("finished", prompt))
            if fault.startswith("garbage"):
                self._block(b"data: {\n\n\xff\n\n")
            if fault.startswith("nothing"):
                self._event({"choices": None})
            raise Broken
        self._event({"choices": [], "usage": usage})
        self._block(b"data: [DONE]\n\n")

    def _go_wrong(self, fault: str) -> None:
        """Go wrong within the text, if that is the fault."""
        blocks = {
            "garbage": b'data: {"choices": [{"te\n\n',
            "not utf-8": b'data: {"choices": [{"text": "\xff\xfe"}]}\n\n',
            "half a character": b'data: {"choices": [{"text": "\xf0\x9f',
            "error event": b'data: {"error": {"message": "CUDA error", "code": 500}}\n\n',
        }
        if fault in blocks:
            self._block(blocks[fault])
        if fault in ("cut", *blocks):
            raise Broken
        if fault == "stall":
            self._say_nothing()
        while fault == "pings" and not self.server.over.wait(0.02):
            self._block(b": ping\n\n")
        while fault == "endless and empty":
            self._event({"choices": [{"text": ""}]})
        while fault == "endless line":
            self._block(b"data: " + b"x" * 65536)

    def _say_nothing(self) -> None:
        """Until the other side has gone."""
        while not self.server.over.wait(0.01):
            if select.select([self.connection], [], [], 0)[0] and not self.connection.recv(1, socket.MSG_PEEK):
                break
        raise Broken

    def _drip(self, begin: bytes) -> None:
        """Say the beginning, and then a little now and then until the other side has gone."""
        self.wfile.write(begin)
        while not self.server.over.wait(0.02):
            self.wfile.write(b"a")

    def _event(self, value: dict[str, Any], split: bool = False) -> None:
        data = f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
        for block in [data[at : at + 1] for at in range(len(data))] if split else [data]:
            self._block(block)

    def _block(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _answer(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self._write(status, json.dumps(value).encode(), "application/json", headers)

    def _write(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
