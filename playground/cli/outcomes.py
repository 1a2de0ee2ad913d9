"""The command `outcomes`, which samples each way to go on from one place. Draws and counts nothing itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from playground.cli.border import utf8_text
from playground.cli.engine_options import add_engine_options, engine_options
from playground.cli.models import add_models_file, tell, usable_cards
from playground.cli.outcome_table import show
from playground.cli.progress import Progress
from playground.cli.question_options import add_question, asked, known_gold
from playground.cli.sampling_options import add_sampling, sampling, thinking_budget
from playground.cli.terminal import Terminal, colour
from playground.engine.pool import Pool, beside_each_other
from playground.errors import InvalidInput
from playground.hand_over import RULE_FORMS, Rule
from playground.outcomes.arms import ARM_FORMS, Arm, parse_arms
from playground.outcomes.batch_relay import Drafted
from playground.outcomes.comparison import Comparison, Sample, check, draw
from playground.outcomes.condition import condition_of
from playground.outcomes.drafts import FIRST_TOKENS
from playground.outcomes.files import csv_text, json_text
from playground.outcomes.starting_point import CUT_FORMS, StartingPoint, starting_point, steer_source, thinking_cut
from playground.outcomes.steered_start import SteerRequest, steered_start
from playground.reasoners.questions import shipped_question
from playground.serialization import check_writable, read_json, write_text
from playground.steering import Protocol, TokenEnds
from playground.steers import Steering
from playground.trajectory import SteerKind, Trajectory
from playground.turn import Participant

STEER_FORMS = "distractor:ID guide text:WORDS"
EXAMPLES = f"""\
examples:
  python -m playground outcomes --model tiny-oak-plain --model tiny-elm-reflective --question-id t2-0007 --n 20
  python -m playground outcomes --model tiny-oak-plain --model tiny-elm-reflective --from trajectory.json \\
      --cut steps:2 --steer distractor:t1-0003 --n 50 --seed 7 --csv samples.csv --condition condition.json
  python -m playground outcomes --model tiny-oak-plain --model tiny-elm-plain --question-id t2-0001 \\
      --steer guide --steer-by B --arms A,A+steer
  python -m playground outcomes --model tiny-oak-reflective --question-id t1-0001 --steer "text:Maybe it is 12."

Arms: {ARM_FORMS}. A-B: A writes from the cut until --hand-off, then B to the end of the answer. By
default, every possible arm. Each sample has a seed of its own, from --seed, its arm and its number; relay with that
seed writes the same. Samples of all arms are written side by side, all that is wanted of one model as one batch; a
turn that a rule ends is drafted in parts, {FIRST_TOKENS} tokens first, then as many again as there are.

Steers: {STEER_FORMS}. A distractor and a guide are the beginning of what --steer-by thinks alone. A
trajectory that holds a steer needs none of this: its arms without the steer begin before it.

Shares have Wilson's 95 % interval; they say how this cut goes on, and nothing about other questions. adopted: the
answer is the one to the distractor's question. A sample that an engine fails at, or that does not fit a model's
context, is an error and in no share.

hand-over rules: {RULE_FORMS}
cuts of a trajectory's thinking: {CUT_FORMS}
"""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("outcomes", help="draw and count many samples of each way to go on", epilog=EXAMPLES)
    model_help = "a model, a checkpoint's directory, replay:FILE, or URL#NAME on a server; A, and repeated B"
    parser.add_argument("--model", action="append", required=True, metavar="NAME", help=model_help)
    add_models_file(parser)
    parser.add_argument("--base-url", metavar="URL", help="where server:NAME is served (OPENAI_BASE_URL)")
    question = add_question(parser)
    question.add_argument("--from", type=Path, metavar="FILE", dest="source", help="a saved trajectory to go on from")
    parser.add_argument("--cut", metavar="WHERE", help="the part of its thinking to keep (all of it)")
    parser.add_argument(
        "--arms", default="", metavar="ARMS", help="the arms, separated by commas (all that are possible)"
    )
    parser.add_argument(
        "--hand-off", default="steps:2", metavar="RULE", help="when the second model takes over (%(default)s)"
    )
    parser.add_argument("--n", type=int, default=20, help="samples of each arm (%(default)s)")
    _add_steer(parser)
    add_sampling(parser)
    parser.add_argument("--csv", type=Path, metavar="OUT", help="save a row for each sample")
    parser.add_argument("--json", type=Path, metavar="OUT", help="save everything, with every trajectory")
    condition = "save the starting point, for python -m evaluator.condition"
    parser.add_argument("--condition", type=Path, metavar="OUT", help=condition)
    parser.add_argument("--no-color", action="store_true", help="no colours, as with the variable NO_COLOR")
    add_engine_options(parser)
    parser.set_defaults(main=main)


def _add_steer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steer", type=utf8_text, metavar="STEER", help="put in at the cut, for the arms with a steer")
    parser.add_argument(
        "--steer-by", choices=("A", "B"), default="A", help="who writes the text it is cut from (%(default)s)"
    )
    parser.add_argument(
        "--steer-share", type=float, default=20.0, metavar="P", help="the first P per cent of that text (%(default)g)"
    )
    parser.add_argument("--protocol", choices=("paper", "release"), default="paper", help="how it is cut (%(default)s)")
    parser.add_argument("--steer-gold", type=utf8_text, help="the correct answer to the distractor's question")


@dataclass(frozen=True, slots=True)
class _Order:
    """What the command line asks for, before the models are loaded."""

    here: Trajectory
    steer: SteerRequest | None
    rule: Rule


def main(arguments: argparse.Namespace) -> None:
    """Draw the samples, show the figures, and save what is asked for.

    Raises:
        InvalidInput: something was asked for that cannot be.
        RunError: a file cannot be written.
        ModelUnavailable: a model that would not run here.
        EngineError: a model failed while it wrote.
    """
    if len(arguments.model) > 2:
        raise InvalidInput("Outcomes compare one model or two.", "Give --model once or twice.")
    named = usable_cards(arguments)
    cards = beside_each_other(named, engine_options(arguments))
    params = [sampling(card, arguments) for card in cards]
    budget = thinking_budget(arguments, cards)
    for path in (arguments.csv, arguments.json, arguments.condition):
        if path is not None:
            check_writable(path)
    with closing(Pool()) as pool:
        order = _order(arguments, lambda text: pool.get(cards[0], tell).token_ends(text))
        arms = _arms(arguments, order)
        writers = [
            Participant(card=card, engine=pool.get(card, tell), params=chosen)
            for card, chosen in zip(cards, params, strict=True)
        ]
        start = _start(order, writers, arguments)
        comparison = Comparison(
            start=start, arms=arms, rule=order.rule, n=arguments.n, seed=arguments.seed, budget=budget
        )
        _draw_and_save(comparison, writers, arguments)


def _draw_and_save(comparison: Comparison, writers: Sequence[Participant], arguments: argparse.Namespace) -> None:
    if arguments.condition is not None:
        write_text(arguments.condition, condition_of(comparison, writers).to_text())
    samples = _drawn(comparison, writers)
    if arguments.csv is not None:
        write_text(arguments.csv, csv_text(samples))
    if arguments.json is not None:
        write_text(arguments.json, json_text(comparison, writers, samples))
    names = [writer.card.name for writer in writers]
    show(Terminal(sys.stdout, colour=colour(arguments)), comparison, names, samples)


def _order(arguments: argparse.Namespace, token_ends: TokenEnds) -> _Order:
    """`token_ends` is model A's; only a cut in per cent asks for it."""
    rule, steer = Rule.parse(arguments.hand_off), _steer(arguments)
    if arguments.source is None:
        if arguments.cut is not None:
            raise InvalidInput("--cut cuts a saved trajectory.", "Give --from FILE.")
        return _Order(asked(arguments), steer, rule)
    if arguments.start_with is not None:
        raise InvalidInput("--start-with goes with a question.", "Leave it out, or --from.")
    saved = known_gold(read_json(Trajectory, arguments.source, "Give a saved trajectory."), arguments.gold)
    where = None if arguments.cut is None else Rule.parse(arguments.cut)
    return _Order(thinking_cut(saved, where, token_ends), steer, rule)


def _steer(arguments: argparse.Namespace) -> SteerRequest | None:
    if arguments.steer is None:
        return None
    if not 0 < arguments.steer_share <= 100:
        raise InvalidInput("The steer's share is not between 0 and 100 %.", "Give a number such as 20.")
    how = Steering(arguments.steer_share / 100, None, cast(Protocol, arguments.protocol))
    kind, _, value = arguments.steer.partition(":")
    if kind not in ("distractor", "guide", "text") or bool(value) == (kind == "guide"):
        raise InvalidInput(f"{arguments.steer[:40]!r} is not a steer.", f"Write one of: {STEER_FORMS}.")
    if kind != "distractor":
        return SteerRequest(kind=cast(SteerKind, kind), how=how, text=value)
    known = shipped_question(value)
    question = Trajectory(question=known.problem, gold=known.answer, question_id=known.id)
    return SteerRequest(kind="distractor", how=how, question=question)


def _arms(arguments: argparse.Namespace, order: _Order) -> tuple[Arm, ...]:
    if arguments.steer_by == "B" and len(arguments.model) < 2:
        raise InvalidInput("There is no model B to write the steer.", "Give --model a second time.")
    steered = order.steer is not None or starting_point(order.here).steered is not None
    names = [name for name in arguments.arms.split(",") if name.strip()]
    return parse_arms(names, len(arguments.model), steered=steered)


def _start(order: _Order, writers: Sequence[Participant], arguments: argparse.Namespace) -> StartingPoint:
    if order.steer is None:
        return starting_point(order.here, arguments.steer_gold or _gold_of(order.here))
    author = writers["AB".index(arguments.steer_by)]
    made = steered_start(order.here, order.steer, author, arguments.seed)
    return replace(made, steer_gold=arguments.steer_gold or made.steer_gold)


def _gold_of(here: Trajectory) -> str | None:
    """The correct answer to the question of a trajectory's distractor, where that question ships."""
    source = steer_source(here)
    if source is None or source.kind != "distractor":
        return None
    try:
        return shipped_question(source.question_id).answer
    except InvalidInput:
        return None


def _drawn(comparison: Comparison, writers: Sequence[Participant]) -> list[Sample]:
    """All samples, in the order of their arms and numbers; how far they are goes to standard error."""
    check(comparison, writers)
    progress = Progress(sys.stderr)
    progress.begin("outcomes", comparison.n * len(comparison.arms))
    samples: list[Sample] = []
    for event in draw(comparison, writers):
        if isinstance(event, Drafted):
            progress.count(event.tokens)
        else:
            progress.advance()
            samples.append(event)
    progress.end()
    order = [str(arm) for arm in comparison.arms]
    return sorted(samples, key=lambda sample: (order.index(sample.arm), sample.number))
