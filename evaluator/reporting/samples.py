"""Writes every outcome of a run with its trial, as JSON Lines and as Parquet. Aggregates nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from evaluator.numbers.reviewed import reviews_of
from playground.errors import RunError
from playground.grading.reviews import Reviews
from playground.records import TESTS, Record
from playground.runs.ledger import RunLedger
from playground.serialization import to_dict, write_text


def write_samples(folder: Path, ledger: RunLedger, time: str) -> None:
    """A `samples_<test>_<time>.jsonl` and `.parquet` for each test that has outcomes.

    Raises:
        RunError: the folder cannot be written to.
    """
    views = reviews_of(ledger)
    for test in TESTS:
        rows = [sample_row(record) | _views(record, views) for record in ledger.records(test)]
        if rows:
            name = f"samples_{test}_{time}"
            write_text(folder / f"{name}.jsonl", "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))
            _write_parquet(folder / f"{name}.parquet", rows)


def sample_row(record: Record) -> dict[str, Any]:
    """A trial and its outcome as one JSON object."""
    trial, outcome = to_dict(record.trial), to_dict(record.outcome)
    return trial | {"prefix": record.trial.prefix} | outcome | {"created": record.created}


def _views(record: Record, views: Reviews) -> dict[str, Any]:
    """What a judge and a person say of its verdict; nothing where nobody of the run's has looked at any."""
    name = record.outcome.trial_id
    found = {"judge": views.opinions, "override": views.overrides}
    return {key: to_dict(said[name]) if name in said else None for key, said in found.items() if said}


def _write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    """The same, flat: a nested value's fields are columns of their own, and the segments stay JSON."""
    flat = [row | {"segments": json.dumps(row["segments"], ensure_ascii=False)} for row in rows]
    partial = path.with_name(f".{path.name}.partial")
    try:
        pd.json_normalize(flat).to_parquet(partial, index=False)
        partial.replace(path)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from None
