"""Cuts text into tokens for engines without a tokenizer: a token is a word with the white space before it.

The pieces of a text join to it, and the pieces of a text that is cut between two of them are the same as before.
Knows no engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from zlib import crc32

from playground.engine.base import Alternative, Completion, Delta, Token
from playground.engine.stop_strings import find_stop
from playground.errors import ContextTooLong, Unsupported
from playground.sampling import SamplingParams
from playground.trajectory import FinishReason

_PIECE = re.compile(r"\s*\S+|\s+\Z")
_OTHERS = (" Wait", " So", " Then", " Let", " But", " Now", "\n", " The", " Alternatively", " Hmm")

LOGPROBS = len(_OTHERS)
"""The most alternatives a piece can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What a request gets of a text that is known beforehand."""

    tokens: tuple[Token, ...]
    finish_reason: FinishReason
    stop_string: str | None

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)

    def deltas(self) -> list[Delta]:
        """One delta for each token that adds text."""
        return [Delta(text=token.text, tokens=(token,)) for token in self.tokens if token.text]

    def completion(self, *, prompt_tokens: int, seed: int, seconds: float) -> Completion:
        return Completion(
            text=self.text,
            finish_reason=self.finish_reason,
            prompt_tokens=prompt_tokens,
            cached_tokens=0,
            completion_tokens=len(self.tokens),
            seed=seed,
            seconds=seconds,
            stop_string=self.stop_string,
            tokens=self.tokens,
        )


def split(text: str) -> list[str]:
    """The pieces of a text."""
    return _PIECE.findall(text)


def piece_ends(text: str) -> list[int]:
    """Where each piece ends, in characters."""
    return [match.end() for match in _PIECE.finditer(text)]


def check(prompt: str, params: SamplingParams, *, context_length: int, logprobs: int) -> int:
    """The number of the prompt's tokens.

    Raises:
        ContextTooLong: the prompt leaves no room for one token.
        Unsupported: more alternatives are asked for than `logprobs`, or log-probabilities where that is 0.
    """
    if params.logprobs is not None and not logprobs:
        raise Unsupported("This engine has no log-probabilities.", "Leave logprobs out.")
    if params.logprobs is not None and params.logprobs > logprobs:
        raise Unsupported(f"This engine gives at most {logprobs} alternatives.", f"Ask for {logprobs} or fewer.")
    tokens = sum(1 for _ in _PIECE.finditer(prompt))
    if tokens + 1 > context_length:
        raise ContextTooLong(tokens + 1, context_length)
    return tokens


def excerpt(text: str, params: SamplingParams, room: int) -> Excerpt:
    """The tokens of `text` up to a stop string, `max_tokens` or the end of the context, `room` tokens away."""
    pieces = split(text)
    limit = min(params.max_tokens, room)
    reason: FinishReason = "length" if len(pieces) > limit else "stop"
    tokens = [token(piece, params.logprobs) for piece in pieces[:limit]]
    stop = find_stop("".join(pieces[:limit]), params.stop) if params.stop else None
    if stop is not None:
        tokens, reason = _cut(tokens, stop.start, stop.start + len(stop.stop)), "stop"
    return Excerpt(tokens=tuple(tokens), finish_reason=reason, stop_string=stop.stop if stop else None)


def _cut(tokens: list[Token], start: int, end: int) -> list[Token]:
    """The tokens up to `end`, without the characters after `start`."""
    kept: list[Token] = []
    position = 0
    for each in tokens:
        if position >= end:
            break
        over = position + len(each.text) > start
        kept.append(replace(each, text=each.text[: max(0, start - position)]) if over else each)
        position += len(each.text)
    return kept


@lru_cache(maxsize=65_536)
def token(piece: str, logprobs: int | None) -> Token:
    """A piece as a token; its log-probability is made up from its letters, between 0 and −3."""
    number = crc32(piece.encode())
    if logprobs is None:
        return Token(id=number, text=piece)
    logprob = -3.0 * (number % 997) ** 2 / 997**2
    others = [Alternative(text=text, logprob=-3.0 - rank / 2) for rank, text in enumerate(_OTHERS) if text != piece]
    best = (Alternative(text=piece, logprob=logprob), *others)
    return Token(id=number, text=piece, logprob=logprob, alternatives=best[:logprobs])
