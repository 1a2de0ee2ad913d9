"""The command `relay`, which lets models write one trajectory together. Reads its options; runs and paints nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from playground.cli.engine_options import add_engine_options, engine_options
from playground.cli.models import add_models_file, tell, usable_cards
from playground.cli.painter import Painter
from playground.cli.question_options import add_question, asked
from playground.cli.sampling_options import add_sampling, sampling, thinking_budget
from playground.cli.session import Session
from playground.cli.terminal import Terminal, colour
from playground.engine.pool import Pool, beside_each_other
from playground.errors import InvalidInput
from playground.hand_over import RULE_FORMS, Rule, ScheduleEntry, parse_schedule
from playground.relay import Participant, Turn, hand_off_turns, schedule_turns

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
    model_help = "a model, a checkpoint's directory, replay:FILE, or URL#NAME on a server; repeat it for several"
    parser.add_argument("--model", action="append", required=True, metavar="NAME", help=model_help)
    add_models_file(parser)
    parser.add_argument("--base-url", metavar="URL", help="where server:NAME is served (OPENAI_BASE_URL)")
    add_question(parser)
    order = parser.add_mutually_exclusive_group()
    order.add_argument("--hand-off", metavar="RULE", help=f"when the next model takes over ({DEFAULT_RULE})")
    order.add_argument("--schedule", metavar="TURNS", help='turns in steps, repeated, such as "A:2,B:1"')
    add_sampling(parser)
    parser.add_argument("--json", type=Path, metavar="OUT", help="save the trajectory here")
    parser.add_argument("--no-color", action="store_true", help="no colours, as with the variable NO_COLOR")
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
    named = usable_cards(arguments)
    cards = beside_each_other(named, engine_options(arguments))
    params = [sampling(card, arguments) for card in cards]
    plan = _plan(arguments)
    budget = thinking_budget(arguments, cards)
    session = Session(start=asked(arguments), cards=cards, seed=arguments.seed, path=arguments.json, budget=budget)
    session.begin()
    with closing(Pool()) as pool:
        writers = [
            Participant(card=card, engine=pool.get(card, tell), params=chosen)
            for card, chosen in zip(cards, params, strict=True)
        ]
        terminal = Terminal(sys.stdout, colour=colour(arguments))
        session.run(_turns(plan, writers), Painter(terminal, session.start))


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
