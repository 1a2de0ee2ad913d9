"""A thinking budget for a group of requests, on any engine. Knows no trajectory.

The group is written up to the budget first. Where that ended the thinking, and where it cut off an answer that had
begun, a second group goes on: the same requests, in the same order, behind what they have written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from playground.engine.base import Completion, Engine, Request
from playground.errors import InvalidInput
from playground.sampling import derive_seed
from playground.thinking import ThinkTags, split_thinking
from playground.thinking_budget import ThinkingBudget


class Budgeted(NamedTuple):
    """A completion, the position of its request, and whether the budget ended its thinking."""

    position: int
    completion: Completion
    """With the close tag in its text that was written for the model; its tokens are the model's own."""
    reached: bool


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is still to be written behind a first completion."""

    position: int
    first: Completion
    between: str
    """The close tag, where the model has not written it."""
    request: Request


def generate_with_budget(
    engine: Engine, requests: Sequence[Request], tags: ThinkTags, budget: ThinkingBudget
) -> Iterator[Budgeted]:
    """Continue many prompts, each inside open thinking, as fixed groups; in any order.

    The budget counts each request for itself. Raises as `Engine.generate`, and:

    Raises:
        InvalidInput: the budget is to end the thinking of a model without think tags, or is below one token.
    """
    if tags.close is None and budget.then == "answer":
        raise InvalidInput("A model without think tags cannot be made to answer.", "Stop at the budget.")
    if budget.tokens < 1:
        raise InvalidInput("In a group a thinking budget of 0 tokens is impossible.", "Give 1 or more.")
    rests: list[_Rest] = []
    for position, completion in engine.generate([_limited(request, budget) for request in requests]):
        closed = split_thinking(completion.text, tags, opened=True).state == "closed"
        left = requests[position].params.max_tokens - completion.completion_tokens
        spent = completion.finish_reason == "length" and completion.completion_tokens >= budget.tokens and left > 0
        rest = _rest(position, requests[position], completion, "" if closed else tags.close or "")
        if spent and (closed or budget.then == "answer") and _fits(engine, rest.request):
            rests.append(rest)
        else:
            yield Budgeted(position, completion, spent and not closed)
    yield from _finish(engine, sorted(rests, key=lambda rest: rest.position))


def _limited(request: Request, budget: ThinkingBudget) -> Request:
    return replace(request, params=replace(request.params, max_tokens=min(request.params.max_tokens, budget.tokens)))


def _fits(engine: Engine, request: Request) -> bool:
    return len(engine.token_ends(request.prompt)) < engine.capabilities.context_length


def _rest(position: int, request: Request, first: Completion, between: str) -> _Rest:
    params = replace(
        request.params,
        max_tokens=max(1, request.params.max_tokens - first.completion_tokens),
        seed=derive_seed(first.seed, "answer"),
    )
    return _Rest(position, first, between, Request(prompt=request.prompt + first.text + between, params=params))


def _finish(engine: Engine, rests: Sequence[_Rest]) -> Iterator[Budgeted]:
    if not rests:
        return
    for index, second in engine.generate([rest.request for rest in rests]):
        rest = rests[index]
        whole = replace(
            rest.first,
            text=rest.first.text + rest.between + second.text,
            finish_reason=second.finish_reason,
            completion_tokens=rest.first.completion_tokens + second.completion_tokens,
            seconds=rest.first.seconds + second.seconds,
            stop_string=second.stop_string,
            tokens=(*rest.first.tokens, *second.tokens),
        )
        yield Budgeted(rest.position, whole, bool(rest.between))
