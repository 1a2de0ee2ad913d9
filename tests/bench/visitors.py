"""Many visitors at once: whether each gets its own text, how long it waits, and whether the server's memory stays flat.

`python -m tests.bench.visitors --minutes 30`. Each visitor opens the page, runs relays of two models on a question of
its own, looks at them as the page does, and after a few begins a new session. Prints a table; exits with 1 where a
text was another visitor's or memory grew. The server is a real process; the visitors speak its protocol, without a
browser.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.browser import ROOT, free_port
from tests.page_protocol import Wiring

RELAYS_A_SESSION = 5
SHOWN = {"scripted": 32, "reasoners": 4}
"""The engines, and how many visitors come at once."""
MODELS = {"scripted": ("slow", "quick"), "reasoners": ("tiny-oak-plain", "tiny-elm-reflective")}
GROWTH = 1.08
"""Memory may be so much more in the last third of the time than in the second."""


@dataclass
class Seen:
    """What the visitors have seen so far."""

    relays: int = 0
    cut_off: int = 0
    """Relays that the server stopped because nobody had looked for too long: it was too busy to answer."""
    strange: list[str] = field(default_factory=list)
    """Texts that are not the visitor's own, and errors."""
    looks: list[float] = field(default_factory=list)
    """Seconds that an answer of the server took, of looks that had news to wait for."""
    waited: list[float] = field(default_factory=list)
    """Seconds from the act to the first text."""
    longest_line: int = 0
    relays_of: dict[int, int] = field(default_factory=dict)


class Visitor:
    """One page, of which the server knows no more than of a browser's."""

    def __init__(
        self, number: int, client: httpx.AsyncClient, wiring: Wiring, models: tuple[str, str], relays: int
    ) -> None:
        """`relays` are those of a session."""
        self.number = number
        self._relays = relays
        self._client, self._wiring, self._models = client, wiring, models
        self._me = str(uuid.uuid4())
        self._draw = random.Random(number)
        self._texts: dict[str, str] = {}

    async def session(self, until: float, seen: Seen) -> None:
        """A few relays on one question, as long as there is time."""
        key, page = str(uuid.uuid4()), uuid.uuid4().hex[:10]
        here, gets, away = self._draw.randint(11, 99), self._draw.randint(2, 9), self._draw.randint(2, 9)
        question = (
            f"Visitor {self.number} has {here} shells. She buys {gets} more shells. She gives away {away} shells. "
            "How many shells does she have now?"
        )
        for _ in range(self._relays):
            if time.monotonic() > until:
                return
            await self._relay(key, page, question, seen)
            seen.relays += 1
            seen.relays_of[self.number] = seen.relays_of.get(self.number, 0) + 1

    async def _relay(self, key: str, page: str, question: str, seen: Seen) -> None:
        fields = {"Model A": self._models[0], "Model B": self._models[1], "Question": question, "Correct answer": ""}
        event = {"key": key, "visitor": self._me, "verb": "run"}
        sent = self._wiring.acting(event, {**fields, "How many": "1", "Max tokens": 400}, page)
        began = time.monotonic()
        done = (await self._post("run/predict", sent))["data"]
        if done[0]["text"] if isinstance(done[0], dict) else done[0] != "":
            seen.strange.append(f"visitor {self.number}: {done[0]}")
        text, stopped = await self._followed(key, page, seen, began)
        asked = {"what": "file", "key": key, "form": "json"}
        file = await self._served("ask", asked, page)
        seen.cut_off += stopped
        usual = self._texts.get(question, text) if stopped else self._texts.setdefault(question, text)
        whole = usual[: len(text)] if stopped else usual
        if text != whole or question[:10] not in file["text"]:
            seen.strange.append(f"visitor {self.number}: another text on {question}: {text!r} is not {usual!r}")

    async def _followed(self, key: str, page: str, seen: Seen, began: float) -> tuple[str, bool]:
        """Look until the relay is over; returns its text, and whether the server stopped it."""
        rows: list[str] = []
        known: dict[str, Any] = {"version": 0, "tree": 0, "drawing": 0, "rows": 0, "notes": 0, "tail": 0}
        tail, first = "", True
        while True:
            asked = time.monotonic()
            news = await self._served("look", {"key": key, "visitor": self._me, **known}, page)
            seen.looks.append(time.monotonic() - asked)
            if news["drawing"] != known["drawing"]:
                rows, tail, known["notes"] = [], "", 0
            known |= {"version": news["version"], "drawing": news["drawing"]}
            for row in news["rows"]:
                rows.append(row["text"])
                tail = ""
            tail += (news["tail"] or {}).get("text", "")
            known |= {"rows": len(rows), "notes": known["notes"] + len(news["notes"]), "tail": len(tail)}
            seen.longest_line = max(seen.longest_line, (news.get("before") or 0) + (news.get("before") is not None))
            if first and rows:
                first = False
                seen.waited.append(time.monotonic() - began)
            if news["status"] == "over":
                return "".join(rows) + tail, news["ending"]["outcome"] == "stopped"

    async def _served(self, name: str, data: dict[str, Any], page: str) -> dict[str, Any]:
        return await self._post("component_server", self._wiring.asking(name, data, page))

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._client.post(f"/gradio_api/{path}", json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def served(engine: str) -> Iterator[tuple[str, int]]:
    """A real server, by its address and its process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "streams.log"
        page = ["-m", "playground", "--port", str(port)]
        command = page if engine == "reasoners" else ["tests/page_server.py", str(port), str(log)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "XDG_DATA_HOME": folder}
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            while line := process.stdout.readline():
                if line.startswith(b"The page is at"):
                    break
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def memory(process: int) -> float:
    """The resident memory of a process, in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(engine: str, minutes: float, relays: int = RELAYS_A_SESSION) -> tuple[Seen, list[float]]:
    """Let the visitors come; returns what they saw and the server's memory every few seconds."""
    seen, held = Seen(), list[float]()
    with served(engine) as (address, process):
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)  # none that the server closes first
        async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
            wiring = Wiring.of((await client.get("/config")).json())
            until = time.monotonic() + 60 * minutes

            async def visit(number: int) -> None:
                visitor = Visitor(number, client, wiring, MODELS[engine], relays)
                while time.monotonic() < until:
                    await visitor.session(until, seen)

            async def watch() -> None:
                while time.monotonic() < until:
                    held.append(memory(process))
                    await asyncio.sleep(min(10.0, 60 * minutes / 30))

            await asyncio.gather(watch(), *map(visit, range(SHOWN[engine])))
    return seen, held


def growth(held: list[float]) -> float:
    """Memory in the last third of the time by that in the second."""
    third = len(held) // 3
    return statistics.median(held[2 * third :]) / statistics.median(held[third : 2 * third])


def table(engine: str, minutes: float, seen: Seen, held: list[float]) -> str:
    """What was seen, to read."""
    looks, waited = sorted(seen.looks), sorted(seen.waited)
    shares = [seen.relays_of.get(number, 0) for number in range(SHOWN[engine])]
    points = [held[round(place * (len(held) - 1) / 6)] for place in range(7)]
    rows = {
        "visitors, minutes": f"{SHOWN[engine]}, {minutes:g}",
        "relays": f"{seen.relays:,} ({min(shares)}–{max(shares)} a visitor)",
        "texts of somebody else, errors": str(len(seen.strange)),
        "stopped because nobody looked": str(seen.cut_off),
        "act to first text, s": f"median {statistics.median(waited):.2f}, 95 % {waited[int(0.95 * len(waited))]:.2f}",
        "answer to a look, s": f"median {statistics.median(looks):.2f}, 95 % {looks[int(0.95 * len(looks))]:.2f}",
        "longest line": str(seen.longest_line),
        "server's memory over the time, MB": " ".join(f"{point:.0f}" for point in points),
        "last third by the second": f"{growth(held):.3f}",
    }
    return "\n".join([f"| {engine} | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.visitors", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--engine", choices=tuple(SHOWN), action="append", help="both, one after the other")
    often = "relays before a new session; 1 soon fills what the server keeps of sessions"
    parser.add_argument("--relays-a-session", type=int, default=RELAYS_A_SESSION, help=often)
    given = parser.parse_args()
    failed = False
    for engine in given.engine or SHOWN:
        seen, held = asyncio.run(measure(engine, given.minutes, given.relays_a_session))
        print(table(engine, given.minutes, seen, held) + "\n", flush=True)
        print("\n".join(seen.strange[:5]), file=sys.stderr)
        failed = failed or bool(seen.strange) or growth(held) > GROWTH
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
