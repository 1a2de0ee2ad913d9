"""Log-probabilities of a given text, from the prompt that `/v1/completions` echoes. Sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from playground.engine.base import UNKNOWN_ID, Request, Token
from playground.engine.server.chunks import scored_tokens
from playground.engine.server.dialect import Dialect
from playground.errors import EngineError
from playground.sampling import SamplingParams


def echo_body(dialect: Dialect, text: str) -> dict[str, Any]:
    """The JSON body that asks for the log-probabilities of a text and for nothing new."""
    request = Request(prompt=text, params=SamplingParams(temperature=0, max_tokens=1, logprobs=0))
    return dialect.body(request, seed=0, room=1, stream=False) | {"max_tokens": 0, "echo": True}


def echoed(answer: dict[str, Any]) -> list[Token]:
    """The tokens of the text that an answer echoes; none where it leaves out their log-probabilities.

    Raises:
        MalformedAnswer: it has not the form of an answer.
    """
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    return scored_tokens(choice.get("logprobs")) if isinstance(choice, dict) else []


def scored(tokens: Sequence[Token], prompt: str, continuation: str, ends: Sequence[int] | None) -> tuple[Token, ...]:
    """Those of the echoed tokens that are the continuation; `ends` is where they end, if the server's tokenizer says.

    Raises:
        EngineError: the echo is not the text, or a token reaches over the border between the two.
    """
    text = prompt + continuation
    if ends is None or len(ends) != len(tokens):
        ends = list(accumulate(len(token.text) for token in tokens))
        if "".join(token.text for token in tokens) != text:
            raise EngineError("The server's echo is not the text that was sent.", "Score with another model.")
    if len(prompt) not in ends:
        raise EngineError(
            "A token of this model reaches from the prompt into the text.", "Move the border by a word, or a blank."
        )
    begins = [0, *ends[:-1]]
    found = []
    for token, begin, end in zip(tokens, begins, ends, strict=True):
        if end > len(prompt):
            found.append(Token(id=UNKNOWN_ID, text=text[begin:end], logprob=token.logprob))
    return tuple(found)
