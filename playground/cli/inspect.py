"""The command `inspect`, which lists the steps, marks and candidate answers of a trace. Writes JSON Lines."""

from __future__ import annotations

import argparse
import dataclasses
import json
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from playground.answers import candidates
from playground.backtracking import Mark, find_marks
from playground.recorded import RecordedTrace, read_traces
from playground.steps import step_ends

EXAMPLES = """\
examples:
  python -m playground inspect trajectory.json
  python -m playground inspect traces.jsonl | grep '"backtrack"'

FILE is a saved trajectory, or JSON Lines whose rows have `response` or `thinking_process`. Each step is one object:
trace, start, end, text, marks, candidate. Offsets count characters of the thinking, after the open think tag and
its line break. After a distractor from another question, the step where the thinking comes back for good (or its last
step, where it does not) also has `recovery`: steer_end, left, start, tokens since the steer, and whether it said so.
"""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("inspect", help="steps, marks and candidate answers of a trace", epilog=EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a saved trajectory, or recorded traces as JSON Lines")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> None:
    """Print one JSON object a step.

    Raises:
        InvalidInput: the file cannot be read, or a line of it is not what it must be.
    """
    for trace in read_traces(arguments.file):
        for step in inspect(trace):
            print(json.dumps(step))


def inspect(trace: RecordedTrace) -> Iterator[dict[str, Any]]:
    """The steps of a trace as JSON data.

    A step's `marks` are those that begin in it; its `candidate` is the last candidate answer written in it, or None;
    its `recovery`, where it has one, what became of each distractor that was settled in it.
    """
    ends = step_ends(trace.thinking)
    marks: list[list[Mark]] = [[] for _ in ends]
    for mark in find_marks(trace.thinking, trace.question):
        marks[bisect_right(ends, mark.start)].append(mark)
    recoveries: dict[int, list[dict[str, Any]]] = {}
    for found in trace.recoveries:
        step = len(ends) - 1 if found.start is None else bisect_right(ends, found.start)
        recoveries.setdefault(step, []).append(dataclasses.asdict(found))
    candidate = {bisect_right(ends, found.start): found.text for found in candidates(trace.thinking)}
    for number, (start, end) in enumerate(pairwise((0, *ends))):
        yield {
            "trace": trace.trace,
            "start": start,
            "end": end,
            "text": trace.thinking[start:end],
            "marks": [dataclasses.asdict(mark) for mark in marks[number]],
            "candidate": candidate.get(number),
            **({"recovery": recoveries[number]} if number in recoveries else {}),
        }
