"""Scripted reasoners of known habits, questions for them, and small runs: what the tests of the evaluator share."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from evaluator.config import RunConfig
from evaluator.running.evaluation import Evaluation
from evaluator.running.ledger import Ledger
from evaluator.trials.selection import run_questions
from playground.cli.progress import Progress
from playground.engine.base import Engine
from playground.engine.scripted import ScriptedEngine
from playground.models import ModelCard
from playground.records import Question
from playground.thinking import ThinkTags

TAGS = ThinkTags("<think>", "</think>")

HABITS = {
    # name: (chance to miscount a step, chance to notice a foreign total)
    "weak": (0.15, 0.2),
    "careless": (0.1, 0.6),
    "strong": (0.0, 0.5),
}


def adder(name: str) -> Callable[[str, int], str]:
    """A script that adds the numbers of a question a line each, and goes on with whatever total it finds."""
    slip, notice = HABITS[name]

    def script(prompt: str, seed: int) -> str:
        question, _, written = prompt.rpartition("<think>\n")
        numbers = [int(digits) for digits in re.findall(r"\d+", question)]
        random = Random(f"{name} {seed}")
        totals = [sum(numbers[:count]) for count in range(1, len(numbers) + 1)]
        found = [int(digits) for digits in re.findall(r"(\d+)\.", written)]
        lead = "" if not written or written.endswith("\n") else "\n"
        if found and found[-1] not in totals and random.random() < notice:
            lead, found = f"{lead}Wait, that is not right.\n", []
        begun = min(written.count(".\n"), len(numbers)) if found else 0
        total = found[-1] if found else 0
        lines = [] if found else [f"Start with {numbers[0]}."]
        total = total or numbers[0]
        for number in numbers[max(begun, 1) :]:
            after = total + number + (random.random() < slip)
            lines.append(f"So {total} + {number} = {after}.")
            total = after
        return lead + "".join(f"{line}\n" for line in lines) + f"</think>\n\nThe answer is \\boxed{{{total}}}."

    script.__name__ = f"adder_{name}"
    return script


def card(name: str) -> ModelCard:
    return ModelCard(name=name, engine="scripted", source="", think=TAGS)


def open_scripted(model: ModelCard) -> Engine:
    return ScriptedEngine(adder(model.name), name=model.name)


def sums(count: int = 20) -> tuple[Question, ...]:
    """Questions of two benchmarks: short sums and long ones."""
    random = Random(7)
    found = []
    for benchmark, terms in (("short", 2), ("long", 14)):
        for index in range(count):
            numbers = [random.randint(10, 99) for _ in range(terms)]
            text = f"Add {', '.join(map(str, numbers))}."
            found.append(
                Question(id=f"{benchmark}-{index:02d}", text=text, gold=str(sum(numbers)), benchmark=benchmark)
            )
    return tuple(found)


def small(**changes: object) -> RunConfig:
    values: dict[str, object] = {
        "preset": "sums",
        "models": tuple(HABITS),
        "limit": 24,
        "n": 4,
        "seed": 3,
        "temperature": 0.6,
        "top_p": 0.95,
        "max_tokens": 200,
        "pool": 6,
        "shared": 6,
        "individual": 10,
        "guided": 8,
        "group_size": 16,
    }
    return RunConfig(**{**values, **changes})  # type: ignore[arg-type]


def evaluate(
    folder: Path,
    config: RunConfig,
    open_engine: Callable[[ModelCard], Engine] = open_scripted,
    **parts: Any,
) -> None:
    """A run into `folder`, as the command line does it, but without its report; `parts` are those of `Evaluation`."""
    from evaluator.command import begin

    drawn = run_questions(sums(), limit=config.limit, pool=config.pool, seed=config.seed)
    questions = parts.pop("questions", drawn)
    with Ledger(folder) as ledger:
        begin(ledger, config, questions)
        Evaluation(
            config=config,
            cards=parts.pop("cards", tuple(card(name) for name in config.models)),
            questions=questions,
            open_engine=open_engine,
            ledger=ledger,
            progress=Progress(io.StringIO()),
            **parts,
        ).run()
        ledger.complete()
