"""A ledger as large as a paper's: a small run's outcomes again and again, each with an identity of its own."""

import json
import sqlite3
from pathlib import Path
from random import Random

from evaluator_models import evaluate, small

from playground.run_ledger import LEDGER_FILE

NEEDLE = "a needle in the hay"


def large_ledger(folder: Path, rows: int, characters: int = 1500) -> None:
    """A run whose ledger has so many outcomes, each completion about so long; one of them holds the needle."""
    evaluate(folder, small())
    random = Random(0)
    with sqlite3.connect(folder / LEDGER_FILE) as base:
        known = base.execute("SELECT trial, outcome, created FROM outcomes ORDER BY trial_id").fetchall()
        for number in range(rows - len(known)):
            trial, outcome, created = known[number % len(known)]
            told = json.loads(outcome) | {"trial_id": f"{number:016x}", "tokens": random.randrange(30, 4000)}
            told["text"] = (told["text"] + " ") * max(1, characters // len(told["text"]))
            if number == rows // 2:
                told["text"] += NEEDLE
            values = (told["trial_id"], created, "copies", number, trial, json.dumps(told))
            columns = "trial_id, created, group_id, place, trial, outcome"
            base.execute(f"INSERT INTO outcomes ({columns}) VALUES (?, ?, ?, ?, ?, ?)", values)
