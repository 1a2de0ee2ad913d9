"""Reads the models file, in which users name models of their own. Knows no model library.

    [[model]]
    name = "thinker"                            # what --model takes
    source = "Qwen/Qwen3-8B"                    # a hub id, a directory, a .gguf file; for replay a recorded trace
    engine = "transformers"                     # the default
    think_tags = ["<think>", "</think>"]        # instead of what the chat template says; [] for none
    after_open = "\\n"                           # what follows the open tag
    user_suffix = "..."                         # appended to the question
    [model.template]                            # switches of the chat template
    enable_thinking = true
    [model.sampling]                            # instead of what the authors recommend
    temperature = 0.7
    [model.options]                             # options of the engine
    dtype = "bfloat16"

Paths are read from the folder of the file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from playground.errors import InvalidData, InvalidInput
from playground.sampling import SamplingParams
from playground.serialization import STRICT, from_dict, read_text
from playground.thinking import NO_TAGS, ThinkTags

DEFAULT: Final = Path("models.toml")
"""Read from the working directory when no other file is named, if it is there."""

ENGINE_OPTIONS: Final[Mapping[str, Mapping[str, type]]] = {
    "transformers": {
        "device": str,
        "dtype": str,
        "revision": str,
        "batch_size": int,
        "trust_remote_code": bool,
    },
    "vllm": {
        "dtype": str,
        "max_model_len": int,
        "max_num_seqs": int,
        "tensor_parallel_size": int,
        "gpu_memory_utilization": float,
        "enforce_eager": bool,
        "revision": str,
        "trust_remote_code": bool,
    },
    "server": {
        "model": str,
        "template": str,
        "context_length": int,
        "max_connections": int,
        "connect_seconds": float,
        "timeout": float,
        "answer_seconds": float,
        "retry_seconds": float,
    },
    "scripted": {"token_seconds": float, "context_length": int},
    "replay": {"tokens_per_second": float},
}
"""The options of each engine, and their types; numbers are above 0."""
_MAY_BE_ZERO: Final = ("token_seconds", "retry_seconds")

_NAMES: Final[Mapping[type, str]] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingEntry:
    """What of the sampling a card sets; None leaves it as it is."""

    __pydantic_config__ = STRICT

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int | None = None

    def over(self, sampling: SamplingParams) -> SamplingParams:
        """The sampling with the values set here.

        Raises:
            InvalidInput: a number that makes no sense.
        """
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(sampling, **{name: value for name, value in values.items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """A model as a models file writes it."""

    __pydantic_config__ = STRICT

    name: str
    engine: str = "transformers"
    source: str = ""
    think_tags: tuple[str, ...] | None = None
    after_open: str = "\n"
    answer_end: str | None = None
    user_suffix: str = ""
    template: dict[str, Any] = field(default_factory=dict)
    sampling: SamplingEntry = SamplingEntry()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def think(self) -> ThinkTags | None:
        """The think tags that are set; None leaves them to the chat template."""
        if self.think_tags is None:
            return None
        if not self.think_tags:
            return NO_TAGS
        opening, closing = self.think_tags
        return ThinkTags(open=opening, close=closing, after_open=self.after_open, answer_end=self.answer_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    __pydantic_config__ = STRICT

    model: tuple[ModelEntry, ...] = ()


def read_models_file(path: Path | None) -> tuple[ModelEntry, ...]:
    """The entries of a file; without one those of `models.toml` in the working directory, if there is one.

    Raises:
        InvalidInput: the file cannot be read, or is not TOML.
        InvalidData: an unknown key, a wrong type, or a name twice; the path leads to it.
    """
    if path is None and not DEFAULT.is_file():
        return ()
    path = path or DEFAULT
    try:
        data = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path} is not TOML: {error}.", "Correct that line.") from None
    except RecursionError:
        raise InvalidInput(f"{path} is nested too deeply.", "Give a models file.") from None
    try:
        return tuple(_at(path.parent, entry) for entry in _entries(data))
    except InvalidData as error:
        raise InvalidData(f"{path}: {error.path}".removesuffix(": "), error.problem, error.hint) from None


def _entries(data: Mapping[str, Any]) -> Sequence[ModelEntry]:
    _check_keys(data, _File, "")
    tables = data.get("model", [])
    for number, table in enumerate(tables if isinstance(tables, list) else ()):
        if isinstance(table, dict):
            _check_keys(table, ModelEntry, f"model[{number}]")
            if isinstance(table.get("sampling"), dict):
                _check_keys(table["sampling"], SamplingEntry, f"model[{number}].sampling")
    entries = from_dict(_File, data).model
    for number, entry in enumerate(entries):
        _check_entry(entry, f"model[{number}]")
    names = [entry.name for entry in entries]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise InvalidData(f"model[{number}].name", f"{name!r} appears twice", "Give each model its own name.")
    return entries


def _check_keys(data: Mapping[str, Any], kind: type[Any], path: str) -> None:
    valid = [each.name for each in fields(kind)]
    for key in data:
        if key not in valid:
            raise _unknown(f"{path}.{key}".removeprefix("."), valid)


def _unknown(path: str, valid: Sequence[str]) -> InvalidData:
    return InvalidData(path, "there is no such key", f"Valid: {', '.join(valid)}.")


def _check_entry(entry: ModelEntry, path: str) -> None:
    """What the types alone do not say."""
    if not entry.name.strip():
        raise InvalidData(f"{path}.name", "is empty", "Give the model a name.")
    if not entry.name.isprintable():
        raise InvalidData(f"{path}.name", "contains a line break or another control character", "Leave it out.")
    if entry.engine not in ENGINE_OPTIONS:
        valid = ", ".join(ENGINE_OPTIONS)
        raise InvalidData(f"{path}.engine", f"there is no engine {entry.engine!r}", f"Choose one of {valid}.")
    if not entry.source and entry.engine != "scripted":
        raise InvalidData(f"{path}.source", "is missing", "Give a hub id, a directory or a file.")
    tags = entry.think_tags
    if tags is not None and (len(tags) not in (0, 2) or not all(tags)):
        raise InvalidData(f"{path}.think_tags", "must be two texts or none", 'Write ["<think>", "</think>"] or [].')
    if not tags and (entry.after_open != "\n" or entry.answer_end is not None):
        raise InvalidData(f"{path}.think_tags", "is missing, and after_open and answer_end need it", "Give it too.")
    if entry.answer_end == "":
        raise InvalidData(f"{path}.answer_end", "is empty", "Leave it out.")
    try:
        entry.sampling.over(SamplingParams())
    except InvalidInput as error:
        raise InvalidData(f"{path}.sampling", error.message.rstrip("."), error.hint) from None
    if entry.template and entry.engine not in ("transformers", "vllm"):
        problem = f"holds switches of a chat template, which models of the engine {entry.engine!r} do not have"
        raise InvalidData(f"{path}.template", problem, "Leave it out.")
    for key, value in entry.template.items():
        if not isinstance(value, str | int | bool):
            raise InvalidData(f"{path}.template.{key}", "must be a text, a whole number, or true or false")
    _check_options(entry, f"{path}.options")


def _check_options(entry: ModelEntry, path: str) -> None:
    valid = ENGINE_OPTIONS[entry.engine]
    for key, value in entry.options.items():
        if key not in valid:
            raise _unknown(f"{path}.{key}", list(valid))
        allowed = (int, float) if valid[key] is float else (valid[key],)
        if type(value) not in allowed:
            raise InvalidData(f"{path}.{key}", f"must be {_NAMES[valid[key]]}")
        if valid[key] in (int, float) and not (value > 0 or (value == 0 and key in _MAY_BE_ZERO)):
            least = "at least 0" if key in _MAY_BE_ZERO else "above 0"
            raise InvalidData(f"{path}.{key}", f"must be {least}")


def _at(folder: Path, entry: ModelEntry) -> ModelEntry:
    """The entry with its path as seen from here; `~` is the home directory."""
    there = folder / os.path.expanduser(entry.source)
    return replace(entry, source=str(there)) if entry.source and there.exists() else entry
