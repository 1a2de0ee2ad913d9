"""The benchmarks, and the questions of each: how many there are, and that they are the right ones.

The five of mathematics come from a folder of files or from the hub. Does not know which questions a run takes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluator.hub import HubSource, hub_rows
from playground.errors import InvalidData, InvalidInput
from playground.question_files import question_of, questions
from playground.reasoners.questions import TIERS, shipped_questions
from playground.records import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A published set of questions."""

    name: str
    count: int
    sha256: str
    """Of what is asked and answered (`content_hash`), whatever the order, the ids and the white space."""
    hub: HubSource


MATH: Final = (
    Benchmark(
        name="aime24",
        count=30,
        sha256="5df99970103398a887319c1a92b5eb8f8f27967455346e7bf948624cbebcbe83",
        hub=HubSource(dataset="HuggingFaceH4/aime_2024", split="train"),
    ),
    Benchmark(
        name="aime25",
        count=30,
        sha256="4791fa11b6818c3f3f121fb1bc7519da0605b29af33b20ba36ab695502d83487",
        hub=HubSource(dataset="math-ai/aime25", split="test"),
    ),
    Benchmark(
        name="math500",
        count=500,
        sha256="8e0564ef4d891504fa3b879187ea08493aeb1b1da81236f262e0ccb781ef2fc1",
        hub=HubSource(dataset="HuggingFaceH4/MATH-500", split="test"),
    ),
    Benchmark(
        name="minerva_math",
        count=272,
        sha256="f35f1c3d872d3a413b296cdf054df39d4f92560808f93819ff059c1c5c441979",
        hub=HubSource(dataset="math-ai/minervamath", split="test"),
    ),
    Benchmark(
        name="olympiadbench",
        count=675,
        sha256="03a39c81f5f713e04a3d0831984d122bd6b39f30fc9b57a7c5b0cf8d397c70fa",
        hub=HubSource(dataset="math-ai/olympiadbench", split="test"),
    ),
)
"""The paper's five benchmarks of mathematics: 1,507 questions (section 5)."""


def tiers() -> tuple[Question, ...]:
    """The shipped arithmetic stories; each tier of difficulty is a benchmark."""
    return tuple(
        Question(id=item.id, text=item.problem, gold=item.answer, benchmark=f"tier{tier}")
        for tier in TIERS
        for item in shipped_questions(tier)
    )


def benchmark(name: str) -> Benchmark:
    """One of the five by name.

    Raises:
        InvalidInput: there is none; the hint lists those there are.
    """
    for known in MATH:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in MATH)
    raise InvalidInput(f"There is no benchmark called {name!r}.", f"Choose one of {names}, or give a .jsonl file.")


def math_questions(names: Iterable[str] = (), data_dir: Path | None = None) -> tuple[Question, ...]:
    """The questions of some benchmarks, by default all five.

    A name that ends in .jsonl or .parquet is a file of one's own. With `data_dir` a benchmark is read from
    `NAME.jsonl` or `NAME.parquet` in it, else from the hub.

    Raises:
        InvalidInput: an unknown name, or a file that cannot be read.
        InvalidData: a row without question or answer, or a benchmark that is not complete and unchanged.
        MissingExtra: the hub is asked without the library that does.
    """
    found: list[Question] = []
    for name in tuple(names) or tuple(known.name for known in MATH):
        if Path(name).suffix in (".jsonl", ".parquet"):
            found += questions(Path(name))
        else:
            found += checked(benchmark(name), _read(benchmark(name), data_dir), str(data_dir or "the hub"))
    _check_ids(found)
    return tuple(found)


def _read(wanted: Benchmark, data_dir: Path | None) -> tuple[Question, ...]:
    if data_dir is None:
        rows = enumerate(hub_rows(wanted.hub))
        place = wanted.hub.dataset
        return tuple(
            question_of(row, f"{place}, row {number + 1}", wanted.name, f"{wanted.name}-{number}")
            for number, row in rows
        )
    paths = [data_dir / f"{wanted.name}{suffix}" for suffix in (".jsonl", ".parquet")]
    present = [path for path in paths if path.is_file()]
    if not present:
        raise InvalidInput(f"{data_dir} has no {paths[0].name} and no {paths[1].name}.", "Give another --data-dir.")
    return questions(present[0], wanted.name)


def checked(wanted: Benchmark, found: tuple[Question, ...], place: str) -> tuple[Question, ...]:
    """The questions, if they are the benchmark's.

    Raises:
        InvalidData: there are more or fewer, or some of them ask or answer something else.
    """
    hint = "Give the published file, or name your own file instead of the benchmark."
    if len(found) != wanted.count:
        raise InvalidData(f"{place}: {wanted.name}", f"has {len(found)} questions instead of {wanted.count}", hint)
    if content_hash(found) != wanted.sha256:
        raise InvalidData(f"{place}: {wanted.name}", "has other questions or answers than the published ones", hint)
    return found


def content_hash(found: Iterable[Question]) -> str:
    """SHA-256 of the questions and their answers, without white space and dollar signs, in sorted order."""
    bare = sorted((_bare(question.text), _bare(question.gold)) for question in found)
    return hashlib.sha256(json.dumps(bare).encode()).hexdigest()


def _bare(text: str) -> str:
    return "".join(text.split()).replace("$", "")


def _check_ids(found: list[Question]) -> None:
    seen: dict[str, str] = {}
    for question in found:
        if question.id in seen:
            both = f"{seen[question.id]} and {question.benchmark}"
            raise InvalidInput(f"{both} both have a question {question.id!r}.", "Give each question its own id.")
        seen[question.id] = question.benchmark
