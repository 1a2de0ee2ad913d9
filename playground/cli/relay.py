"""The command `relay`: read what is asked for, before any model is loaded. Runs and paints nothing itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.cli.border import utf8_text
from playground.cli.engine_options import add_engine_options, engine_options
from playground.cli.models import add_models_file, tell, usable_card
from playground.cli.painter import Painter
from playground.cli.session import Session
from playground.cli.terminal import Terminal
from playground.engine.pool import Pool, beside_each_other
from playground.errors import InvalidInput
from playground.grading import grade_answer
from playground.hand_over import RULE_FORMS, Rule, ScheduleEntry, parse_schedule
from playground.models import ModelCard
from playground.reasoners.questions import TIERS, Question, shipped_questions
from playground.relay import Participant, Turn, check_budget, hand_off_turns, schedule_turns
from playground.sampling import SamplingParams
from playground.thinking_budget import AT_BUDGET, ThinkingBudget
from playground.trajectory import Author, Segment, Trajectory

DEFAULT_RULE = "steps:2"

EXAMPLES = f"""\
examples:
  python -m playground relay --model tiny-oak-plain --model tiny-elm-reflective --question-id t1-0001
  python -m playground relay --model tiny-oak-plain --model tiny-elm-plain --hand-off percent:40 \\
      --question "Mia has 24 stickers. She gives away 9 stickers. How many stickers does Mia have now?" --gold 15
  python -m playground relay --model tiny-oak-plain --model tiny-elm-plain --schedule "A:2,B:1" \\
      --question-id t2-0001 --seed 7 --json trajectory.json
  python -m playground relay --model tiny-oak-reflective --question-id t2-0001 --thinking-budget 30 --at-budget answer
  python -m playground relay --model tiny-oak-plain --model http://127.0.0.1:8000/v1#NAME --question-id t1-0001
  python -m playground relay --base-url http://127.0.0.1:8000/v1 --model server:NAME --question-id t1-0001

A served model's key is read from OPENAI_API_KEY. Where its chat template is not known, name a model or a directory
that has it: http://127.0.0.1:8000/v1?template=DIR#NAME

hand-over rules: {RULE_FORMS}
"""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("relay", help="let models write one trajectory together", epilog=EXAMPLES)
    model_help = "a model, a checkpoint's directory, replay:FILE, or of a server URL#NAME; several take turns"
    parser.add_argument("--model", action="append", required=True, metavar="NAME", help=model_help)
    add_models_file(parser)
    parser.add_argument("--base-url", metavar="URL", help="where server:NAME is served (OPENAI_BASE_URL)")
    question = parser.add_mutually_exclusive_group(required=True)
    question.add_argument("--question", type=utf8_text, help="the question, in your words")
    question.add_argument("--question-id", metavar="ID", help="a shipped question, such as t1-0001; its gold is known")
    parser.add_argument("--gold", type=utf8_text, help="the correct answer, for the verdict")
    parser.add_argument(
        "--start-with", type=utf8_text, metavar="TEXT", help="thinking that a person has written already"
    )
    order = parser.add_mutually_exclusive_group()
    order.add_argument("--hand-off", metavar="RULE", help=f"when the next model takes over ({DEFAULT_RULE})")
    order.add_argument("--schedule", metavar="TURNS", help='turns counted in steps, again and again: "A:2,B:1"')
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same text (%(default)s)")
    parser.add_argument("--temperature", type=float, help="0 means greedy (0.6)")
    parser.add_argument("--top-p", type=float, help="sample from this much of the probability (0.95)")
    parser.add_argument("--max-tokens", type=int, help="new tokens at the most, all models together (1024)")
    parser.add_argument("--thinking-budget", type=int, metavar="N", help="tokens all models may think together")
    at_budget_help = f"end the text there, or the thinking, and let the model answer ({ThinkingBudget(tokens=0).then})"
    parser.add_argument("--at-budget", choices=AT_BUDGET, help=at_budget_help)
    parser.add_argument("--json", type=Path, metavar="OUT", help="save the trajectory here")
    parser.add_argument("--no-color", action="store_true", help="no colours; the variable NO_COLOR says the same")
    add_engine_options(parser)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> None:
    """Run a relay.

    Raises:
        InvalidInput: something was asked for that cannot be.
        ModelUnavailable: a model that would not run here.
        EngineError: a model failed while it wrote, `ContextTooLong` among them.
        KeyboardInterrupt: somebody stopped it.
    """
    named = [usable_card(name, arguments) for name in arguments.model]
    cards = beside_each_other(named, engine_options(arguments))
    params = [_params(card, arguments) for card in cards]
    plan = _plan(arguments)
    budget = _budget(arguments, cards)
    session = Session(start=_start(arguments), cards=cards, seed=arguments.seed, path=arguments.json, budget=budget)
    session.begin()
    with closing(Pool()) as pool:
        writers = [
            Participant(card=card, engine=pool.get(card, tell), params=chosen)
            for card, chosen in zip(cards, params, strict=True)
        ]
        terminal = Terminal(sys.stdout, colour=_colour(arguments))
        session.run(_turns(plan, writers), Painter(terminal, session.start))


def _params(card: ModelCard, arguments: argparse.Namespace) -> SamplingParams:
    asked = {name: getattr(arguments, name) for name in ("temperature", "top_p", "max_tokens")}
    return replace(card.sampling, **{name: value for name, value in asked.items() if value is not None})


def _budget(arguments: argparse.Namespace, cards: Sequence[ModelCard]) -> ThinkingBudget | None:
    if arguments.thinking_budget is None:
        if arguments.at_budget is not None:
            raise InvalidInput("--at-budget says what happens at a thinking budget.", "Give --thinking-budget.")
        return None
    budget = ThinkingBudget(tokens=arguments.thinking_budget, then=arguments.at_budget or "answer")
    for card in cards:
        check_budget(budget, card)
    return budget


def _plan(arguments: argparse.Namespace) -> Rule | tuple[ScheduleEntry, ...]:
    """When who writes, as far as it can be said without the models."""
    writers = len(arguments.model)
    if arguments.schedule is not None:
        return parse_schedule(arguments.schedule, writers)
    if arguments.hand_off is not None and writers == 1:
        raise InvalidInput("A hand-off needs two models.", "Give --model a second time.")
    return Rule.parse(DEFAULT_RULE if arguments.hand_off is None else arguments.hand_off)


def _turns(plan: Rule | tuple[ScheduleEntry, ...], writers: Sequence[Participant]) -> Iterable[Turn]:
    return hand_off_turns(writers, plan) if isinstance(plan, Rule) else schedule_turns(writers, plan)


def _start(arguments: argparse.Namespace) -> Trajectory:
    """The trajectory before any model writes: the question, its gold, and what a person wrote."""
    known = None if arguments.question_id is None else _shipped(arguments.question_id)
    question, gold = (arguments.question, None) if known is None else (known.problem, known.answer)
    gold = gold if arguments.gold is None else arguments.gold
    if not question.strip():
        raise InvalidInput("The question is empty.", "Write a question.")
    if gold is not None:
        grade_answer(gold, gold)  # refuses an empty one
    start = Trajectory(question=question, gold=gold, question_id=arguments.question_id)
    return start.extend(Segment(text=arguments.start_with or "", author=Author(kind="person", name="you")))


def _shipped(question_id: str) -> Question:
    questions = {question.id: question for tier in TIERS for question in shipped_questions(tier)}
    if question_id not in questions:
        ids = list(questions)
        raise InvalidInput(f"There is no question {question_id!r}.", f"They run from {ids[0]} to {ids[-1]}.")
    return questions[question_id]


def _colour(arguments: argparse.Namespace) -> bool:
    return sys.stdout.isatty() and not arguments.no_color and not os.environ.get("NO_COLOR")
