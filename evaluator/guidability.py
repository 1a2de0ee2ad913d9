"""The command that runs the guidability test: `python -m evaluator.guidability`. Knows no other test."""

from __future__ import annotations

import sys

from evaluator.command import Command
from playground.cli.border import run

EXAMPLES = """\
examples:
  python -m evaluator.guidability --limit 12
  python -m evaluator.guidability --models tiny-oak-plain --guides tiny-elm-plain,tiny-elm-reflective --control 16
  python -m evaluator.guidability --models tiny-oak-plain --guides responses.jsonl --output-dir runs/recorded
  python -m evaluator.guidability --likelihood --output-dir runs/likelihood
"""

COMMAND = Command(
    name="guidability",
    description="Put a stronger model's correct steps before each model that fails a question alone.",
    examples=EXAMPLES,
    tests=("guidability",),
    folder="runs/{preset}-guidability",
)

if __name__ == "__main__":
    sys.exit(run(COMMAND.main))
