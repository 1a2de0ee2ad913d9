"""Reads what a checkpoint's files say of it: chat template, size, and whether it is whole. Loads no model.

A checkpoint is a directory, a GGUF file, or a model of the hub by its id.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from playground.cards.gguf_header import read_gguf_header
from playground.cards.hub import cached_folder, fetched_papers, is_hub_id
from playground.errors import InvalidInput, ModelUnavailable
from playground.serialization import read_text

ATTENTION = {"full_attention", "sliding_attention"}
"""The kinds of layers, where a configuration lists them, that keep keys and values and nothing else."""
SourceKind = Literal["directory", "gguf", "hub"]
HEADER = 100_000_000
"""The longest header of a safetensors file, in bytes, that the format allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What is known of a checkpoint without loading it."""

    name: str
    template: str | None = None
    bos_token: str = ""
    eos_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A checkpoint's weights as they lie on disk."""

    missing: str = ""
    """What is missing, in words; empty if nothing is."""
    parameters: int | None = None
    """None where the files do not say."""


def source_kind(source: str) -> SourceKind:
    """What a source names; a directory goes before a hub id."""
    if source.endswith(".gguf"):
        return "gguf"
    return "hub" if is_hub_id(source) and not Path(source).is_dir() else "directory"


def read_papers(source: str, revision: str | None = None) -> Papers:
    """What a checkpoint says of its prompts; of a hub model the small files are fetched if they are not cached.

    Raises:
        ModelUnavailable: nothing there, no tokenizer, or files that cannot be read.
    """
    kind = source_kind(source)
    if kind == "gguf":
        return _gguf_papers(Path(source))
    if kind == "hub":
        return replace(_folder_papers(fetched_papers(source, revision)), name=source)
    return _folder_papers(Path(source))


def read_weights(source: str, revision: str | None = None) -> Weights:
    """What there is of a checkpoint's weights. Asks no hub.

    Raises:
        ModelUnavailable: files that cannot be read.
    """
    kind = source_kind(source)
    if kind == "gguf":
        return Weights(parameters=read_gguf_header(Path(source)).parameters)
    if kind == "directory":
        return _folder_weights(Path(source))
    folder = cached_folder(source, revision)
    if folder is None:
        return Weights(missing=f"{source} is not in the local cache")
    weights = _folder_weights(folder)
    return replace(weights, missing=weights.missing.replace(str(folder), f"{source} in the local cache"))


def _gguf_papers(path: Path) -> Papers:
    header = read_gguf_header(path)
    return Papers(
        name=path.stem,
        template=header.text("tokenizer.chat_template"),
        bos_token=header.token("bos"),
        eos_token=header.token("eos"),
    )


def _folder_papers(folder: Path) -> Papers:
    config = _read_object(folder / "tokenizer_config.json")
    return Papers(
        name=folder.resolve().name,
        template=_template_source(folder, config),
        bos_token=_token(config.get("bos_token")),
        eos_token=_token(config.get("eos_token")),
    )


def _template_source(folder: Path, config: Mapping[str, Any]) -> str | None:
    """The chat template: a file of its own, or in the tokenizer's configuration, alone or as one of several."""
    file = folder / "chat_template.jinja"
    if file.is_file():
        return read_text(file)
    source = config.get("chat_template")
    if isinstance(source, list):
        named = (entry for entry in source if isinstance(entry, dict) and entry.get("name") == "default")
        source = next(named, {}).get("template")
    return source if isinstance(source, str) else None


def _read_object(path: Path) -> dict[str, Any]:
    if not path.parent.is_dir():
        raise ModelUnavailable(f"There is no directory {path.parent}.", "Check the path.")
    if not path.is_file():
        raise ModelUnavailable(f"{path.parent} has no {path.name}.", "Give the directory of a complete checkpoint.")
    try:
        data = json.loads(read_text(path))
    except InvalidInput as error:
        raise ModelUnavailable(error.message, "Fetch the checkpoint again.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ModelUnavailable(f"{path} is not JSON ({error}).", "Fetch the checkpoint again.") from None
    if not isinstance(data, dict):
        raise ModelUnavailable(f"{path} does not hold a JSON object.", "Fetch the checkpoint again.")
    return data


def _token(value: Any) -> str:
    """A special token as tokenizer_config.json writes it: a string, an object with `content`, or nothing."""
    content = value.get("content") if isinstance(value, dict) else value
    return content if isinstance(content, str) else ""


def _folder_weights(folder: Path) -> Weights:
    if not (folder / "config.json").is_file():
        return Weights(missing=f"{folder} has no config.json")
    if not _layer_kinds(_read_object(folder / "config.json")) <= ATTENTION:
        return Weights(missing=f"{folder} cannot run in this process: some of its layers are not attention layers")
    index = folder / "model.safetensors.index.json"
    named = _read_object(index).get("weight_map") if index.is_file() else None
    parts = sorted(set(map(str, named.values()))) if isinstance(named, dict) else []
    absent = [part for part in parts if not (folder / part).is_file()]
    if absent:
        return Weights(missing=f"{folder} has no {absent[0]}, one of {len(absent)} missing files")
    files = [folder / part for part in parts] or sorted(folder.glob("*.safetensors"))
    if files:
        counts = [_parameters(file) for file in files]
        known = [count for count in counts if count is not None]
        return Weights(parameters=sum(known) if len(known) == len(counts) else None)
    if any(folder.glob("*.bin")):
        return Weights()
    return Weights(missing=f"{folder} has no weights (*.safetensors)")


def _layer_kinds(config: Mapping[str, Any]) -> set[str]:
    text = config.get("text_config")
    kinds = (text if isinstance(text, dict) else config).get("layer_types")
    return set(map(str, kinds)) if isinstance(kinds, list) else set()


def _parameters(file: Path) -> int | None:
    """How many numbers a safetensors file holds, by its header; None if it is damaged, as loading it will say."""
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        try:
            header = json.loads(stream.read(length)) if length <= HEADER else None
        except (ValueError, RecursionError):
            return None
    if not isinstance(header, dict):
        return None
    tensors = (tensor for name, tensor in header.items() if name != "__metadata__" and isinstance(tensor, dict))
    shapes = [tensor.get("shape", []) for tensor in tensors]
    if not all(isinstance(shape, list) and all(type(size) is int for size in shape) for shape in shapes):
        return None
    return sum(map(math.prod, shapes))
