"""Counts the tokens before each place where a continuation turns back. Judges no answer."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from playground.backtracking import find_marks
from playground.engine.base import Completion
from playground.thinking import ThinkTags, split_thinking


def backtracks(completion: Completion, tags: ThinkTags, question: str) -> tuple[int, ...]:
    """How many tokens stand before each sentence of the thinking that is marked as backtracking.

    The completion begins inside the thinking. An engine that gives no tokens has their places estimated by the share
    of the characters.
    """
    thinking = split_thinking(completion.text, tags, opened=True).thinking
    starts = [mark.start for mark in find_marks(thinking, question) if mark.kind == "backtrack"]
    if not completion.tokens:
        share = completion.completion_tokens / max(len(completion.text), 1)
        return tuple(int(start * share) for start in starts)
    ends = list(accumulate(len(token.text) for token in completion.tokens))
    return tuple(bisect_right(ends, start) for start in starts)
