"""`python -m tests.bench.grading`: how many answers are graded a second on one core, by the type of the gold answer.

Prints a Markdown table. Timings are of this machine and its load: compare them within one run.
"""

from __future__ import annotations

import argparse
import sys
import time

from playground.grading import grade
from playground.thinking import QWEN3_TAGS

CASES = {
    "integer": ("27", "1234"),
    "rational": (r"\frac{28}{6}", r"\frac{14}{3}"),
    "expression": (r"\sqrt{242}", r"11\sqrt2"),
    "expression with letters": ("n 2^n - 2^{n+1} + 1", "(n-2) 2^{n}+1"),
    "several": ("7, 5, 3", "3, 5, 7"),
    "interval": (r"3 < x \le 4", "(3,4]"),
    "matrix": (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}"),
    "left to Math-Verify": (r"\lim_{x\to 0} \frac{5x}{x}", "5"),
}
"""A given answer and the gold answer, written otherwise, so that nothing is decided by the letters."""


def a_second(given: str, gold: str, seconds: float) -> float:
    """Gradings a second, of responses with some thinking before the answer."""
    response = f"{'So we go on. ' * 200}\n</think>\nThe answer is \\boxed{{{given}}}."
    grade(response, "stop", QWEN3_TAGS, gold)  # starts the process, and loads what it needs
    count, begin = 0, time.perf_counter()
    while (passed := time.perf_counter() - begin) < seconds:
        grade(response, "stop", QWEN3_TAGS, gold)
        count += 1
    return count / passed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.grading", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each type is measured")
    options = parser.parse_args()
    print("| gold answer | graded a second |\n|---|---|")
    for name, (given, gold) in CASES.items():
        print(f"| {name} | {a_second(given, gold, options.seconds):,.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
