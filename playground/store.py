"""Stores sessions by key in one SQLite file. Knows no page; what is being written is saved row by row.

A row costs the same however much stands before it. A relay that was cut off with its server comes back as far as its
rows had been saved.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any

from playground.branches import Branch, Ending, Tree
from playground.errors import InvalidInput, RunError
from playground.serialization import STRICT, from_json, to_dict
from playground.trajectory import Author, AuthorKind, Segment, SegmentKind

SCHEMA_VERSION = 1
_CUT_OFF = Ending(outcome="stopped", why="the server ended; what was written is kept")
_TABLES = """
create table if not exists work (key text primary key, visitor text, name text, form text, path text, place integer,
    changed real);
create index if not exists work_of on work (visitor, changed);
create table if not exists branch (key text, number integer, body text, primary key (key, number)) without rowid;
create table if not exists row (key text, number integer, place integer, kind text, author_kind text, author text,
    text text, primary key (key, number, place)) without rowid;
"""
_SAVED = """insert into work values (?, ?, ?, ?, ?, ?, ?) on conflict (key) do update set name = excluded.name,
    form = excluded.form, path = excluded.path, place = excluded.place, changed = excluded.changed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One session: its name, the form as it was filled in, and all branches."""

    __pydantic_config__ = STRICT

    name: str = ""
    form: Mapping[str, str | float | None] = field(default_factory=dict, hash=False)
    tree: Tree = field(default_factory=Tree)
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if self.schema_version != SCHEMA_VERSION:
            raise InvalidInput(
                f"This session has schema version {self.schema_version}; this program reads {SCHEMA_VERSION}.",
                "Open it with the version that wrote it.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session in the list of its visitor's."""

    key: str
    name: str
    question: str
    changed: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """A row of text that is being written."""

    place: int
    kind: SegmentKind
    author_kind: AuthorKind
    author: str
    text: str


def segments_of(rows: Iterable[WrittenRow]) -> list[Segment]:
    """What stands in rows that follow each other, those of one author and kind as one segment."""
    found = groupby(rows, key=lambda row: (row.author_kind, row.author, row.kind))
    return [
        Segment(text="".join(row.text for row in joined), author=Author(kind=author_kind, name=author), kind=kind)
        for (author_kind, author, kind), joined in found
    ]


class Store:
    """The file of all saved work. Safe to use from several threads."""

    def __init__(self, path: Path | None) -> None:
        """Without a path nothing outlives the process.

        Raises:
            RunError: the file cannot be made or is none of this program.
        """
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
            self._base.execute("pragma journal_mode=wal")
            self._base.execute("pragma synchronous=normal")
            self._base.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise RunError(f"{path} cannot keep the sessions: {error}.", "Move it away, or free the disk.") from None
        self._lock = Lock()

    def save(self, key: str, visitor: str, work: Work, changed: Iterable[int]) -> None:
        """Keep a session, which stays the visitor's that began it; of its branches write those with these numbers.

        Raises:
            RunError: it cannot be written, as where the disk is full; then nothing of it is.
        """
        tree = work.tree
        bodies = [(key, number, json.dumps(to_dict(tree.branches[number]))) for number in changed]
        head = (key, visitor, work.name, json.dumps(dict(work.form)), json.dumps(tree.path), tree.place, time.time())
        with _told(), self._lock, self._base:
            self._base.execute("begin immediate")
            self._base.execute(_SAVED, head)
            self._base.executemany("insert or replace into branch values (?, ?, ?)", bodies)
            self._base.executemany("delete from row where key = ? and number = ?", [body[:2] for body in bodies])

    def save_rows(self, key: str, number: int, rows: Iterable[WrittenRow]) -> None:
        """Keep what a relay has written so far on a branch. Raises as `save` does."""
        values = [(key, number, row.place, row.kind, row.author_kind, row.author, row.text) for row in rows]
        with _told(), self._lock:
            self._base.executemany("insert or replace into row values (?, ?, ?, ?, ?, ?, ?)", values)

    def load(self, key: str) -> Work | None:
        """A session; None where there is none.

        Raises:
            InvalidData: what was saved is not of this form.
        """
        with self._lock, closing(self._base.cursor()) as cursor:
            head = cursor.execute("select name, form, path, place from work where key = ?", (key,)).fetchone()
            bodies = cursor.execute("select body from branch where key = ? order by number", (key,)).fetchall()
            rows = cursor.execute("select * from row where key = ? order by number, place", (key,)).fetchall()
        if head is None:
            return None
        branches = [from_json(Branch, body) for (body,) in bodies]
        for _, number, _, *row in rows:
            branches[number] = _with_row(branches[number], row)
        tree = Tree(branches=tuple(branches), path=tuple(json.loads(head[2])), place=head[3])
        return Work(name=head[0], form=json.loads(head[1]), tree=tree)

    def entries(self, visitor: str, most: int = 50) -> list[Entry]:
        """The visitor's sessions that hold something, the one changed last first."""
        query = """select w.key, w.name, json_extract(b.body, '$.trajectory.question'), w.changed
            from work w join branch b on b.key = w.key and b.number = 0 where w.visitor = ?
            order by w.changed desc limit ?"""
        with self._lock:
            found = self._base.execute(query, (visitor, most)).fetchall()
        return [Entry(key=key, name=name, question=question, changed=changed) for key, name, question, changed in found]

    def close(self) -> None:
        """Close the file."""
        self._base.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RunError(f"The session cannot be kept: {error}.", "Free the disk.") from None


def _with_row(branch: Branch, row: list[Any]) -> Branch:
    """The branch with one more of the rows that were saved while it was written."""
    kind, author_kind, author, text = row
    segment = Segment(text=text, author=Author(kind=author_kind, name=author), kind=kind)
    before = branch.trajectory
    last = before.segments[-1] if before.segments else None
    if last is not None and (last.author, last.kind, last.provenance) == (segment.author, segment.kind, None):
        segments = (*before.segments[:-1], replace(last, text=last.text + text))
        return replace(branch, trajectory=replace(before, segments=segments), ending=_CUT_OFF)
    return replace(branch, trajectory=before.extend(segment), ending=_CUT_OFF)
