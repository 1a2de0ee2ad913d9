"""Turns filters and an order of samples into conditions of SQL. Pure; opens no ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from playground.errors import InvalidInput
from playground.serialization import STRICT

Sort = Literal["", "question", "model", "position", "length", "tokens", "backtracks", "verdict"]

LONGEST_TEXT = 200
"""Characters that are searched for."""
_ALL = "1"
_SORTS = {
    "": "id",
    "question": "question",
    "model": "model",
    "position": "position",
    "length": "length",
    "tokens": "tokens",
    "backtracks": "backtracks",
    "verdict": "verdict",
}
_SEARCH = """ AND (question IN (SELECT id FROM run.questions WHERE json_extract(question, '$.question.text') LIKE :like
    ESCAPE '\\') OR id IN (SELECT rowid FROM run.outcomes WHERE {rows} outcome LIKE :raw ESCAPE '\\'
    AND json_extract(outcome, '$.text') LIKE :like ESCAPE '\\'))"""
"""The text as it stands in JSON first: that reads nothing but bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleQuery:
    """Which samples, and in which order; what is empty is not asked for."""

    __pydantic_config__ = STRICT

    model: str = ""
    test: str = ""
    question: str = ""
    position: float | None = None
    """m: how much of the model's own reasoning stood before the steer."""
    length: float | None = None
    """n: how much of the other trajectory was put in."""
    verdict: str = ""
    backtracked: Literal["", "yes", "no"] = ""
    review: Literal["", "disputed", "decided"] = ""
    """`disputed`: a judge or a person says otherwise than the rules; `decided`: a person has given a verdict."""
    text: str = ""
    """What stands in the question or the completion; upper and lower case are the same in ASCII."""
    sort: Sort = ""
    """Empty for the order in which they were written."""
    descending: bool = False


def conditions(query: SampleQuery) -> tuple[str, dict[str, Any]]:
    """What a row of `sample` must fulfil, beside the ledger as `run`, and the values that are named in it.

    Raises:
        InvalidInput: too long a text.
    """
    if len(query.text) > LONGEST_TEXT:
        raise InvalidInput(f"The text has {len(query.text):,} characters.", f"Search for at most {LONGEST_TEXT}.")
    values: dict[str, Any] = {
        name: getattr(query, name)
        for name in ("model", "test", "question", "position", "length", "verdict")
        if getattr(query, name) not in ("", None)
    }
    parts = [_ALL, *(f"{name} = :{name}" for name in values)]
    if query.position is not None:
        parts.append("test = 'recoverability'")  # elsewhere it means nothing
    if query.length is not None:
        parts.append("test <> 'solo'")
    if query.backtracked:
        parts.append("backtracks > 0" if query.backtracked == "yes" else "backtracks = 0")
    if query.review == "decided":
        parts.append("decision IS NOT NULL")
    elif query.review == "disputed":
        parts.append("(decision <> verdict OR (opinion <> verdict AND opinion <> 'error'))")
    where = " AND ".join(parts)
    if query.text:
        among = "" if where == _ALL else f"rowid IN (SELECT id FROM sample WHERE {where}) AND"
        where += _SEARCH.format(rows=among)
    raw = json.dumps(query.text, ensure_ascii=False)[1:-1]
    return where, values | {"like": f"%{_escaped(query.text)}%", "raw": f"%{_escaped(raw)}%"}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def order(query: SampleQuery) -> str:
    """The columns by which the rows are sorted."""
    return f"{_SORTS[query.sort]} {'DESC' if query.descending else 'ASC'}, id"
