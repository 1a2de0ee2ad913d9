"""The questions that a visitor chooses from: those that ship, and those in the server's `--data-dir`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playground.errors import InvalidInput
from playground.question_files import questions
from playground.reasoners.questions import TIERS, shipped_questions
from playground.records import Question

_SUFFIXES = (".jsonl", ".parquet")


@dataclass(frozen=True, slots=True)
class QuestionList:
    """Questions by source: a tier of the shipped ones, or a benchmark's file."""

    sources: Mapping[str, tuple[Question, ...]]
    by_id: Mapping[str, Question] = field(init=False, compare=False)
    """Of two sources that use one id the first has it."""

    def __post_init__(self) -> None:
        every = [question for found in self.sources.values() for question in found]
        object.__setattr__(self, "by_id", {question.id: question for question in reversed(every)})

    def asking(self, text: str) -> Question | None:
        """The question that is asked in just these words."""
        return next((question for question in self.by_id.values() if question.text == text), None)

    def after(self, question_id: str | None, gold: str | None) -> Question | None:
        """The next question of the same source, or of the first one, whose correct answer is another."""
        sources = list(self.sources.values())
        source = next((each for each in sources if any(item.id == question_id for item in each)), sources[0])
        at = next((place for place, item in enumerate(source) if item.id == question_id), -1)
        others = (item for item in (*source[at + 1 :], *source[: at + 1]) if item.id != question_id)
        return next((item for item in others if item.gold != gold), None)


@cache
def shipped() -> QuestionList:
    """The shipped questions."""
    return QuestionList(
        {
            f"tier {tier}": tuple(
                Question(id=item.id, text=item.problem, gold=item.answer, benchmark=f"tier{tier}")
                for item in shipped_questions(tier)
            )
            for tier in TIERS
        }
    )


def with_folder(folder: Path) -> QuestionList:
    """The shipped questions, and those of every JSON Lines or Parquet file of a folder.

    Raises:
        InvalidInput: the folder cannot be read, or has no such file.
        InvalidData: a row of a file is no question.
        MissingExtra: a Parquet file without the package that reads it.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be read: {error.strerror}.", "Give another --data-dir.") from None
    if not files:
        raise InvalidInput(f"{folder} holds no .jsonl and no .parquet file.", "Give another --data-dir.")
    return QuestionList({**shipped().sources, **{path.stem: questions(path) for path in files}})
