"""Reads recorded traces, from saved trajectories or from others' completions in JSON Lines.

Reads line by line; a fault is named by its line. Does not know what is looked for in a trace.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from playground.errors import InvalidData, InvalidInput
from playground.grading.golds import gold_text
from playground.recovery import Recovery, recoveries
from playground.serialization import from_json_at, json_of_line
from playground.thinking import NO_TAGS, STYLES, ThinkTags, split_thinking
from playground.trajectory import Trajectory

_WRITTEN = ("thinking_process", "response")
HINT = "Give a saved trajectory, or JSON Lines whose rows have `response` or `thinking_process`."


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTrace:
    """One recorded trace."""

    trace: str | int
    """The row's `trace_id`, or else its number from 0."""
    thinking: str
    answer: str | None = None
    """What stands behind the thinking; None where that is not closed."""
    question: str = ""
    """Empty where the row does not say."""
    gold: str | None = None
    """The row's `answer`, else the last box of its `solution`, else that itself."""
    model: str = ""
    """Who wrote it; empty where the row does not say."""
    recoveries: tuple[Recovery, ...] = ()
    """What became of the distractors in a saved trajectory."""


def read_traces(path: Path) -> Iterator[RecordedTrace]:
    """The traces of a file, one after the other: of a saved trajectory, or of JSON Lines.

    A row's `thinking_process` is thinking; of its `response` the thinking is what stands between the think tags, or
    all of it if there are none, and the answer what follows.

    Raises:
        InvalidInput: the file cannot be read.
        InvalidData: a line is not JSON, or not a row of this form.
    """
    try:
        with path.open("rb") as file:
            yield from _traces(file, str(path))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check the path.") from None


def _traces(file: BinaryIO, name: str) -> Iterator[RecordedTrace]:
    number = 0
    for line_number, row in enumerate(file, start=1):
        line = row.removeprefix(BOM_UTF8) if line_number == 1 else row
        place = f"{name}, line {line_number}"
        if number == 0 and line.strip() == b"{":
            yield _of_row(line + file.read(), name, 0)  # one object over many lines
            return
        if line.strip():
            yield _of_row(line, place, number)
            number += 1
    if number == 0:
        raise InvalidData(name, "holds no trace", HINT)


def _of_row(line: bytes, place: str, number: int) -> RecordedTrace:
    try:
        row = json_of_line(line)
    except (ValueError, RecursionError) as error:
        raise InvalidData(place, f"is not JSON ({error})", HINT) from None
    if not isinstance(row, dict):
        raise InvalidData(place, "is not a JSON object", HINT)
    if is_trajectory(row):
        return _of_trajectory(line, place, number)
    trace = number if row.get("trace_id") is None else row["trace_id"]
    if not isinstance(trace, str | int):
        raise InvalidData(
            f"{place}: trace_id", "is neither a string nor a whole number", "Leave it out, or correct it."
        )
    thinking, answer = _parts(row, place)
    return RecordedTrace(
        trace=trace,
        thinking=thinking,
        answer=answer,
        question=_text(row, "problem", "question"),
        gold=gold_text(row.get("answer"), row.get("solution")),
        model=_text(row, "model"),
    )


def is_trajectory(row: dict[str, Any]) -> bool:
    """Whether a row is a saved trajectory; a labelled trace has segments of another kind."""
    return "segments" in row and row.keys().isdisjoint(_WRITTEN)


def _of_trajectory(text: bytes, place: str, number: int) -> RecordedTrace:
    trajectory = from_json_at(Trajectory, text, place, HINT)
    return RecordedTrace(
        trace=number,
        thinking=trajectory.thinking,
        answer=trajectory.answer if trajectory.closed else None,
        question=trajectory.question,
        gold=trajectory.gold,
        recoveries=tuple(recoveries(trajectory)),
    )


def _parts(row: dict[str, Any], place: str) -> tuple[str, str | None]:
    """The thinking and the answer of a row."""
    for key in _WRITTEN:
        text = row.get(key)
        if isinstance(text, str):
            tags = tags_in(text)
            opened = not text.lstrip().startswith(tags.open or "")
            thought = split_thinking(text, tags, opened)
            return thought.thinking, thought.answer if thought.state == "closed" else None
        if text is not None:
            raise InvalidData(f"{place}: {key}", "is not a string")
    raise InvalidData(place, "has neither `response` nor `thinking_process`", HINT)


def tags_in(text: str) -> ThinkTags:
    """The think tags that a completion bears: those it begins with, else those that it closes."""
    body = text.lstrip()
    opened = [tags for tags in STYLES if body.startswith(str(tags.open))]
    closed = [tags for tags in STYLES if str(tags.close) in text]
    return next(iter(opened + closed), NO_TAGS)


def _text(row: dict[str, Any], *names: str) -> str:
    """The first of the named fields that is a text; empty where there is none."""
    return next((row[name] for name in names if isinstance(row.get(name), str)), "")
