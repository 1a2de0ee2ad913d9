"""Asks what a model would answer if its thinking ended here. Knows no page.

The thinking is closed by force and the model writes the answer, greedily. A model without think tags has nothing that
could be closed.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from playground.answers import final_answer
from playground.engine.base import Request
from playground.errors import InvalidInput
from playground.prompting import render
from playground.relay import Participant
from playground.trajectory import Trajectory

MOST_TOKENS = 256


class Asked(NamedTuple):
    """What a model said when it was asked."""

    answer: str | None
    """None where it names none."""
    tokens: int
    """How many it took to say so."""


def answer_now(trajectory: Trajectory, writer: Participant) -> Asked:
    """The final answer that the writer gives after a thinking that is closed here.

    Raises:
        InvalidInput: the model has no tag that closes its thinking.
        EngineError: as the engine does.
    """
    if writer.card.think.close is None:
        raise InvalidInput(f"{writer.card.name} has no tag that ends its thinking.", "Ask another model.")
    params = replace(writer.params, temperature=0.0, max_tokens=MOST_TOKENS, seed=0, logprobs=None)
    request = Request(prompt=render(trajectory.close(), writer.card), params=params)
    with closing(writer.engine.stream(request)) as stream:  # type: ignore[type-var]
        *deltas, completion = stream
    end = writer.card.think.answer_end
    answer = final_answer(completion.text.partition(end)[0] if end else completion.text)
    return Asked(answer, sum(len(delta.tokens) for delta in deltas))
