"""Keeps a judge's opinions and people's decisions on verdicts, beside what the rules said.

Nothing is overwritten: every view is kept, in JSON Lines beside the run, and the last one of a person counts most.
Grades nothing itself.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

from playground.errors import InvalidInput, RunError
from playground.records import OutcomeClass
from playground.serialization import STRICT, from_json_at, to_dict

OPINIONS_FILE = "opinions.jsonl"
OVERRIDES_FILE = "overrides.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a judge says of an answer that the rules call wrong."""

    __pydantic_config__ = STRICT

    id: str
    """The trial, or the row."""
    outcome: Literal["correct", "wrong", "error"]
    """`error` where the judge did not say."""
    judge: str
    """The model."""
    revision: str = ""
    """Which version of it; empty in opinions from before it was kept."""
    said: str
    """The end of its answer, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's decision on a verdict."""

    __pydantic_config__ = STRICT

    id: str
    """The trial, or the row."""
    outcome: OutcomeClass
    author: str
    reason: str
    created: str
    """ISO 8601 in UTC."""


Review = TypeVar("Review", Opinion, Override)


@dataclass(frozen=True, slots=True)
class Reviews:
    """The last views on the trials of a run: a judge's and a person's, each by the trial."""

    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def settled(self, id_: str, rules: OutcomeClass) -> OutcomeClass:
        """The verdict on a trial that counts."""
        return settled(rules, self.opinions.get(id_), self.overrides.get(id_))


def reviews_in(folder: Path) -> Reviews:
    """The views kept in a run's folder.

    Raises:
        InvalidData: a line of their files is none; it is named.
    """
    opinions = read_reviews(folder / OPINIONS_FILE, Opinion)
    return Reviews(opinions=opinions, overrides=read_reviews(folder / OVERRIDES_FILE, Override))


def override(id_: str, outcome: OutcomeClass, *, author: str, reason: str) -> Override:
    """A person's decision, made now.

    Raises:
        InvalidInput: it does not say who decided, or why.
    """
    if not author.strip() or not reason.strip():
        raise InvalidInput("A decision needs its author and a reason.", "Say who decides, and why.")
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Override(id=id_, outcome=outcome, author=author.strip(), reason=reason.strip(), created=created)


def settled(rules: OutcomeClass, opinion: Opinion | None = None, decision: Override | None = None) -> OutcomeClass:
    """The verdict that counts: a person's, else a judge's on what the rules call wrong, else the rules'."""
    if decision is not None:
        return decision.outcome
    if rules == "wrong" and opinion is not None and opinion.outcome == "correct":
        return "correct"
    return rules


def disagreements(rules: Mapping[str, OutcomeClass], opinions: Mapping[str, Opinion]) -> list[str]:
    """The ids on which the judge says otherwise than the rules, in the rules' order."""
    others = {id_: opinion.outcome for id_, opinion in opinions.items() if opinion.outcome != "error"}
    return [id_ for id_, outcome in rules.items() if id_ in others and others[id_] != outcome]


def add(path: Path, review: Opinion | Override) -> None:
    """Put one more view behind those in a file, whole or not at all.

    Raises:
        RunError: the file cannot be written to.
    """
    line = json.dumps(to_dict(review), ensure_ascii=False).encode() + b"\n"
    try:
        with path.open("ab", buffering=0) as file:
            before = file.tell()
            if file.write(line) < len(line):  # half a line would make all of the file unreadable
                file.truncate(before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from None


def read_reviews(path: Path, kind: type[Review]) -> dict[str, Review]:
    """The last view on each id; none where there is no file.

    Raises:
        InvalidData: a line is not of this kind; it is named.
    """
    if not path.is_file():
        return {}
    found: dict[str, Review] = {}
    with path.open("rb") as lines:  # unlike `str.splitlines`, it keeps a reason's own separators
        for number, line in enumerate(lines, start=1):
            review = from_json_at(kind, line, f"{path}, line {number}")
            found[review.id] = review
    return found
