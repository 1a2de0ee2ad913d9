"""The command that runs the benchmark alone: `python -m evaluator.solo`. Gives Pass@1, pass@k and solve counts."""

from __future__ import annotations

import sys

from evaluator.command import Command
from playground.cli.border import run

EXAMPLES = """\
examples:
  python -m evaluator.solo --limit 12
  python -m evaluator.solo --tasks questions.jsonl --limit 20
  python -m evaluator.solo --tasks questions.jsonl --import-solo responses.jsonl --n 1 --limit 20
"""

COMMAND = Command(
    name="solo",
    description="Let each model answer alone, or take its recorded responses.",
    examples=EXAMPLES,
    tests=(),
    folder="runs/{preset}-solo",
)

if __name__ == "__main__":
    sys.exit(run(COMMAND.main))
