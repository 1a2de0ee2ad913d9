"""Asks a server how its own tokenizer cuts a text. Knows no prompt and no engine.

vLLM and llama.cpp show a token's text; SGLang only its number, so that tokens can be counted there but not placed.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from playground.engine.pieces import piece_ends
from playground.engine.server.client import ServerClient
from playground.engine.vocabulary import byte_level, sentencepiece
from playground.errors import ServerError

SPECIAL_TOKENS = 2
"""Tokens that a server may put around a prompt, and a tokenizer before it, beside those of the text."""


def most_tokens(text: str) -> int:
    """More tokens than this a text cannot have: no token is shorter than a byte."""
    return len(text.encode()) + SPECIAL_TOKENS


async def tokenized(client: ServerClient, model: str, text: str) -> dict[str, Any]:
    """What the server's `/tokenize` says of a text. Raises as `ServerClient.get`."""
    body = {
        "model": model,
        "prompt": text,  # vLLM, SGLang
        "add_special_tokens": False,
        "return_token_strs": True,
        "content": text,  # llama.cpp
        "add_special": False,
        "parse_special": True,
        "with_pieces": True,
    }
    return await client.post_object(f"{client.address.root}/tokenize", body, client.settings.timeout)


def ends_told(told: dict[str, Any], text: str) -> list[int] | None:
    """Where each token ends, in characters; None if the answer does not say so."""
    pieces = _pieces(told)
    for read in (byte_level, sentencepiece):
        written = [piece if isinstance(piece, bytes) else read(piece) for piece in pieces]
        joined = b"".join(written)
        if joined == text.encode():
            return _character_ends(written)
        if joined == b" " + text.encode():  # the blank that SentencePiece puts before a text
            return [max(0, end - 1) for end in _character_ends(written)]
    return None


def count_told(told: dict[str, Any]) -> int | None:
    """How many tokens there are; None if the answer does not say so."""
    tokens, count = told.get("tokens"), told.get("count")
    if isinstance(tokens, list):
        return len(tokens)
    return count if isinstance(count, int) else None


def estimated_ends(text: str) -> list[int]:
    """Where tokens end if each word with the white space before it were one."""
    return piece_ends(text)


async def server_ends(client: ServerClient, model: str, text: str) -> list[int]:
    """Where each token of a text ends, for a server of which it is known that it says so.

    Raises:
        ServerError: it does not this time.
    """
    ends = ends_told(await tokenized(client, model, text), text) if text else []
    if ends is None:
        raise ServerError(client.address.host, "malformed", "gave tokens that are not those of the text")
    return ends


def _pieces(told: dict[str, Any]) -> list[str | bytes]:
    strings, tokens = told.get("token_strs"), told.get("tokens")
    if isinstance(strings, list):
        return [str(piece) for piece in strings]
    pieces: list[str | bytes] = []
    for token in tokens if isinstance(tokens, list) else []:
        piece = token.get("piece") if isinstance(token, dict) else None
        if isinstance(piece, list):
            pieces.append(bytes(byte & 0xFF for byte in piece if isinstance(byte, int)))  # a part of a character
        elif isinstance(piece, str):
            pieces.append(piece.encode())
    return pieces


def _character_ends(pieces: list[bytes]) -> list[int]:
    """The number of whole characters up to the end of each piece."""
    begun = accumulate(sum(byte & 0xC0 != 0x80 for byte in piece) for piece in pieces)
    rest = b"".join(pieces)
    ends = []
    position = 0
    for count, piece in zip(begun, pieces, strict=True):
        position += len(piece)
        inside = position < len(rest) and rest[position] & 0xC0 == 0x80
        ends.append(count - inside)
    return ends
