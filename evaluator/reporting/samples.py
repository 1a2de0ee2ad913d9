"""Writes every outcome of a run with its trial, as JSON Lines and as Parquet. Aggregates nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from evaluator.numbers.reviewed import reviews_of
from playground.errors import RunError
from playground.grading.reviews import Reviews
from playground.records import TESTS, Record, Test
from playground.runs.ledger import RunLedger
from playground.serialization import to_dict, write_lines

Row = dict[str, Any]

TOGETHER = 500
"""Samples in memory at once: those of a large run do not fit there."""


def write_samples(folder: Path, ledger: RunLedger, time: str) -> None:
    """A `samples_<test>_<time>.jsonl` and `.parquet` for each test that has outcomes.

    Raises:
        RunError: the folder cannot be written to.
    """
    views = reviews_of(ledger)
    for test in TESTS:
        rows = partial(_rows, ledger, test, views)
        if next(rows(), None) is not None:
            name = f"samples_{test}_{time}"
            write_lines(folder / f"{name}.jsonl", (f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows()))
            _write_parquet(folder / f"{name}.parquet", rows)


def _rows(ledger: RunLedger, test: Test, views: Reviews) -> Iterator[Row]:
    return (sample_row(record) | _views(record, views) for record in ledger.records(test))


def sample_row(record: Record) -> Row:
    """A trial and its outcome as one JSON object."""
    trial, outcome = to_dict(record.trial), to_dict(record.outcome)
    return trial | {"prefix": record.trial.prefix} | outcome | {"created": record.created}


def _views(record: Record, views: Reviews) -> Row:
    """What a judge and a person say of its verdict; nothing where nobody of the run's has looked at any."""
    name = record.outcome.trial_id
    found = {"judge": views.opinions, "override": views.overrides}
    return {key: to_dict(said[name]) if name in said else None for key, said in found.items() if said}


def _write_parquet(path: Path, rows: Callable[[], Iterator[Row]]) -> None:
    """The same as columns. They are read twice: what types the columns have is known only at the end."""
    schema = pa.unify_schemas([table.schema for table in _tables(rows())], promote_options="permissive")
    unfinished = path.with_name(f".{path.name}.partial")
    try:
        with ParquetWriter(unfinished, schema) as writer:
            for table in _tables(rows()):
                columns = [_column(table, field) for field in schema]
                writer.write_table(pa.table(columns, schema=schema))
        unfinished.replace(path)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from None


def _tables(rows: Iterator[Row]) -> Iterator[pa.Table]:
    """Flat, some rows at a time: a nested value's fields are columns of their own, and the segments stay JSON."""
    while some := list(islice(rows, TOGETHER)):
        flat = [row | {"segments": json.dumps(row["segments"], ensure_ascii=False)} for row in some]
        yield pa.Table.from_pandas(pd.json_normalize(flat), preserve_index=False).replace_schema_metadata()


def _column(table: pa.Table, field: pa.Field) -> Any:
    """A column as the whole file has it; none of these rows may have a value there."""
    return table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
