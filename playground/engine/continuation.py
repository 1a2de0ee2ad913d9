"""The text of one request as its tokens come: stop strings, limits, and what may be shown when.

Knows no model; tokens come with their text.
"""

from __future__ import annotations

from dataclasses import replace

from playground.engine.base import Completion, Delta, Token
from playground.engine.stop_strings import find_stop, safe_length
from playground.trajectory import FinishReason


class Continuation:
    """Collects tokens; holds back those that may belong to a stop string or to an unfinished character."""

    def __init__(self, stops: tuple[str, ...], limit: int) -> None:
        self._stops = stops
        self._limit = limit
        self._shown: list[Token] = []
        self._held: list[Token] = []
        self._count = 0
        self.finish_reason: FinishReason | None = None
        self.stop_string: str | None = None

    def __len__(self) -> int:
        """The tokens so far."""
        return self._count

    def add(self, token: Token, *, whole: bool = True) -> Delta | None:
        """Take the next token, `whole` unless it ends within a character; what can be shown because of it."""
        self._count += 1
        if self._held or self._stops or not (whole and token.text):
            delta = self._hold(token, whole)
        else:  # nearly every token
            self._shown.append(token)
            delta = Delta(text=token.text, tokens=(token,))
        if self.finish_reason is None and self._count >= self._limit:
            self.finish_reason = "length"
        return delta

    def end(self, token: Token, tail: str = "") -> None:
        """Take the end-of-sequence token; `tail` is the rest of a character that stayed incomplete before it."""
        self._complete(tail)
        self._held.append(replace(token, text=""))
        self._count += 1
        self.finish_reason = "stop"

    def close(self, tail: str = "") -> Delta | None:
        """What was still held back. Without a finish reason so far, the request was aborted."""
        if self.finish_reason is None:
            self.finish_reason = "abort"
        if self.stop_string is None:
            self._complete(tail)
        return self._show(len(self._held))

    def _complete(self, tail: str) -> None:
        if tail and self._held:
            self._held[-1] = replace(self._held[-1], text=self._held[-1].text + tail)

    def completion(self, *, prompt_tokens: int, cached_tokens: int, seed: int, seconds: float) -> Completion:
        """The finished continuation."""
        return Completion(
            text="".join([token.text for token in self._shown]),
            finish_reason=self.finish_reason or "abort",
            prompt_tokens=prompt_tokens,
            cached_tokens=cached_tokens,
            completion_tokens=len(self._shown),
            seed=seed,
            seconds=seconds,
            stop_string=self.stop_string,
            tokens=tuple(self._shown),
        )

    def _hold(self, token: Token, whole: bool) -> Delta | None:
        """Keep a token until it can be shown, with those before it; what can be."""
        self._held.append(token)
        if whole and self._stops:
            return self._watch()
        return self._show(len(self._held)) if whole and token.text else None

    def _watch(self) -> Delta | None:
        text = "".join([token.text for token in self._held])
        found = find_stop(text, self._stops)
        if found is not None:
            self._held = _cut(self._held, found.start)
            self.finish_reason, self.stop_string = "stop", found.stop
            return self._show(len(self._held))
        safe = safe_length(text, self._stops)
        count = position = 0
        for number, token in enumerate(self._held, start=1):
            position += len(token.text)
            if position > safe:
                break
            if token.text:
                count = number
        return self._show(count)

    def _show(self, count: int) -> Delta | None:
        tokens = tuple(self._held[:count])
        del self._held[:count]
        self._shown.extend(tokens)
        text = "".join([token.text for token in tokens])
        return Delta(text=text, tokens=tokens) if text else None


def _cut(tokens: list[Token], length: int) -> list[Token]:
    """The tokens with their joined text cut to `length` characters."""
    cut: list[Token] = []
    position = 0
    for token in tokens:
        kept = token.text[: max(0, length - position)]
        cut.append(token if kept == token.text else replace(token, text=kept))
        position += len(token.text)
    return cut
