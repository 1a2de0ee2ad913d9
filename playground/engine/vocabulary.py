"""The bytes of a tokenizer's tokens, and text made from them token by token.

What a token adds to a text does not depend on what stands before it, so a stream costs the same at any length, a
character in several tokens appears when it is whole, and blanks stay where the model put them. Knows no model.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class Vocabulary:
    """Token ids to bytes. An id outside the tokenizer, as padded embeddings have, adds nothing."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._texts = [_whole_text(piece) for piece in pieces]

    def bytes_of(self, token_id: int) -> bytes:
        return self._pieces[token_id] if token_id < len(self._pieces) else b""

    def whole_text_of(self, token_id: int) -> str | None:
        """A token's text; None if it begins or ends within a character."""
        return self._texts[token_id] if token_id < len(self._texts) else ""

    def text_of(self, token_id: int) -> str:
        """A token on its own; a part of a character shows as the replacement character."""
        return self.bytes_of(token_id).decode("utf-8", "replace")

    def stream(self) -> TextStream:
        return TextStream(self)


def _whole_text(piece: bytes) -> str | None:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return None


class TextStream:
    """The text of tokens that come one by one."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.whole = True
        """Whether the text so far ends between two characters."""

    def add(self, token_id: int) -> str:
        """What the token adds: whole characters, "" while one is incomplete."""
        text = self._vocabulary.whole_text_of(token_id) if self.whole else None
        if text is None:
            text = self._decoder.decode(self._vocabulary.bytes_of(token_id))
            self.whole = not self._decoder.getstate()[0]
        return text

    def end(self) -> str:
        """What is left at the end: the replacement character if a character stayed incomplete, otherwise ""."""
        return self._decoder.decode(b"", final=True)


def vocabulary_of(tokenizer: Any) -> Vocabulary:
    """The vocabulary of a tokenizer of the transformers library.

    Byte-level and SentencePiece-like tokenizers are read from their tables; any other kind is asked to decode each
    token after another one.
    """
    kinds = _decoder_kinds(tokenizer)
    tokens: dict[str, int] = tokenizer.get_vocab()
    added = {index: str(token) for index, token in tokenizer.added_tokens_decoder.items()}
    pieces = [b""] * (max([*tokens.values(), *added], default=-1) + 1)
    for token, index in tokens.items():
        if "ByteLevel" in kinds:
            pieces[index] = byte_level(token)
        elif {"ByteFallback", "Metaspace"} & kinds:
            pieces[index] = sentencepiece(token)
        else:
            pieces[index] = _after_another(tokenizer, index)
    for index, token in added.items():
        pieces[index] = token.encode()
    return Vocabulary(pieces)


def _decoder_kinds(tokenizer: Any) -> set[str]:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or backend.decoder is None:
        return set()
    state = json.loads(backend.decoder.__getstate__())
    return {part["type"] for part in state.get("decoders", [state])}


def byte_level(token: str) -> bytes:
    """The bytes of a token as byte-level tokenizers write it; of any other text, the text's own."""
    codes = [_BYTES.get(character) for character in token]
    return bytes(code for code in codes if code is not None) if None not in codes else token.encode()


def sentencepiece(token: str) -> bytes:
    """The bytes of a token as SentencePiece writes it."""
    byte = _BYTE_TOKEN.fullmatch(token)
    return bytes([int(byte[1], 16)]) if byte else token.replace("▁", " ").encode()


def _after_another(tokenizer: Any, index: int) -> bytes:
    alone: str = tokenizer.decode([index])
    both: str = tokenizer.decode([index, index])
    return both.removeprefix(alone).encode()


def _byte_alphabet() -> dict[str, int]:
    """The letters that byte-level tokenizers write bytes with: printable ones stand for themselves."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    letters = {chr(byte): byte for byte in printable}
    return letters | {chr(256 + rank): byte for rank, byte in enumerate(others)}


_BYTES = _byte_alphabet()
