"""Reads the ledger of an evaluation: what was asked of which model, and what became of it.

Any number of readers may look on while the evaluation writes. Does not know how a ledger is written, nor metrics.

Tables: `meta` (key, value: schema_version, config, started, completed …), `questions` and `models` in their order,
`selections`, `leaks` (what a judge said of steers), and `outcomes`: `trial_id`, `created`, the group it was generated
in and its place there, and trial and outcome as the JSON of `playground.records`, with columns drawn from that JSON
for queries by hand.

`asked` are the trials of a run that is finished: outcomes that it has not asked for in the end are not read. A run that
was added to says so (`grown`, and its facts before as `earlier`); then `inherited` are the trials that were finished
before, and `asked` fills up from its beginning.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from playground.errors import InvalidData, InvalidInput, RunError
from playground.records import LeakJudgement, Outcome, Record, RunModel, RunQuestion, Selection, Test, Trial
from playground.serialization import from_json

T = TypeVar("T")

LEDGER_FILE = "ledger.sqlite"
SCHEMA_VERSION = 1
DAMAGED = "Choose another folder, or move this file away and start again."
"""What to do about a ledger that cannot be used."""


CHOSEN: Final = (
    "EXISTS (SELECT 1 FROM {0}.asked) OR EXISTS (SELECT 1 FROM {0}.meta WHERE key = 'grown')"  # in the database {0}
)
"""Whether only outcomes that were asked for are the run's."""


@contextmanager
def ledger_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the readers of its rows raise into `RunError`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if any(fault in str(error) for fault in ("no such", "malformed")):
            raise _unusable(path, error) from None
        raise RunError(
            f"{path}: {error}.", "Check the folder's free space and permissions; what is written stays."
        ) from None
    except (sqlite3.Error, InvalidData) as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: Exception) -> RunError:
    return RunError(
        f"{path} cannot be used as a ledger: {error}".rstrip(".") + ".",
        DAMAGED,
    )


def check_version(path: Path, version: str | None) -> None:
    """Refuse a ledger of another version of this program.

    Raises:
        RunError: says which version it has.
    """
    if version != str(SCHEMA_VERSION):
        raise RunError(
            f"{path} has schema version {version or 'none'}; this program reads {SCHEMA_VERSION}.",
            "Read it with the version that wrote it.",
        )


def reading_uri(path: Path) -> str:
    """What SQLite is to open: where nobody can write beside the file, without what writers and readers share."""
    alone = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"


class RunLedger:
    """The ledger in a run's folder, opened for reading."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger.

        Raises:
            RunError: there is none, it is damaged, or another version of this program wrote it.
        """
        self.path = folder / LEDGER_FILE
        if not self.path.is_file():
            raise RunError(f"{folder} holds no run: it has no {LEDGER_FILE}.", "Give the folder of an evaluation.")
        with ledger_errors(self.path):
            self._db = sqlite3.connect(reading_uri(self.path), uri=True, timeout=30)
            views = "SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')"
            if self._db.execute(views).fetchone()[0]:  # a query of one may take for ever
                raise sqlite3.DatabaseError("it has views or triggers, and no ledger of this program has any")
            check_version(self.path, self.meta("schema_version"))

    def meta(self, key: str) -> str | None:
        """One of the run's plain facts; None if it is not there (yet)."""
        with ledger_errors(self.path):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def fact(self, kind: type[T], key: str) -> T:
        """One of the run's facts that are kept as JSON.

        Raises:
            RunError: it is not there, or not of this kind.
        """
        with ledger_errors(self.path):
            try:
                return from_json(kind, self.meta(key) or "")
            except InvalidData as error:
                raise InvalidData(f"{key} {error.path}".rstrip(), error.problem) from None
            except InvalidInput as error:  # a value of the right form that cannot be
                raise InvalidData(key, error.message.rstrip(".")) from None

    def facts(self) -> dict[str, str]:
        """All plain facts of the run as it is now."""
        with ledger_errors(self.path):
            return dict(self._db.execute("SELECT key, value FROM meta"))

    def earlier(self) -> list[dict[str, str]]:
        """The facts of the run each time before it was added to, the first ones first; none for most runs."""
        return self.fact(list[dict[str, str]], "earlier") if self.meta("earlier") is not None else []

    def questions(self) -> tuple[RunQuestion, ...]:
        """The run's questions, the tested ones first."""
        return tuple(self._values(RunQuestion, "SELECT question FROM questions ORDER BY position"))

    def models(self) -> tuple[RunModel, ...]:
        """The models that have been loaded so far, in the order of the run."""
        return tuple(self._values(RunModel, "SELECT model FROM models ORDER BY position"))

    def selections(self) -> tuple[Selection, ...]:
        """The subsets that have been selected so far."""
        return tuple(self._values(Selection, "SELECT selection FROM selections ORDER BY name"))

    def leak_judgements(self) -> tuple[LeakJudgement, ...]:
        """What a judge said of the guides' steps; none where none was asked, or in a ledger from before there were."""
        tables = "SELECT count(*) FROM sqlite_master WHERE name = 'leaks'"
        with ledger_errors(self.path):
            there = self._db.execute(tables).fetchone()[0]
        return tuple(self._values(LeakJudgement, "SELECT judgement FROM leaks ORDER BY id")) if there else ()

    def records(self, test: Test | None = None, model: str | None = None) -> Iterator[Record]:
        """The finished trials, by the order of their identities; all of them, or those of one test or model."""
        with ledger_errors(self.path):
            chosen = bool(self._db.execute(f"SELECT {CHOSEN.format('main')}").fetchone()[0])
        asked = " AND trial_id IN (SELECT trial_id FROM asked)" if chosen else ""
        query = (
            "SELECT trial, outcome, created FROM outcomes"
            f" WHERE (:test IS NULL OR test = :test) AND (:model IS NULL OR model = :model){asked} ORDER BY trial_id"
        )
        with ledger_errors(self.path):
            for row in self._db.execute(query, {"test": test, "model": model}):
                yield _record(*row)

    def record(self, trial_id: str) -> Record:
        """One finished trial.

        Raises:
            RunError: the ledger has no such trial.
        """
        with ledger_errors(self.path):
            query = "SELECT trial, outcome, created FROM outcomes WHERE trial_id = ?"
            row = self._db.execute(query, (trial_id,)).fetchone()
            if row is not None:
                return _record(*row)
        raise RunError(f"{self.path} has no trial {trial_id}.", "The run's sample files have the ids of its trials.")

    def _values(self, kind: type[T], query: str) -> Iterator[T]:
        with ledger_errors(self.path):
            for (text,) in self._db.execute(query):
                yield from_json(kind, text)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _record(trial: str, outcome: str, created: object) -> Record:
    if not isinstance(created, str):
        raise InvalidData("created", "is no text")
    return Record(trial=from_json(Trial, trial), outcome=from_json(Outcome, outcome), created=created)
