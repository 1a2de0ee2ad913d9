"""Asks what a model would answer if its thinking ended here. Knows no page.

The thinking is closed by force and the model writes the answer, greedily. A model without think tags has nothing that
could be closed.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from playground.answers import final_answer
from playground.engine.base import Completion, Request
from playground.errors import InvalidInput
from playground.prompting import render
from playground.relay import Participant
from playground.trajectory import Trajectory
from playground.turn import Spend, uncounted

MOST_TOKENS = 256


def answer_now(trajectory: Trajectory, writer: Participant, spend: Spend = uncounted) -> str | None:
    """The final answer that the writer gives after a thinking that is closed here; None where it names none.

    Raises:
        InvalidInput: the model has no tag that closes its thinking.
        EngineError: as the engine does. Also what `spend` raises.
    """
    if writer.card.think.close is None:
        raise InvalidInput(f"{writer.card.name} has no tag that ends its thinking.", "Ask another model.")
    params = replace(writer.params, temperature=0.0, max_tokens=MOST_TOKENS, seed=0, logprobs=None)
    request = Request(prompt=render(trajectory.close(), writer.card), params=params)
    with closing(writer.engine.stream(request)) as stream:  # type: ignore[type-var]
        text = ""
        for item in stream:
            if isinstance(item, Completion):
                text = item.text
            else:
                spend(len(item.tokens))
    end = writer.card.think.answer_end
    return final_answer(text.partition(end)[0] if end else text)
