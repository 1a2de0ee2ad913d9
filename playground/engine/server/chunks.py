"""Parses what a server sends, event by event or in one piece, into typed values. Knows no network.

Both forms of log-probabilities are read: lists side by side, as `/v1/completions` defines them, and one object for
each token, as `/v1/chat/completions` and llama.cpp write them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from playground.engine.base import UNKNOWN_ID, Alternative, Token
from playground.errors import FaultKind
from playground.visible import has_half

Data = Mapping[str, Any]
_LARGEST: Final = sys.float_info.max
_MOST: Final = 1 << 53


class MalformedAnswer(ValueError):
    """What an OpenAI-compatible server does not send; the message says what the server did."""

    def __init__(self, problem: str, kind: FaultKind = "malformed") -> None:
        self.kind: FaultKind = kind
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the server counted."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int | None = None
    """None: the server does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of an answer."""

    text: str = ""
    tokens: tuple[Token, ...] | None = None
    """None: the server does not say which tokens the text has."""
    finish_reason: str | None = None
    usage: Usage | None = None


def chunk_of(data: Data, *, alternatives: int | None) -> Chunk:
    """A chunk from an event's object, or from a whole answer; `alternatives` is how many are kept for a token.

    Raises:
        MalformedAnswer: it has not the form of one.
    """
    choices = data.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise MalformedAnswer("sent choices that are not a list of objects")
    usage = usage_of(data.get("usage"))
    if not choices:
        return Chunk(usage=usage)
    choice = choices[0]
    text = _text(choice)
    finish = choice.get("finish_reason")
    if not isinstance(finish, str | None):
        raise MalformedAnswer("sent a finish_reason that is not text")
    return Chunk(text=text, tokens=_tokens(text, choice, alternatives), finish_reason=finish or None, usage=usage)


def _text(choice: Data) -> str:
    message = choice.get("delta", choice.get("message"))
    if message is not None:
        if not isinstance(message, dict):
            raise MalformedAnswer("sent a message that is not an object")
        if message.get("reasoning_content") or message.get("reasoning"):
            raise MalformedAnswer("takes the thinking out of the text: start it without a reasoning parser", "refused")
    text = choice.get("text") if message is None else message.get("content")
    if not isinstance(text, str | None):
        raise MalformedAnswer("sent a text that is not a string")
    if text and has_half(text):
        raise MalformedAnswer("sent half a character")
    return text or ""


def usage_of(data: Any) -> Usage | None:
    """The usage that an answer gives; None if it gives none."""
    if not isinstance(data, dict):
        return None
    details = data.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    prompt, completion = _count(data.get("prompt_tokens")), _count(data.get("completion_tokens", 0))
    if prompt is None or completion is None:
        return None
    return Usage(prompt_tokens=prompt, completion_tokens=completion, cached_tokens=_count(cached))


def _count(value: Any) -> int | None:
    """A number of tokens, or of one in a vocabulary; None for what is none."""
    return value if type(value) is int and 0 <= value < _MOST else None


def _tokens(text: str, choice: Data, alternatives: int | None) -> tuple[Token, ...] | None:
    scored = scored_tokens(choice.get("logprobs")) if alternatives is not None else []
    ids = choice.get("token_ids")
    known = ids if isinstance(ids, list) and all(_count(index) is not None for index in ids) else []
    count = len(scored) or len(known)
    if not count:
        return None
    if len(known) != count:
        known = [UNKNOWN_ID] * count
    texts = texts_of(text, [token.text for token in scored] or [""] * count)
    made = []
    for index, part, score in zip_longest(known, texts, scored):
        if score is None:
            made.append(Token(id=index, text=part))
        else:
            best = score.alternatives[:alternatives]
            made.append(Token(id=index, text=part, logprob=score.logprob, alternatives=best))
    return tuple(made)


def texts_of(text: str, told: Sequence[str]) -> list[str]:
    """What each token adds to the text, from the tokens' own texts.

    A token that is a part of a character is not told as it is; where the texts do not fit, the next one that does
    takes what lies between, and the last one the rest.
    """
    texts: list[str] = []
    start = 0
    for part in told:
        fits = part and "\ufffd" not in part
        at = text.find(part, start, start + len(part) + 4) if fits else -1
        texts.append(text[start : at + len(part)] if at >= 0 else "")
        start += len(texts[-1])
    return [*texts[:-1], texts[-1] + text[start:]] if texts else texts


def scored_tokens(logprobs: Any) -> list[Token]:
    """The tokens of a `logprobs` object, their alternatives sorted."""
    if not isinstance(logprobs, dict):
        return []
    if isinstance(logprobs.get("content"), list):
        return [_from_object(entry) for entry in logprobs["content"] if isinstance(entry, dict)]
    texts, values = logprobs.get("tokens") or [], logprobs.get("token_logprobs") or []
    tops = logprobs.get("top_logprobs") or []
    if not (isinstance(texts, list) and isinstance(values, list) and isinstance(tops, list)):
        raise MalformedAnswer("sent log-probabilities that are not lists")
    tokens = []
    for text, value, top in zip_longest(texts, values, tops[: len(texts)]):
        best = [(name, number) for name, number in top.items()] if isinstance(top, dict) else []
        tokens.append(Token(id=UNKNOWN_ID, text=str(text), logprob=_number(value), alternatives=_sorted(best)))
    return tokens


def _from_object(entry: Data) -> Token:
    tops = entry.get("top_logprobs")
    listed = [top for top in tops if isinstance(top, dict)] if isinstance(tops, list) else []
    best = [(top.get("token"), top.get("logprob")) for top in listed]
    value = _number(entry.get("logprob"))
    return Token(id=UNKNOWN_ID, text=str(entry.get("token", "")), logprob=value, alternatives=_sorted(best))


def _sorted(best: Sequence[tuple[Any, Any]]) -> tuple[Alternative, ...]:
    known = [(str(text), number) for text, value in best if (number := _number(value)) is not None]
    ranked = sorted(known, key=lambda pair: -pair[1])
    return tuple(Alternative(text=text, logprob=value) for text, value in ranked)


def _number(value: Any) -> float | None:
    """A log-probability; None for what is none. What lies above 0 is 0, but for the rounding."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST
    return min(0.0, float(value)) if number else None
