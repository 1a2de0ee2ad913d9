"""Turns frozen values into plain JSON data and back, strictly. Knows no particular value.

Reading refuses unknown keys and wrong types and says where (`segments[2].text`); pydantic does the work on the
plain dataclasses. A value that may be read forbids unknown keys with `__pydantic_config__ = STRICT`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from playground.errors import InvalidData, InvalidInput, RunError

if TYPE_CHECKING:
    from pydantic import ConfigDict, TypeAdapter

T = TypeVar("T")

STRICT: Final[ConfigDict] = {"extra": "forbid"}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    return cast("TypeAdapter[T]", _adapters(cast(Hashable, kind)))


@cache
def _adapters(kind: Hashable) -> object:
    from pydantic import TypeAdapter  # slow to import, and not every use of the package reads JSON

    return TypeAdapter(kind)  # type: ignore[arg-type]


def to_dict(value: Any) -> dict[str, Any]:
    """A frozen value as JSON data; fields that are None are left out."""
    data = dataclasses.asdict(value, dict_factory=_without_none)
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


def _without_none(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if value is not None}


def from_dict(kind: type[T], data: object) -> T:
    """The value that `data` describes.

    Raises:
        InvalidData: an unknown key, a wrong type or a missing field; its `path` leads to the first fault.
    """
    try:
        text = json.dumps(data)
    except (TypeError, ValueError) as error:
        raise InvalidData("", f"is not JSON data ({error})") from None
    return from_json(kind, text)


def from_json(kind: type[T], text: str | bytes) -> T:
    """As `from_dict`, from JSON text.

    Raises:
        InvalidData: the text is not JSON, or not of this form.
    """
    from pydantic import ValidationError

    try:
        value: T = _adapter(kind).validate_json(text, strict=True)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise InvalidData(_path(fault["loc"]), fault["msg"][:1].lower() + fault["msg"][1:]) from None
    return value


def from_json_at(kind: type[T], text: str | bytes, place: str, hint: str = "") -> T:
    """As `from_json`, from a place in a file that every message names; `hint` says what is wanted there.

    Raises:
        InvalidData: as `from_json`.
        InvalidInput: the text is of this form, and what it says cannot be.
    """
    try:
        return from_json(kind, text)
    except InvalidData as error:
        raise InvalidData(f"{place}: {error.path}".removesuffix(": "), error.problem, hint) from None
    except InvalidInput as error:
        raise InvalidInput(f"{place}: {error.message}", error.hint) from None


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def json_schema(kind: type[Any], title: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a value's JSON form."""
    schema = _adapter(kind).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def json_of_line(line: bytes) -> Any:
    """The JSON data of a line, with U+FFFD for each half of a character that is escaped without its other half.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    data = json.loads(line)
    if b"\\ud" not in line.lower():
        return data
    text = json.dumps(data, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def read_text(path: Path) -> str:
    """A UTF-8 file's text.

    Raises:
        InvalidInput: no such file, not a file, not readable, or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text ({error.reason}).", "Give a text file.") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check the path.") from None


def read_json(kind: type[T], path: Path, hint: str = "") -> T:
    """The value in a JSON file; `hint` says what file is wanted.

    Raises:
        InvalidInput: the file cannot be read, or what it says cannot be.
        InvalidData: it is not JSON, or not of this form; its `path` begins with the file's.
    """
    return from_json_at(kind, read_text(path), str(path), hint)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: a reader never sees half of it.

    Raises:
        RunError: the path names no file, or a device; the folder cannot be written to, or the disk is full.
    """
    write_lines(path, [text])


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """As `write_text`, of lines that need not be in memory together. Raises as that does."""
    with _partial(path) as partial:
        with partial.open("w", encoding="utf-8") as file:
            file.writelines(lines)
        partial.replace(path)


def check_writable(path: Path) -> None:
    """See whether `write_text` could write there; the file that is there already stays as it is.

    Raises:
        RunError: as `write_text` does.
    """
    with _partial(path) as partial:
        partial.touch()
        partial.unlink()


@contextmanager
def _partial(path: Path) -> Iterator[Path]:
    """Where a file is written before it takes its place."""
    try:
        if not path.name or path.is_dir():
            raise RunError(f"{path} is not a file name.", "Give a file name.")
        if path.exists() and not path.is_file():  # the file would take the device's place
            raise RunError(f"{path} is a device or a pipe.", "Give a file name.")
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path.with_name(f".{path.name}.partial")
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from None
