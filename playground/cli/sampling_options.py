"""The options that say how continuations are drawn: seed, sampling, and a limit on thinking. Loads no model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from playground.errors import InvalidInput
from playground.models import ModelCard
from playground.relay import check_budget
from playground.sampling import SamplingParams
from playground.thinking_budget import AT_BUDGET, ThinkingBudget


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """Declare the options; `sampling` and `thinking_budget` read them."""
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same text (%(default)s)")
    parser.add_argument("--temperature", type=float, help="0 means greedy (0.6)")
    parser.add_argument("--top-p", type=float, help="sample from the top tokens with this much probability (0.95)")
    parser.add_argument("--max-tokens", type=int, help="most new tokens, all models together (1024)")
    parser.add_argument("--thinking-budget", type=int, metavar="N", help="most tokens of thinking, all models together")
    at_budget_help = f"at this limit, end the text, or close the thinking and answer ({ThinkingBudget(tokens=0).then})"
    parser.add_argument("--at-budget", choices=AT_BUDGET, help=at_budget_help)


def sampling(card: ModelCard, arguments: argparse.Namespace) -> SamplingParams:
    """How a model is sampled: as its card says where the command line says nothing.

    Raises:
        InvalidInput: a number that cannot be.
    """
    given = {name: getattr(arguments, name) for name in ("temperature", "top_p", "max_tokens")}
    return replace(card.sampling, **{name: value for name, value in given.items() if value is not None})


def thinking_budget(arguments: argparse.Namespace, cards: Sequence[ModelCard]) -> ThinkingBudget | None:
    """The limit on thinking that the command line asks for, if any.

    Raises:
        InvalidInput: a limit that cannot be, or that one of the models cannot keep.
    """
    if arguments.thinking_budget is None:
        if arguments.at_budget is not None:
            raise InvalidInput("--at-budget says what happens at a thinking budget.", "Give --thinking-budget.")
        return None
    budget = ThinkingBudget(tokens=arguments.thinking_budget, then=arguments.at_budget or "answer")
    for card in cards:
        check_budget(budget, card)
    return budget
