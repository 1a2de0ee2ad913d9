"""The grader's processes: they die, and nothing else does."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playground.errors import EngineError
from playground.grading import grade, grade_answer
from playground.grading.finding import Finding
from playground.grading.workers import Worker, Workers
from playground.thinking import NO_TAGS

ENDLESS = r"\sum_{n=1}^{10^9} \sum_{k=1}^{n} \frac{1}{n^2+k^3+\sin(n)}"
"""Math-Verify adds this up, term by term."""


@pytest.fixture(scope="module")
def workers():
    with Workers(count=2) as some:
        yield some


def test_a_comparison_that_does_not_end_is_ended_and_the_next_one_is_served():
    with Workers(count=1, seconds=0.5) as workers:
        seen = [workers.compare(answer, "1/2") for answer in (ENDLESS, "0.5", ENDLESS, "0.6")]
    assert [finding.outcome for finding in seen] == ["grader_timeout", "correct", "grader_timeout", "wrong"]


def test_a_process_without_memory_calls_no_answer_wrong():
    with Workers(count=1, memory_bytes=60_000_000) as workers:
        assert workers.compare(ENDLESS, "1/2").outcome in ("grader_timeout", "error")


def test_a_process_that_was_killed_from_outside_is_replaced(workers):
    worker = Worker(1.0, 10**9)
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait()
    assert not worker.alive
    assert worker.compare("0.5", "1/2").outcome == "grader_timeout"
    assert workers.compare("0.5", "1/2").outcome == "correct"


def test_any_thread_may_ask(workers):
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda n: workers.compare(f"{n}/2", "7/2").outcome, range(40)))
    assert [n for n, outcome in enumerate(seen) if outcome == "correct"] == [7]


def test_math_verify_may_be_asked_from_any_thread(workers):
    with ThreadPoolExecutor(1) as threads:
        found = threads.submit(workers.compare, r"\lim_{x\to 0} \frac{5x}{x}", "5").result()
    assert found == Finding(outcome="correct", why="is equal by Math-Verify")


def test_no_more_processes_than_allowed():
    with Workers(count=1) as workers, ThreadPoolExecutor(4) as threads:
        assert all(finding.outcome == "correct" for finding in threads.map(workers.compare, ["0.5"] * 8, ["1/2"] * 8))
        assert len(workers._idle) == 1


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()


def test_a_process_ends_with_the_program_that_started_it():
    start = "from playground.grading.workers import Worker; print(Worker(60, 10**9)._process.pid, flush=True)"
    code = f"{start}; import os; os._exit(1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    pid = int(done.stdout)
    deadline = time.monotonic() + 5
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(pid)


def test_a_process_that_cannot_start_is_told(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(EngineError, match="does not start"):
        Worker(1.0, 1000)


HUGE = {
    "braces": "{" * 10**6 + "5" + "}" * 10**6,
    "unclosed braces": "{" * 10**6,
    "boxes": r"\boxed{" * 10**5 + "5" + "}" * 10**5,
    "unclosed boxes": r"\boxed{" * 10**5,
    "digits": r"\boxed{" + "7" * 4 * 10**6 + "}",
    "fractions": r"\boxed{" + r"\frac{1}{" * 10**5 + "5" + "}" * 10**5 + "}",
    "text commands": r"\boxed{" + r"\text{" * 10**5 + "}" * 10**5 + "}",
    "spaces": r"\boxed{5" + " " * 10**6 + "6}",
    "dollars": r"\boxed{" + "$" * 10**6 + "}",
    "answers": "the answer is " * 10**5,
}


@pytest.mark.parametrize("kind", HUGE)
def test_megabytes_are_graded_in_seconds(kind):
    begin = time.monotonic()
    verdict = grade(HUGE[kind], "stop", NO_TAGS, "5/2")
    assert verdict.outcome in ("wrong", "no_answer")
    assert time.monotonic() - begin < 5 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_an_integer_is_compared_without_any_process():
    with Workers() as workers:
        assert grade_answer("1,234", "1234", workers).outcome == "correct"
        assert grade_answer("1235", "1234", workers).outcome == "wrong"
        assert workers._idle == []
