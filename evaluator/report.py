"""The command that draws a run's report again: `python -m evaluator.report RUN`. Knows no figure and no file of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from playground.cli.border import Parser, run
from playground.extras import require
from playground.runs.ledger import RunLedger


def command(arguments: Iterable[str] | None = None) -> None:
    """Read the command line and draw.

    Raises:
        MissingExtra: what reports are drawn with is not installed.
        RunError: the folder holds no run, its ledger is damaged, or the folder cannot be written to.
    """
    parser = Parser(
        prog="python -m evaluator.report",
        description="Draw the report of a run again from its ledger.",
        epilog="example:\n  python -m evaluator.report runs/tiny",
    )
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    folder = parser.parse_args(None if arguments is None else list(arguments)).run
    require("eval")
    RunLedger(folder).close()  # one that cannot be read is refused at once
    from evaluator.reporting.files import PAGE_FILE, write_report  # pandas and matplotlib: seconds to import

    write_report(folder)
    print(folder / PAGE_FILE)


if __name__ == "__main__":
    sys.exit(run(command))
