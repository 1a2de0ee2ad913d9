"""Fetches the rows of a data set from the hub. Knows no benchmark. The library that fetches them is optional."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.errors import InvalidInput, MissingExtra


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """Where a data set is."""

    dataset: str
    split: str


def hub_rows(source: HubSource) -> Iterator[dict[str, Any]]:
    """The rows, fetched or from the library's cache.

    Raises:
        MissingExtra: the library is not installed.
        InvalidInput: the hub cannot be reached, or has no such data set.
    """
    try:
        from datasets import load_dataset
    except ImportError:
        raise MissingExtra("datasets", "hub") from None
    try:
        table = load_dataset(source.dataset, split=source.split)
    except (OSError, ValueError) as error:  # the library's own errors, and those of the connection, are of these two
        first = str(error).strip().partition("\n")[0]
        hint = "Give --data-dir with a folder of NAME.jsonl files."
        raise InvalidInput(f"{source.dataset} cannot be fetched: {first}.", hint) from None
    yield from table
