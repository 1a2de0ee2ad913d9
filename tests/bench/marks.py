"""`python -m tests.bench.marks`: how well backtracking marks find what labelled traces say, beside a plain pattern.

Prints a Markdown table: precision, recall and F1 on each set, on the questions held out from the fit of the cues and on
those that it saw. The sets lie in `data/labelled` beside the repository (OFFTRAJ_SHARED).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.labelled import Verdicts, scores, segments, sentences

SHARED = Path(os.environ.get("OFFTRAJ_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DOUBT = ("backtrack", "uncertain")


def main() -> int:
    print("| set | label | questions | ours: precision, recall, F1 | plain pattern: precision, recall, F1 |")
    print("|---|---|---|---|---|")
    for fitted, questions in ((False, "held out"), (True, "seen")):
        sets = {
            "segments | backtracking": segments(SHARED, ("backtrack",), ("backtracking",), fitted=fitted),
            "segments | backtracking or uncertainty": segments(
                SHARED, DOUBT, ("backtracking", "uncertainty-estimation"), fitted=fitted
            ),
            "sentences | uncertainty management": sentences(SHARED, "uncertainty_management", fitted=fitted),
        }
        for name, (ours, plain) in sets.items():
            print(f"| {name} | {questions} | {_row(ours)} | {_row(plain)} |", flush=True)
    return 0


def _row(verdicts: Verdicts) -> str:
    found = scores(verdicts)
    return f"{found['precision']:.2f}, {found['recall']:.2f}, **{found['f1']:.2f}**"


if __name__ == "__main__":
    sys.exit(main())
