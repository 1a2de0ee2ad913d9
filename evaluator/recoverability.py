"""The command that runs the recoverability test: `python -m evaluator.recoverability`. Knows no other test."""

from __future__ import annotations

import sys

from evaluator.command import Command
from playground.cli.border import run

EXAMPLES = """\
examples:
  python -m evaluator.recoverability --limit 12
  python -m evaluator.recoverability --variants own,first-paragraph,other-models,digits --output-dir runs/variants
  python -m evaluator.recoverability --positions 0,0.4 --distractor 0.2,0.6 --transition " Hmm. " --output-dir runs/hmm
  python -m evaluator.recoverability --protocol release --output-dir runs/release
  python -m evaluator.recoverability --subsets-from runs/tiny --models tiny-oak-plain --seed 1 --output-dir runs/again
"""

COMMAND = Command(
    name="recoverability",
    description="Put a distraction into each model's own correct reasoning, and let it go on.",
    examples=EXAMPLES,
    tests=("recoverability",),
    folder="runs/{preset}-recoverability",
)

if __name__ == "__main__":
    sys.exit(run(COMMAND.main))
