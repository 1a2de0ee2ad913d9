"""`python -m tests.bench.samples`: how long the page waits for the samples of a large run.

The ledger is that of a small run, its outcomes copied with other lengths and identities. Prints a Markdown table:
seconds of a processor, and by the clock. Timings are of this machine and its load: compare them within one run.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from playground.runs.ledger import LEDGER_FILE
from playground.runs.query import SampleQuery
from playground.runs.samples import RunSamples

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from evaluator_models import evaluate, small

NEEDLE = "a needle in the hay"
QUERIES: Mapping[str, SampleQuery] = {
    "all, the first 50": SampleQuery(),
    "filtered by four": SampleQuery(test="recoverability", position=0.4, verdict="wrong", backtracked="no"),
    "sorted by tokens": SampleQuery(sort="tokens", descending=True),
    "a text that one sample has": SampleQuery(text=NEEDLE.upper()),
    "a text that all have": SampleQuery(text="answer"),
    "a text within a model and a test": SampleQuery(text="that is not", model="weak", test="recoverability"),
}


def large_ledger(folder: Path, rows: int, characters: int) -> None:
    """A run whose ledger has so many outcomes, each completion about so long; one of them holds the needle."""
    evaluate(folder, small())
    random = Random(0)
    with sqlite3.connect(folder / LEDGER_FILE) as base:
        known = base.execute("SELECT trial, outcome, created FROM outcomes ORDER BY trial_id").fetchall()
        for number in range(rows - len(known)):
            trial, outcome, created = known[number % len(known)]
            told = json.loads(outcome) | {"trial_id": f"{number:016x}", "tokens": random.randrange(30, 4000)}
            told["text"] = f"{told['text']} " * max(1, characters // len(told["text"]))
            told["text"] += NEEDLE if number == rows // 2 else ""
            values = (told["trial_id"], created, "copies", number, trial, json.dumps(told))
            columns = "trial_id, created, group_id, place, trial, outcome"
            base.execute(f"INSERT INTO outcomes ({columns}) VALUES (?, ?, ?, ?, ?, ?)", values)


def timed(work: Callable[[], object]) -> str:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return f"{time.process_time() - processor:.2f} | {time.perf_counter() - clock:.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.samples", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--characters", type=int, default=1500, help="of a completion, about")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        large_ledger(Path(folder), options.rows, options.characters)
        size = (Path(folder) / LEDGER_FILE).stat().st_size / 1e6
        samples = RunSamples(Path(folder))
        print(f"{options.rows:,} samples in {size:,.0f} MB.\n\n| what is asked | s of a processor | s |\n|---|---|---|")
        print(f"| the run is opened | {timed(samples.choices)} |", flush=True)
        for name, query in QUERIES.items():
            print(f"| {name} | {timed(lambda query=query: samples.page(query, 0, 50))} |", flush=True)
        print(f"| the next 50 of those | {timed(lambda: samples.page(QUERIES['a text that all have'], 50, 50))} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
