"""The command that compares runs: `python -m evaluator.compare RUN RUN …`. Computes nothing itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from playground.cli.border import Parser, run
from playground.extras import require
from playground.runs.ledger import RunLedger
from playground.serialization import write_text

EXAMPLES = """\
examples:
  python -m evaluator.compare runs/tiny
  python -m evaluator.compare runs/before runs/after --output-dir runs/compared
"""


def command(arguments: Iterable[str] | None = None) -> None:
    """Read the command line and compare.

    Raises:
        MissingExtra: what runs are compared with is not installed.
        RunError: a folder holds no run, nothing is comparable, or the files cannot be written.
    """
    parser = Parser(
        prog="python -m evaluator.compare",
        description="Compare runs on the same questions: differences with intervals, exact tests, flipped questions.",
        epilog=EXAMPLES,
    )
    parser.add_argument("runs", metavar="RUN", type=Path, nargs="+", help="the folder of a run")
    parser.add_argument("--output-dir", type=Path, metavar="OUT", help="also write comparison.md, pairs.csv, flips.csv")
    given = parser.parse_args(None if arguments is None else list(arguments))
    require("eval")
    for folder in given.runs:
        RunLedger(folder).close()  # one that cannot be read is refused at once
    from evaluator.reporting.comparison import compare, comparison_text  # pandas: seconds to import

    comparison = compare(given.runs)
    if given.output_dir is not None:
        write_text(given.output_dir / "comparison.md", comparison_text(comparison, shown=len(comparison.flips)))
        write_text(given.output_dir / "pairs.csv", comparison.pairs.to_csv(index=False))
        write_text(given.output_dir / "flips.csv", comparison.flips.to_csv(index=False))
    print(comparison_text(comparison), end="")


if __name__ == "__main__":
    sys.exit(run(command))
