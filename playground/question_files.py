"""Reads questions with answers from JSON Lines or Parquet, a benchmark's or a user's own. Knows no benchmark.

A row needs `problem` (or `question`) and `answer`; an answer may be a list. A fault is named by its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playground.errors import InvalidData, InvalidInput, MissingExtra
from playground.grading.golds import gold_text
from playground.records import Question
from playground.serialization import json_of_line

Row = dict[str, Any]

_HINT = "Give rows with `problem` and `answer`."
_TEXTS = ("problem", "question")
_ANSWERS = ("answer", "final_answer")
_IDS = ("id", "unique_id")


def rows(path: Path) -> Iterator[tuple[str, Row]]:
    """The rows of a file, each with its place for messages: ``file.jsonl, line 3``.

    Raises:
        InvalidInput: the file cannot be read.
        InvalidData: a line is not a JSON object.
        MissingExtra: a Parquet file without the package that reads it.
    """
    if path.suffix == ".parquet":
        yield from _parquet_rows(path)
        return
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path}, line {number}", _object(line, f"{path}, line {number}")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check the path.") from None


def _object(line: bytes, place: str) -> Row:
    try:
        row = json_of_line(line)
    except (ValueError, RecursionError) as error:
        raise InvalidData(place, f"is not JSON ({error})", "Give JSON Lines: one object on each line.") from None
    if not isinstance(row, dict):
        raise InvalidData(place, "is not a JSON object", "Give JSON Lines: one object on each line.")
    return row


def _parquet_rows(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise MissingExtra("pyarrow", "hub") from None
    try:
        table = parquet.read_table(path).to_pylist()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error}.", "Check the path.") from None
    except ArrowException as error:
        raise InvalidData(str(path), f"is not a Parquet file ({error})") from None
    for number, row in enumerate(table, start=1):
        yield f"{path}, row {number}", row


def questions(path: Path, benchmark: str = "") -> tuple[Question, ...]:
    """The questions of a file; their benchmark is the file's name unless it is given.

    Raises:
        InvalidInput: the file cannot be read.
        InvalidData: a row is no question, has no answer, or has the id of another one; its line is named.
    """
    name = benchmark or path.stem
    found: dict[str, Question] = {}
    for number, (place, row) in enumerate(rows(path)):
        question = question_of(row, place, name, f"{name}-{number}")
        if question.id in found:
            raise InvalidData(
                f"{place}: id", f"{question.id!r} is the id of an earlier row", "Give each row its own id."
            )
        found[question.id] = question
    if not found:
        raise InvalidData(str(path), "holds no question", _HINT)
    return tuple(found.values())


def question_of(row: Row, place: str, benchmark: str, default_id: str) -> Question:
    """The question of a row.

    Raises:
        InvalidData: the row has no text of a question, or no answer.
    """
    text = next((row[key] for key in _TEXTS if key in row), None)
    if not isinstance(text, str) or not text.strip():
        raise InvalidData(place, "has no `problem`, or an empty one", _HINT)
    answer = next((row[key] for key in _ANSWERS if row.get(key) is not None), None)
    gold = gold_text(answer, row.get("solution"))
    if gold is None:
        raise InvalidData(place, "has no `answer`, or an empty one", _HINT)
    given = next((row[key] for key in _IDS if row.get(key) is not None), default_id)
    if not isinstance(given, str | int):
        raise InvalidData(f"{place}: id", "is neither a string nor a whole number", "Leave it out, or correct it.")
    return Question(id=str(given), text=text, gold=gold, benchmark=benchmark)
