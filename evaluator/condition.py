"""The command that samples one saved condition: `python -m evaluator.condition FILE`. Makes a run of its own.

The page saves such files. The run has a ledger like any other, which the page opens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from evaluator.command import begin
from evaluator.config import RunConfig
from evaluator.running.evaluation import run_model
from evaluator.running.ledger import Ledger
from evaluator.running.opening import loaded
from evaluator.running.runner import Generating, Generation, form_groups, run_groups
from playground import prompting
from playground.cli.border import Parser, run
from playground.cli.models import tell
from playground.cli.progress import Progress
from playground.engine.pool import complete_card
from playground.errors import InvalidInput, ModelUnavailable
from playground.models import ModelCard, availability, find_card
from playground.outcomes.saved_condition import SavedCondition, read_condition
from playground.records import UNDECIDED, RunQuestion, Selection, Trial
from playground.runs.ledger import RunLedger
from playground.statistics.wilson import wilson
from playground.visible import visible

EXAMPLES = """\
examples:
  python -m evaluator.condition condition.json
  python -m evaluator.condition condition.json --models tiny-oak-plain,tiny-elm-reflective --n 100
"""
GROUP_SIZE = 64


def parser() -> Parser:
    """The command's options."""
    options = Parser(
        prog="python -m evaluator.condition", description="Draw samples from one saved condition.", epilog=EXAMPLES
    )
    options.add_argument("file", type=Path, metavar="FILE", help="a condition that the page has saved")
    options.add_argument("--models", default="", metavar="NAMES", help="who goes on, separated by commas (as saved)")
    options.add_argument("--n", type=int, help="samples of each model (as saved)")
    options.add_argument("--output-dir", type=Path, metavar="DIR", help="the run's folder (runs/condition-HASH)")
    return options


def draw(
    saved: SavedCondition,
    cards: Sequence[ModelCard],
    folder: Path,
    open_engine: Callable[[ModelCard], AbstractContextManager[Generating]] = loaded,
) -> None:
    """Fill the ledger in a folder; what it holds already is kept.

    Raises:
        RunError: the folder holds another run, or cannot be written to.
        EngineError: an engine failed. The same call goes on from there.
    """
    progress = Progress(sys.stderr)
    with Ledger(folder) as ledger:
        begin(ledger, _config(saved), (RunQuestion(question=saved.question, role="tested"),), "condition")
        for position, card in enumerate(cards):
            with open_engine(card) as engine:
                ledger.add_model(run_model(card, engine), position)
                trials = _trials(saved, card, engine.identity.revision)
                ledger.ask(trials)
                inherited = ledger.inherited()
                missing = [trial for trial in trials if trial.id not in inherited]
                progress.begin(card.name, len(missing))
                generation = Generation(engine=engine, tags=card.think)
                run_groups(form_groups(missing, GROUP_SIZE), generation, ledger, progress)
                progress.end()
        ledger.add_selections(_selections(saved))
        ledger.complete()


def _config(saved: SavedCondition) -> RunConfig:
    params = saved.params
    return RunConfig(
        preset=f"condition {saved.digest}",
        models=saved.models,
        n=saved.n,
        seed=saved.seed,
        temperature=params.temperature,
        top_p=params.top_p,
        max_tokens=params.max_tokens,
        pool=0,
        group_size=GROUP_SIZE,
        protocol=saved.condition.protocol,
        tests=(),
        limit=1,
        shared=1,
        individual=1,
        guided=1,
    )


def _trials(saved: SavedCondition, card: ModelCard, revision: str) -> list[Trial]:
    prompt = prompting.render(saved.trajectory, card)
    return [
        Trial(
            model=card.name,
            revision=revision,
            condition=saved.condition,
            question=saved.question,
            prompt=prompt,
            segments=saved.segments,
            params=saved.params_of(card.name, sample),
            sample=sample,
        )
        for sample in range(saved.n)
    ]


def _selections(saved: SavedCondition) -> list[Selection]:
    """The one question is every model's own subset, so that the page counts it."""
    test = saved.condition.test
    if test == "solo":
        return []
    questions = (saved.question.id,)
    return [Selection(model=model, test=test, subset="individual", questions=questions) for model in saved.models]


def lines(folder: Path, models: Sequence[str]) -> list[str]:
    """What became of it: how many samples of each model are correct, with Wilson's interval."""
    found = []
    with RunLedger(folder) as ledger:
        for model in models:
            verdicts = [record.outcome.verdict for record in ledger.records(model=model)]
            judged = [verdict for verdict in verdicts if verdict not in UNDECIDED]
            if not judged:
                found.append(f"{model}: no verdict")
                continue
            right = judged.count("correct")
            low, high = wilson(right / len(judged), len(judged))
            share = f"{100 * right / len(judged):.0f} % [{100 * low:.0f}, {100 * high:.0f}]"
            found.append(f"{model}: {right} of {len(judged)} correct, {share}")
    return found


def command(words: Sequence[str] | None = None) -> None:
    """Read the command line, draw, and print what became of it."""
    arguments = parser().parse_args(words)
    saved = read_condition(arguments.file)
    names = [name for name in arguments.models.split(",") if name.strip()] or saved.models
    if arguments.n is not None and arguments.n < 1:
        raise InvalidInput(f"--n is {arguments.n}.", "Give a number of at least 1.")
    cards = [_usable(name.strip()) for name in names]
    asked = replace(saved, models=tuple(card.name for card in cards), n=arguments.n or saved.n)
    folder = arguments.output_dir or Path("runs") / f"condition-{asked.digest}"
    draw(asked, cards, folder)
    print(visible("\n".join([*lines(folder, asked.models), str(folder)])))


def _usable(name: str) -> ModelCard:
    card = find_card(name)
    here = availability(card)
    if not here.available:
        raise ModelUnavailable(f"{name} cannot run here: {here.why}.", "Name others with --models.")
    return complete_card(card, tell)


if __name__ == "__main__":
    sys.exit(run(command))
