"""The samples of a run as a table that is filtered, sorted and searched quickly. Only reads the ledger.

What is asked for by filters is kept in memory, a small row a sample, drawn from the ledger when it is first asked for
and added to as the run goes on. Texts stay in the ledger: a search reads those that the other filters leave.
"""

from __future__ import annotations

import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from playground.errors import InvalidInput
from playground.grading.reviews import OPINIONS_FILE, OVERRIDES_FILE, Opinion, Override, read_reviews
from playground.runs.ledger import CHOSEN, LEDGER_FILE, RunLedger, ledger_errors, reading_uri
from playground.runs.query import SampleQuery, conditions, order

SEARCH_SECONDS = 5.0
"""Of a processor: what takes longer is refused, and the page stays quick for others."""
MOST_KEPT = 16
"""How many answers are kept, so that turning a page costs nothing."""
_STEP = 10_000
"""SQLite's instructions between two looks at the clock."""

_TABLE = """
CREATE TABLE sample (id INTEGER PRIMARY KEY, trial TEXT, model TEXT, test TEXT, question TEXT, number INTEGER,
    position REAL, length REAL, variant TEXT, author TEXT, verdict TEXT, tokens INTEGER, backtracks INTEGER,
    answer TEXT, opinion TEXT, decision TEXT);
CREATE UNIQUE INDEX by_trial ON sample (trial);
CREATE INDEX by_question ON sample (question, model);
"""
_DRAW = """
INSERT INTO sample SELECT rowid, trial_id, model, test, question, sample,
    json_extract(trial, '$.condition.own'), json_extract(trial, '$.condition.steer'),
    coalesce(json_extract(trial, '$.condition.variant'), 'own'), json_extract(trial, '$.condition.author'),
    verdict, tokens,
    json_array_length(outcome, '$.backtracks'), substr(json_extract(outcome, '$.extracted'), 1, 80), NULL, NULL
FROM run.outcomes WHERE rowid > ?
"""
_COLUMNS = (
    "trial, model, test, question, number, position, length, variant, author, verdict, tokens, backtracks, answer"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """A sample in a list."""

    trial: str
    model: str
    test: str
    question: str
    number: int
    """Which of the samples under the same condition, from 0."""
    position: float
    length: float
    variant: str
    author: str
    verdict: str
    """Of the rules."""
    tokens: int
    backtracks: int | None
    """How many sentences turn back; None where nobody looked."""
    answer: str | None
    opinion: str | None = None
    """Of a judge, where one was asked."""
    decision: str | None = None
    """Of a person, where one has decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """A stretch of the samples that were asked for."""

    total: int
    lines: tuple[SampleLine, ...]


class RunSamples:
    """The samples of the run in a folder. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Look at the ledger; nothing is read yet.

        Raises:
            RunError: there is none, it is damaged, or another version of this program wrote it.
        """
        self._folder = folder
        self._path = folder / LEDGER_FILE
        self._lock = RLock()
        self._kept: OrderedDict[SampleQuery, list[int]] = OrderedDict()
        self._seen: tuple[Any, ...] = ()
        self._stamps: tuple[tuple[int, int], ...] = ()
        self._views: dict[str, list[tuple[str, str]]] = {}
        with RunLedger(folder), ledger_errors(self._path):
            self._base = sqlite3.connect("file::memory:", uri=True, check_same_thread=False, isolation_level=None)
            self._base.execute("ATTACH DATABASE ? AS run", (reading_uri(self._path),))
            self._base.executescript(_TABLE)

    def page(self, query: SampleQuery, start: int, count: int) -> SamplePage:
        """The samples from `start` on that the query asks for.

        Raises:
            InvalidInput: a search that takes too long, or for too much.
            InvalidData: a file of reviews beside the run cannot be read.
            RunError: the ledger cannot be read.
        """
        with self._reading():
            found = self._found(query)
            return SamplePage(total=len(found), lines=tuple(self._lines(found[max(0, start) : max(0, start) + count])))

    def line(self, trial: str) -> SampleLine | None:
        """One sample; None where there is none. Raises as `page` does."""
        with self._reading():
            found = self._base.execute("SELECT id FROM sample WHERE trial = ?", (trial,)).fetchall()
            return next(self._lines([row[0] for row in found]), None)

    def beside(self, line: SampleLine) -> list[SampleLine]:
        """The other samples of the same question in the same test, those under the same condition first."""
        with self._reading():
            query = """SELECT id FROM sample WHERE question = :question AND test = :test AND trial <> :trial
                ORDER BY position <> :position, length <> :length, variant <> :variant, model = :model, model, number
                LIMIT 200"""
            values = {name: getattr(line, name) for name in ("question", "test", "trial", "position")}
            values |= {name: getattr(line, name) for name in ("length", "variant", "model")}
            return list(self._lines([row[0] for row in self._base.execute(query, values)]))

    def choices(self) -> dict[str, list[Any]]:
        """The values that the filters can have in this run. Raises as `page` does."""
        with self._reading():
            found = {name: self._distinct(name) for name in ("model", "test", "verdict")}
            steered = {"position": "test = 'recoverability'", "length": "test <> 'solo'"}
            return found | {name: self._distinct(name, where) for name, where in steered.items()}

    def all(self, columns: str) -> list[tuple[Any, ...]]:
        """Some columns of every sample, for counting. Raises as `page` does."""
        with self._reading():
            return self._base.execute(f"SELECT {columns} FROM sample ORDER BY id").fetchall()

    def close(self) -> None:
        """Let go of the ledger."""
        self._base.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock:
            stamps = tuple(_stamp(self._folder / name) for name in (OPINIONS_FILE, OVERRIDES_FILE))
            if stamps != self._stamps:
                self._views = _views(self._folder)
            with ledger_errors(self._path):
                self._refresh(stamps)
                yield

    def _refresh(self, stamps: tuple[tuple[int, int], ...]) -> None:
        """Take in what was written since."""
        last = self._base.execute("SELECT max(rowid) FROM run.outcomes").fetchone()[0]
        grown = self._base.execute("SELECT value FROM run.meta WHERE key = 'grown'").fetchone()
        asked = self._base.execute("SELECT count(*) FROM run.asked").fetchone()
        if (seen := (last, grown, asked)) == self._seen and stamps == self._stamps:
            return
        self._kept.clear()
        self._base.execute("BEGIN")
        try:
            if self._seen[1:] != seen[1:]:
                self._base.execute("DELETE FROM sample")
            first = self._base.execute("SELECT coalesce(max(id), 0) FROM sample").fetchone()[0]
            chosen = self._base.execute(f"SELECT {CHOSEN.format('run')}").fetchone()[0]
            still = " AND trial_id IN (SELECT trial_id FROM run.asked)" if chosen else ""
            self._base.execute(_DRAW + still, (first,))
            self._base.execute("UPDATE sample SET opinion = NULL, decision = NULL")
            for column, views in self._views.items():
                self._base.executemany(f"UPDATE sample SET {column} = ? WHERE trial = ?", views)
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")
        self._seen, self._stamps = seen, stamps

    def _found(self, query: SampleQuery) -> list[int]:
        """The rows that a query asks for, in its order."""
        if query in self._kept:
            self._kept.move_to_end(query)
            return self._kept[query]
        where, values = conditions(query)
        until = time.thread_time() + SEARCH_SECONDS
        self._base.set_progress_handler(lambda: int(time.thread_time() > until), _STEP)
        try:
            statement = f"SELECT id FROM sample WHERE {where} ORDER BY {order(query)}"
            with closing(self._base.execute(statement, values)) as rows:
                found = [row[0] for row in rows]
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            told = f"The search took longer than {SEARCH_SECONDS:g} seconds."
            raise InvalidInput(told, "Choose a model, a test or a question first.") from None
        finally:
            self._base.set_progress_handler(None, _STEP)
        self._kept[query] = found
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    def _lines(self, ids: list[int]) -> Iterator[SampleLine]:
        columns = f"{_COLUMNS}, opinion, decision"
        names = columns.split(", ")
        for number in ids:
            row = self._base.execute(f"SELECT {columns} FROM sample WHERE id = ?", (number,)).fetchone()
            yield SampleLine(**dict(zip(names, row, strict=True)))

    def _distinct(self, column: str, where: str = "1") -> list[Any]:
        rows = self._base.execute(f"SELECT DISTINCT {column} FROM sample WHERE {where} ORDER BY {column}")
        return [row[0] for row in rows if row[0] is not None]


def _views(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """The outcomes that judges and people name, each with its trial, by the column they belong to."""
    opinions = read_reviews(folder / OPINIONS_FILE, Opinion).values()
    decisions = read_reviews(folder / OVERRIDES_FILE, Override).values()
    return {
        "opinion": [(view.outcome, view.id) for view in opinions],
        "decision": [(view.outcome, view.id) for view in decisions],
    }


def _stamp(path: Path) -> tuple[int, int]:
    """What changes with a file."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
