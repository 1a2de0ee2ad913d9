"""The command that runs both twin tests: `python -m evaluator.full`. Resumable, with a report."""

from __future__ import annotations

import sys

from evaluator.command import Command
from playground.cli.border import run
from playground.records import TWIN_TESTS

EXAMPLES = """\
examples:
  python -m evaluator.full                                        the tiny reasoners: minutes on a laptop
  python -m evaluator.full --limit 12 --n 2 --output-dir runs/try
  python -m evaluator.full --models tiny-oak-plain,tiny-elm-reflective --seed 1 --output-dir runs/two
  python -m evaluator.full --engine vllm --data-parallel 2 --output-dir runs/vllm     one process on each of two GPUs
  python -m evaluator.full --variants own,first-paragraph,other-models,digits --control 16 --output-dir runs/variants
  python -m evaluator.full --preset paper-math --data-dir DIR --dry-run

The same command resumes a run where it stopped; of a finished run, only the report is drawn again.
"""

COMMAND = Command(
    name="full",
    description="Run the benchmark alone and both twin tests, recoverability and guidability.",
    examples=EXAMPLES,
    tests=TWIN_TESTS,
    folder="runs/{preset}",
)

if __name__ == "__main__":
    sys.exit(run(COMMAND.main))
