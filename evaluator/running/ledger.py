"""Writes a run's ledger: outcomes a group at a time, so that a killed run goes on where its last group ended.

One process writes: a second one is refused. Does not know how outcomes come about; `playground.runs.ledger` reads.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evaluator.running.differences import differences
from playground.errors import RunError
from playground.records import LeakJudgement, Outcome, RunModel, RunQuestion, Selection, Trial
from playground.runs.ledger import LEDGER_FILE, SCHEMA_VERSION, RunLedger, check_version, ledger_errors
from playground.serialization import to_dict

LOCK_FILE = ".lock.sqlite"
NOT_OF_ONE_TIME = frozenset({"schema_version", "earlier"})
"""Facts about the ledger, and not about the run as it was at one time."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS questions (id TEXT PRIMARY KEY, position INTEGER NOT NULL, question TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS models (name TEXT PRIMARY KEY, position INTEGER NOT NULL, model TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS selections (name TEXT PRIMARY KEY, selection TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outcomes (
    trial_id TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    group_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    trial TEXT NOT NULL,
    outcome TEXT NOT NULL,
    model TEXT GENERATED ALWAYS AS (json_extract(trial, '$.model')),
    test TEXT GENERATED ALWAYS AS (json_extract(trial, '$.condition.test')),
    question TEXT GENERATED ALWAYS AS (json_extract(trial, '$.question.id')),
    sample INTEGER GENERATED ALWAYS AS (json_extract(trial, '$.sample')),
    verdict TEXT GENERATED ALWAYS AS (json_extract(outcome, '$.verdict')),
    tokens INTEGER GENERATED ALWAYS AS (json_extract(outcome, '$.tokens'))
);
CREATE TABLE IF NOT EXISTS asked (trial_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS inherited (trial_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS leaks (id TEXT PRIMARY KEY, judgement TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS outcomes_by_test ON outcomes (test, model);
"""

_VERSION = "SELECT value FROM meta WHERE key = 'schema_version'"
_FINISHED = "json_extract(outcomes.outcome, '$.finish_reason') IS NOT 'abort'"
"""What an engine broke off is no result: the run taken up again tries it anew."""
_REPLACED = (
    f"INSERT OR IGNORE INTO inherited SELECT trial_id FROM outcomes WHERE {_FINISHED}",
    "DELETE FROM asked",
    "DELETE FROM selections",
    "DELETE FROM questions",
    "DELETE FROM meta WHERE key = 'completed'",
)
"""What happens to a run that is added to."""
_ASK = "INSERT OR IGNORE INTO asked VALUES (?)"
_ADD_OUTCOME = f"""
INSERT INTO outcomes (trial_id, created, group_id, place, trial, outcome) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (trial_id) DO UPDATE SET
    created = excluded.created, group_id = excluded.group_id, place = excluded.place,
    trial = excluded.trial, outcome = excluded.outcome
WHERE NOT ({_FINISHED})
"""


class Ledger:
    """The ledger of a run, opened for writing by this process alone."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger in `folder`, or begin one.

        Raises:
            RunError: the folder cannot be written to, another process writes there, or the ledger is damaged.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"{folder} cannot be created: {error.strerror}.", "Choose another --output-dir.") from None
        self.path = folder / LEDGER_FILE
        self._asked: set[str] = set()
        self._lock = _lock(folder / LOCK_FILE)
        try:
            self._db = _open(self.path)
            self.reader = RunLedger(folder)
        except RunError:
            self._lock.close()
            raise

    def set_meta(self, **facts: str) -> None:
        """Keep plain facts about the run; what is there already is replaced."""
        self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(facts.items()))

    def begin(self, questions: Sequence[RunQuestion], facts: Mapping[str, str]) -> None:
        """Begin a run with these questions and plain facts, all at once or not at all.

        Where the ledger holds one already, that is added to: its facts are kept as `earlier`, and so are all outcomes.
        Those that the run as it is now does not `ask` for, because it has drawn otherwise, are no longer read.
        """
        rows = [(item.question.id, position, _json(item)) for position, item in enumerate(questions)]
        before = self.reader.facts()
        with ledger_errors(self.path), self._db:
            if "config" in before:
                for statement in _REPLACED:
                    self._db.execute(statement)
                earlier = [*self.reader.earlier(), {key: before[key] for key in before.keys() - NOT_OF_ONE_TIME}]
                facts = {**facts, "grown": now(), "earlier": json.dumps(earlier, sort_keys=True)}
            else:
                facts = {**facts, "started": now()}
            self._db.executemany("INSERT INTO questions VALUES (?, ?, ?)", rows)
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(facts.items()))

    def ask(self, trials: Iterable[Trial]) -> None:
        """Say that the run as it is now has these trials; until it is finished, one that never grew has all it made."""
        found = [trial.id for trial in trials]
        self._asked.update(found)
        if self.reader.meta("grown") is not None:
            self._write(_ASK, [(name,) for name in found])

    def complete(self) -> None:
        """Say that the run is finished, with the trials that were asked for since the ledger was opened.

        It may hold others: an attempt that an engine broke off, and that succeeds when the run is taken up again, can
        be what is disturbed or guides from then on.
        """
        with ledger_errors(self.path), self._db:
            self._db.execute("DELETE FROM asked")
            self._db.executemany(_ASK, [(name,) for name in sorted(self._asked)])
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('completed', ?)", (now(),))

    def inherited(self) -> set[str]:
        """The identities of trials that were finished before the run was added to: they form no groups with new ones.

        What they are does not change while the run is broken off and taken up again, and so its groups do not either.
        """
        with ledger_errors(self.path):
            return {row[0] for row in self._db.execute("SELECT trial_id FROM inherited")}

    def add_model(self, model: RunModel, position: int) -> None:
        """Keep a model's identity.

        Raises:
            RunError: the run was begun with another revision, engine, device, data type, context length or template.
        """
        known = {item.name: item for item in self.reader.models()}.get(model.name)
        if known is not None and known != model:
            changes = "; ".join(differences(to_dict(known), to_dict(model)))
            raise RunError(
                f"{model.name} is not what the run began with: {changes}.",
                "Choose another --output-dir: results of the two must not be mixed.",
            )
        self._write("INSERT OR REPLACE INTO models VALUES (?, ?, ?)", [(model.name, position, _json(model))])

    def add_selections(self, selections: Iterable[Selection]) -> None:
        """Keep which questions make up the subsets of a test."""
        rows = [("/".join((item.model, item.test, item.subset)), _json(item)) for item in selections]
        self._write("INSERT OR REPLACE INTO selections VALUES (?, ?)", rows)

    def add_leak_judgements(self, judgements: Iterable[LeakJudgement]) -> None:
        """Keep what a judge said of steers; what is there already stays as it is."""
        rows = [
            (hashlib.sha256(f"{item.question}\n{item.steer}".encode()).hexdigest(), _json(item)) for item in judgements
        ]
        self._write("INSERT OR IGNORE INTO leaks VALUES (?, ?)", rows)

    def finished(self) -> set[str]:
        """The identities of all trials that have an outcome, but for those that an engine broke off."""
        with ledger_errors(self.path):
            return {row[0] for row in self._db.execute(f"SELECT trial_id FROM outcomes WHERE {_FINISHED}")}

    def add_group(self, group_id: str, done: Sequence[tuple[Trial, Outcome]]) -> None:
        """Keep the outcomes of a group, all of them or none; a finished row that is there already stays as it is."""
        created = now()
        rows = [
            (trial.id, created, group_id, place, _json(trial), _json(outcome))
            for place, (trial, outcome) in enumerate(done)
        ]
        self._write(_ADD_OUTCOME, rows)

    def _write(self, statement: str, rows: Sequence[tuple[str | int, ...]]) -> None:
        with ledger_errors(self.path), self._db:
            self._db.executemany(statement, rows)

    def close(self) -> None:
        """Close the ledger, and let another process write to it."""
        self.reader.close()
        self._db.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def now() -> str:
    """The time in UTC, ISO 8601 to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _json(value: Any) -> str:
    return json.dumps(to_dict(value), ensure_ascii=False)


def _lock(path: Path) -> sqlite3.Connection:
    """A lock that the operating system takes back when the process ends, however it ends: an open SQLite write."""
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise RunError(f"Another process is writing to {path.parent}.", "Wait for it, or end it.") from None
        raise RunError(f"{path.parent} cannot be written to: {error}.", "Choose another --output-dir.") from None
    except sqlite3.DatabaseError as error:
        raise RunError(f"{path} is damaged: {error}.", "Delete this file; it holds no results.") from None
    return connection


def _open(path: Path) -> sqlite3.Connection:
    with ledger_errors(path):
        connection = sqlite3.connect(path)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "meta" not in tables:
            raise sqlite3.DatabaseError("it is a database of something else")
        version = connection.execute(_VERSION).fetchone() if tables else None
        if version is not None:  # none yet where the process that began the ledger was killed
            check_version(path, version[0])
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        fault = connection.execute("PRAGMA quick_check").fetchone()[0]
        if fault != "ok":
            raise sqlite3.DatabaseError(fault)
        connection.executescript(_SCHEMA)
        with connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
    return connection
