"""The process that compares answers, JSON lines in and JSON lines out. Knows no completion and no verdict.

It bounds its own memory and processor time, so that an answer made to exhaust them ends this process and nothing
else. `playground.grading.workers` starts it, and kills it when it takes too long. It runs no text as code.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from dataclasses import asdict

from playground.errors import MissingExtra
from playground.grading.comparison import compare, compare_again
from playground.grading.finding import Finding
from playground.grading.second_reading import math_verify

DEPTH = 5000
"""Frames. The libraries recurse along an answer's nesting, and raise RecursionError beyond."""


def main(memory_bytes: int, seconds: float) -> None:
    """Serve until standard input ends; each line is answered by one line.

    `{"given": …, "gold": …}` is compared by type and answered by a finding, or by null where that does not decide;
    with `"again": true` it is Math-Verify's turn; `{"load": true}` loads that library and is answered by null.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes are no files: a grader writes nothing else
    sys.setrecursionlimit(DEPTH)
    out, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no finding
    print("null", file=out, flush=True)
    for line in sys.stdin:
        finding = answer(json.loads(line), seconds)
        print(json.dumps(finding and asdict(finding)), file=out, flush=True)


def answer(request: dict[str, str], seconds: float) -> Finding | None:
    """What is found on one request."""
    try:
        bound_time(0 if "load" in request else seconds)
        if "load" in request:
            math_verify()
            return None
        method = compare_again if "again" in request else compare
        return method(request["given"], request["gold"])
    except MemoryError:
        return Finding(outcome="grader_timeout", why="needs more memory than a comparison has")
    except RecursionError:
        return Finding(outcome="wrong", why="is nested deeper than an answer is")
    except MissingExtra as error:
        return Finding(outcome="error", why=str(error))


def bound_time(seconds: float) -> None:
    """The kernel ends this process after so much processor time, in whatever code, and even if nobody watches it."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
