"""Reads the header of a GGUF file: its metadata and the number of its parameters. Reads no tensor.

The format is little-endian: magic, version, counts of tensors and of keys, the keys with their values, then name,
shape, type and offset of each tensor.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from playground.errors import ModelUnavailable

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)
LONGEST: Final = 1 << 27
"""Bytes of a text and items of a list, at most: what claims more is damaged."""

_SCALARS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT: Final = 8
_LIST: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufHeader:
    """What a GGUF file says of itself."""

    metadata: dict[str, Any]
    parameters: int

    def text(self, key: str) -> str | None:
        """The text under a key, or None."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else None

    def token(self, key: str) -> str:
        """The token whose number stands under `tokenizer.ggml.KEY_token_id`, or the empty text."""
        index, tokens = self.metadata.get(f"tokenizer.ggml.{key}_token_id"), self.metadata.get("tokenizer.ggml.tokens")
        if not isinstance(index, int) or not isinstance(tokens, list) or not 0 <= index < len(tokens):
            return ""
        return str(tokens[index])


def read_gguf_header(path: Path) -> GgufHeader:
    """The header of a file.

    Raises:
        ModelUnavailable: no such file, not a GGUF file of version 2 or 3, or one that is cut off or damaged.
    """
    try:
        with path.open("rb") as file:
            return _header(file, path)
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read: {error.strerror}.", "Check the path.") from None
    except (struct.error, UnicodeDecodeError, _Damaged):
        raise ModelUnavailable(f"{path} is a damaged GGUF file.", "Fetch it again.") from None


class _Damaged(Exception):
    """A value that no GGUF file has."""


def _header(file: BinaryIO, path: Path) -> GgufHeader:
    magic, version = file.read(4), _number(file, "I")
    if magic != MAGIC or version not in VERSIONS:
        raise ModelUnavailable(f"{path} is not a GGUF file of version 2 or 3.", "Give a GGUF file or a directory.")
    tensors, keys = _number(file, "Q"), _number(file, "Q")
    if max(tensors, keys) > LONGEST:
        raise _Damaged
    metadata = {_text(file): _value(file, _number(file, "I")) for _ in range(keys)}
    return GgufHeader(metadata=metadata, parameters=sum(_tensor(file) for _ in range(tensors)))


def _tensor(file: BinaryIO) -> int:
    """The number of values in a tensor."""
    _text(file)
    shape = [_number(file, "Q") for _ in range(min(_number(file, "I"), 8))]
    file.read(12)  # type and offset
    return math.prod(shape)


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _TEXT:
        return _text(file)
    if kind == _LIST:
        item, count = _number(file, "I"), _number(file, "Q")
        if count > LONGEST or item not in (_TEXT, *_SCALARS):
            raise _Damaged
        return [_text(file) for _ in range(count)] if item == _TEXT else _numbers(file, count, _SCALARS[item])
    if kind not in _SCALARS:
        raise _Damaged
    return _number(file, _SCALARS[kind])


def _number(file: BinaryIO, form: str) -> Any:
    return _numbers(file, 1, form)[0]


def _numbers(file: BinaryIO, count: int, form: str) -> list[Any]:
    layout = f"<{count}{form}"
    return list(struct.unpack(layout, file.read(struct.calcsize(layout))))


def _text(file: BinaryIO) -> str:
    length = int.from_bytes(file.read(8), "little")
    if length > LONGEST:
        raise _Damaged
    data = file.read(length)
    if len(data) < length:
        raise _Damaged
    return data.decode("utf-8")
