"""The command that adds second opinions to a run's verdicts: `python -m evaluator.review RUN`.

Overwrites nothing: the ledger keeps what the rules said, and every view is added beside it. The report counts a
person's decision, else the judge's where the rules call an answer wrong, and shows all of them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from evaluator.numbers.reviewed import disputed, reviewed_frame, reviews_of
from evaluator.reporting.document import markdown_table
from evaluator.reporting.files import PAGE_FILE, write_report
from playground.cli.border import Parser, run, utf8_text
from playground.cli.progress import Progress
from playground.engine.pool import Pool
from playground.errors import InvalidInput
from playground.grading.judge import Case, Judge
from playground.grading.reviews import OPINIONS_FILE, OVERRIDES_FILE, add, override
from playground.models import ModelCard, find_card
from playground.records import OutcomeClass, Record
from playground.runs.ledger import RunLedger

EXAMPLES = """\
examples:
  python -m evaluator.review runs/tiny
  python -m evaluator.review runs/tiny --judge ./checkpoints/judge
  python -m evaluator.review runs/tiny --trial 0123456789abcdef --verdict correct --author Ada --reason "Same set."

A trial's ID is in the sample files and in the report. Without options, the opinions and decisions so far are listed.
"""


def parser() -> Parser:
    """The command's options."""
    options = Parser(
        prog="python -m evaluator.review", description="Second opinions on a run's verdicts.", epilog=EXAMPLES
    )
    options.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    options.add_argument("--judge", metavar="MODEL", help="a model that looks again at what the rules call wrong")
    options.add_argument("--trial", metavar="ID", help="the trial that a person decides on")
    options.add_argument("--verdict", choices=get_args(OutcomeClass), help="the person's verdict")
    options.add_argument("--author", type=utf8_text, default="", metavar="NAME", help="who decides")
    options.add_argument("--reason", type=utf8_text, default="", metavar="TEXT", help="why")
    return options


def decide(folder: Path, given: argparse.Namespace) -> None:
    """Keep a person's decision on a trial of the run.

    Raises:
        InvalidInput: trial, verdict, author or reason is missing.
        RunError: the run has no such trial, or the folder cannot be written to.
    """
    if not given.trial or not given.verdict:
        raise InvalidInput("A decision needs a trial and a verdict.", "Give --trial, --verdict, --author and --reason.")
    decision = override(given.trial, given.verdict, author=given.author, reason=given.reason)
    with RunLedger(folder) as ledger:
        ledger.record(given.trial)
    add(folder / OVERRIDES_FILE, decision)


def ask(folder: Path, card: ModelCard) -> None:
    """Ask a judge about every wrong answer that it, in the version that is here, has not been asked about.

    Raises:
        EngineError: the engine failed; what it said before is kept.
        RunError: there is no run, or the folder cannot be written to.
    """
    progress, pool = Progress(sys.stderr), Pool()
    try:
        engine = pool.get(card)
        cases = _open_cases(folder, card.name, engine.identity.revision)
        progress.begin(f"judge {card.name}", len(cases))
        for opinion in Judge(engine, card).opinions(cases):
            add(folder / OPINIONS_FILE, opinion)
            progress.advance()
    finally:
        pool.close()
    progress.end()


def _open_cases(folder: Path, judge: str, revision: str) -> list[Case]:
    """The wrong answers of which this version of the judge has said nothing."""
    with RunLedger(folder) as ledger:
        said = reviews_of(ledger).opinions.items()
        known = {name for name, opinion in said if (opinion.judge, opinion.revision) == (judge, revision)}
        wrong = [record for record in ledger.records() if record.outcome.verdict == "wrong"]
    return [_case(record) for record in wrong if record.outcome.trial_id not in known and record.outcome.extracted]


def _case(record: Record) -> Case:
    question = record.trial.question
    answer = record.outcome.extracted or ""
    return Case(id=record.outcome.trial_id, question=question.text, gold=question.gold, answer=answer)


def command(arguments: Iterable[str] | None = None) -> None:
    """Read the command line, keep the views, draw the report again and list where views differ."""
    given = parser().parse_args(None if arguments is None else list(arguments))
    RunLedger(given.run).close()  # a folder without a run is refused first
    if given.judge:
        ask(given.run, find_card(given.judge))
    if given.trial or given.verdict or given.author or given.reason:
        decide(given.run, given)
    with RunLedger(given.run) as ledger:
        found = reviewed_frame(ledger)
    others = disputed(found)
    print(f"{len(found)} verdicts looked at again; {len(others)} opinions differ from the rules.")
    if not others.empty:
        print(markdown_table(others))
    if given.judge or given.trial:
        write_report(given.run)
        print(given.run / PAGE_FILE)


if __name__ == "__main__":
    sys.exit(run(command))
