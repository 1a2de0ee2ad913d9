"""`python -m tests.bench`: every benchmark, one after the other, each in the environment that it needs.

Prints what they print. With `--record` it is written to `assets/benchmarks.md` as well, each benchmark with its
command, date and machine, below what is said there about them; what was not run now stays as it was recorded. Nothing
else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "assets" / "benchmarks.md"
MARK = "<!-- below: written by `python -m tests.bench --record` -->"
MAIN, VLLM = ".venv", ".venv-vllm"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind"}
"""For models of a million parameters, of which two run at once."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One command and where it runs."""

    title: str
    arguments: str
    """After `python -m tests.bench.`"""
    venv: str = MAIN
    one_thread: bool = False

    @property
    def command(self) -> str:
        settings = [f"{name}={value}" for name, value in ONE_THREAD.items()] if self.one_thread else []
        return " ".join([*settings, f"{self.venv}/bin/python -m tests.bench.{self.arguments}"])

    def run(self) -> str:
        """What it prints.

        Raises:
            CalledProcessError: it fails; why stands on standard error.
        """
        command = [str(ROOT / self.venv / "bin" / "python"), "-m", *f"tests.bench.{self.arguments}".split()]
        environment = {**os.environ, **(ONE_THREAD if self.one_thread else {})}
        return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


BENCHMARKS = (
    Benchmark("`generate` against the bare transformers library", "batches"),
    Benchmark("`generate` against bare vLLM", "vllm_batches", VLLM, one_thread=True),
    Benchmark("One load and whole batches against small calls and a load for each stage", "stages", VLLM, True),
    Benchmark("Against lm-evaluation-harness, transformers", "harness --back-end hf", VLLM),
    Benchmark("Against lm-evaluation-harness, vLLM", "harness --back-end vllm", VLLM, True),
    Benchmark("Hand-over and back, transformers", "hand_back"),
    Benchmark("Hand-over and back, vLLM", "hand_back --engine vllm", VLLM),
    Benchmark("Relay and streams, transformers", "streams"),
    Benchmark("Relay and streams, vLLM", "streams --engine vllm", VLLM, one_thread=True),
    Benchmark("A stream against the bandwidth of the memory", "bandwidth"),
    Benchmark("Grading", "grading"),
    Benchmark("Backtracking marks on labelled traces", "marks"),
    Benchmark("What a run costs beside its engine: 100,000 short trials", "runner"),
    Benchmark("What a run costs beside its engine, at the paper's lengths", "runner --trials 500 --tokens 8000"),
    Benchmark("A long trace on the page", "page"),
    Benchmark("A large run on the page", "samples"),
    Benchmark("Visitors at once", "visitors --minutes 30"),
)


def machine() -> str:
    """What is measured on: processors and memory, no names."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{len(os.sched_getaffinity(0))} cores ({platform.machine()}), {memory:.0f} GiB of memory, no GPU used"


def section(benchmark: Benchmark) -> str:
    """A benchmark's part of the record, measured now."""
    measured = f"Measured on {date.today().isoformat()}: {machine()}, Python {platform.python_version()}."
    return f"## {benchmark.title}\n`{benchmark.command}`\n\n{measured}\n\n{benchmark.run().strip()}"


def sections(recorded: str) -> dict[str, str]:
    """The parts of a record by their titles."""
    parts = recorded.strip().split("\n## ")
    texts = [f"## {part.removeprefix('## ').strip()}" for part in parts if part.strip()]
    return {text.partition("\n")[0].removeprefix("## "): text for text in texts}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", help="benchmarks whose command contains this")
    parser.add_argument("--record", action="store_true", help="write what was run into assets/benchmarks.md")
    options = parser.parse_args()
    found = {}
    for benchmark in BENCHMARKS:
        if options.only in benchmark.command:
            found[benchmark.title] = section(benchmark)
            print(f"{found[benchmark.title]}\n", flush=True)
    if options.record:
        said, _, recorded = RECORD.read_text(encoding="utf-8").partition(MARK)
        kept = sections(recorded) | found
        ordered = [kept[benchmark.title] for benchmark in BENCHMARKS if benchmark.title in kept]
        RECORD.write_text("\n\n".join([said + MARK, *ordered]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
