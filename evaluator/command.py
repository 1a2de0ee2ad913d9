"""Runs a test's command, from the command line to a finished folder. Knows no single test.

What a run does is in `evaluator.running.evaluation`, what may be asked for in `evaluator.options`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluator.config import RunConfig
from evaluator.faults import FaultPolicy
from evaluator.options import Request, parser, request
from evaluator.presets import PRESETS
from evaluator.running.differences import differences
from evaluator.running.evaluation import Evaluation, OpenEngine
from evaluator.running.growth import changed_questions, described, obstacles
from evaluator.running.ledger import Ledger
from evaluator.running.manifest import decisive, facts_at_start, manifest, write_manifest
from evaluator.running.opening import OneAtATime, loaded, opening
from evaluator.running.participants import Participants, participants
from evaluator.running.plan import plan, plan_text
from evaluator.running.run_questions import check_limit, questions_of
from evaluator.trials.taken_subsets import TakenSubsets, read_subsets
from playground.cli.progress import Progress
from playground.errors import InvalidInput, RunError
from playground.extras import require
from playground.records import RunQuestion, Test
from playground.runs.ledger import LEDGER_FILE
from playground.visible import visible, visible_line

MOST_SHOWN = 5
"""Differences between two runs that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One of the commands: `python -m evaluator.NAME`."""

    name: str
    description: str
    examples: str
    tests: tuple[Test, ...]
    folder: str
    """What the folder of a run is called where none is given; `{preset}` stands for the preset's name."""

    def main(self) -> None:
        """Read the command line, fill the ledger and draw the report."""
        program = f"python -m evaluator.{self.name}"
        options = parser(program, self.description, self.examples, self.tests)
        asked = request(options.parse_args(), self.tests)
        require("eval")
        prepared = prepare(asked)
        if asked.dry_run:
            stages = plan(prepared.config, prepared.questions, prepared.people, loaded)
            print(visible(plan_text(stages, prepared.people, as_json=asked.as_json)))
            return
        folder = asked.output_dir or Path(self.folder.format(preset=prepared.config.preset))
        if not asked.resume and (folder / LEDGER_FILE).exists():
            raise RunError(f"{folder} holds a run.", "Leave out --no-resume to go on, or give another --output-dir.")
        carry_out(prepared, folder, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A run that is ready to begin."""

    config: RunConfig
    people: Participants
    questions: tuple[RunQuestion, ...]
    taken: TakenSubsets | None
    open_engine: OpenEngine
    policy: FaultPolicy
    quiet: bool


def prepare(asked: Request) -> Prepared:
    """The run that a command line asks for.

    Raises:
        InvalidInput: something that cannot be.
        RunError: the run whose subsets are to be taken over has none.
        ModelUnavailable: a model is not here; a plan is made without it.
    """
    people = participants(asked)
    if not asked.dry_run:
        people.check()
    opener = opening((*people.cards, *people.guides), asked.data_parallel)
    taken = read_subsets(asked.subsets_from) if asked.subsets_from else None
    found = {
        "recorded": tuple(f"{name} {pool.digest}" for name, pool in sorted(people.recorded.items())),
        "subsets": taken.digest if taken else "",
    }
    if people.guide_names and "guidability" in asked.values.get("tests", ("guidability",)):
        found["guides"] = people.guide_names
    config = asked.config(tuple(card.name for card in people.cards), **found)
    if config.likelihood and asked.data_parallel > 1:
        raise InvalidInput("--likelihood is measured in one process.", "Leave out --data-parallel or --likelihood.")
    solo = [pool for name, pool in people.recorded.items() if name in config.models]
    questions = questions_of(asked, config, solo, taken)
    check_limit(config, questions)
    return Prepared(
        config=config,
        people=people,
        questions=questions,
        taken=taken,
        open_engine=opener,
        policy=asked.policy,
        quiet=asked.quiet,
    )


def carry_out(prepared: Prepared, folder: Path, name: str) -> None:
    """Fill the ledger in a folder, or go on where it stops, and draw the report."""
    config, people = prepared.config, prepared.people
    tested = sum(item.role == "tested" for item in prepared.questions)
    scope = f"{tested} tested questions for {', '.join(config.models)}"
    preset = f"Preset {config.preset}: {scope}; --preset chooses the scale ({', '.join(PRESETS)})."
    print(visible_line(preset), flush=True)
    with Ledger(folder) as ledger:
        added = begin(ledger, config, prepared.questions, name)
        if added:
            print(visible_line(f"The run in {folder} is added to: {'; '.join(added)}."), flush=True)
        if ledger.reader.meta("completed") is None:
            write_manifest(folder, manifest(ledger.reader, complete=False))
            with OneAtATime(prepared.open_engine) as models:
                Evaluation(
                    config=config,
                    cards=people.cards,
                    questions=prepared.questions,
                    open_engine=models.open,
                    ledger=ledger,
                    progress=Progress(sys.stderr, quiet=prepared.quiet),
                    policy=prepared.policy,
                    guides=people.guides,
                    recorded=people.recorded,
                    silent=people.silent,
                    taken=prepared.taken,
                    judge=people.judge,
                ).run()
            ledger.complete()
        finish(folder)


def begin(ledger: Ledger, config: RunConfig, questions: Sequence[RunQuestion], name: str = "full") -> list[str]:
    """Begin a run, take one up again, or add to one; `name` is the command's.

    Returns what is added, in words: nothing where the run begins or only goes on.

    Raises:
        RunError: the folder holds a run with a configuration or with questions that the new ones do not only add to,
            or one that is not finished or is to grow, made with other software.
    """
    facts = {
        **facts_at_start([f"evaluator.{name}", *sys.argv[1:]]),
        "config": json.dumps(config.to_json(), sort_keys=True),
    }
    if ledger.reader.meta("config") is None:
        ledger.begin(questions, facts)
        return []
    asked = ledger.reader.questions()
    before, after = described(ledger.reader.fact(RunConfig, "config"), asked), described(config, questions)
    if before == after and asked == tuple(questions):
        if ledger.reader.meta("completed") is None:
            _refuse_other_software(ledger, facts)
        return []
    faults = [*obstacles(before, after), *changed_questions(asked, questions)]
    if before == after and not faults:
        faults = ["the questions themselves have changed"]
    if faults:
        shown = faults[:MOST_SHOWN] + (["…"] if len(faults) > MOST_SHOWN else [])
        raise RunError(
            f"{ledger.path.parent} holds a run with another configuration: {'; '.join(shown)}.",
            "Give the same options to go on, larger ones to add to it, or another --output-dir.",
        )
    _refuse_other_software(ledger, facts)
    ledger.begin(questions, facts)
    return differences(before, after)


def _refuse_other_software(ledger: Ledger, facts: Mapping[str, str]) -> None:
    """Refuse to add to outcomes that came about otherwise, or were judged otherwise, than new ones would.

    Raises:
        RunError: says what differs.
    """
    changes = differences(decisive(ledger.reader.facts()), decisive(facts))
    if changes:
        commit = ledger.reader.meta("git_revision") or "unknown"
        raise RunError(
            f"{ledger.path.parent} was begun with other software: {'; '.join(changes)}.",
            f"Go on with what it was begun with (commit {commit}), or give another --output-dir: results of the two"
            " must not be mixed.",
        )


def finish(folder: Path) -> None:
    """Draw the report and print its main table."""
    # pandas and matplotlib come with these; the work before does without
    from evaluator.reporting.document import markdown_table
    from evaluator.reporting.files import PAGE_FILE, write_report
    from evaluator.reporting.tables import main_table

    findings = write_report(folder)
    print(markdown_table(main_table(findings.figures, findings.models)))
    print(folder / PAGE_FILE)
