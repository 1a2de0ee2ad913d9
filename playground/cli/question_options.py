"""The options that choose the question: one's own words or a shipped question, and its correct answer."""

from __future__ import annotations

import argparse
from dataclasses import replace

from playground.cli.border import utf8_text
from playground.errors import InvalidInput
from playground.grading import grade_answer
from playground.reasoners.questions import shipped_question
from playground.trajectory import Author, Segment, Trajectory


def add_question(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Declare the options; `asked` reads them. The group takes further ways to say what is asked."""
    question = parser.add_mutually_exclusive_group(required=True)
    question.add_argument("--question", type=utf8_text, help="the question, in your own words")
    question.add_argument("--question-id", metavar="ID", help="a shipped question, such as t1-0001; its gold is known")
    parser.add_argument("--gold", type=utf8_text, help="the correct answer, for the verdict")
    parser.add_argument(
        "--start-with", type=utf8_text, metavar="TEXT", help="thinking to go on from, written by a person"
    )
    return question


def asked(arguments: argparse.Namespace) -> Trajectory:
    """The trajectory before any model writes: the question, its gold, and what a person wrote.

    Raises:
        InvalidInput: no such question, an empty one, or a gold answer that no grader reads.
    """
    known = None if arguments.question_id is None else shipped_question(arguments.question_id)
    question, gold = (arguments.question, None) if known is None else (known.problem, known.answer)
    if not question.strip():
        raise InvalidInput("The question is empty.", "Write a question.")
    start = known_gold(Trajectory(question=question, gold=gold, question_id=arguments.question_id), arguments.gold)
    return start.extend(Segment(text=arguments.start_with or "", author=Author(kind="person", name="you")))


def known_gold(trajectory: Trajectory, gold: str | None) -> Trajectory:
    """The trajectory with the correct answer that was given, or else its own.

    Raises:
        InvalidInput: an empty one.
    """
    wanted = trajectory.gold if gold is None else gold
    if wanted is not None:
        grade_answer(wanted, wanted)  # refuses an empty one
    return replace(trajectory, gold=wanted)
