"""Takes subsets over from another run, so that other models or settings meet the same questions.

Pure but for reading that run's ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.trials.standing import Standing
from playground.errors import RunError
from playground.records import RunQuestion, Selection
from playground.runs.ledger import RunLedger
from playground.serialization import to_dict


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSubsets:
    """What another run asked."""

    questions: tuple[RunQuestion, ...]
    selections: tuple[Selection, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        data = [to_dict(item) for item in (*self.questions, *self.selections)]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def read_subsets(folder: Path) -> TakenSubsets:
    """The questions and subsets of the run in a folder.

    Raises:
        RunError: there is no run, or it has not selected its subsets yet.
    """
    with RunLedger(folder) as ledger:
        taken = TakenSubsets(questions=ledger.questions(), selections=ledger.selections())
    if not taken.selections:
        raise RunError(f"{folder} has selected no subsets yet.", "Let that run finish, or give another one.")
    return taken


def take_over(chosen: Sequence[Selection], taken: TakenSubsets, standing: Standing) -> list[Selection]:
    """This run's selections, with the questions of the other run's where that has them.

    A model that the other run did not have gets its shared subsets, and an individual one of its own. What a model
    cannot do here is left out: a question it has no correct attempt at, a guide that this run does not have.
    """
    own = {(item.model, item.test, item.subset): item for item in taken.selections}
    shared = {item.test: item for item in taken.selections if item.subset == "shared" and item.questions}
    found = []
    for item in chosen:
        given = own.get((item.model, item.test, item.subset))
        if given is None and item.subset == "shared":
            given = shared.get(item.test)
        found.append(item if given is None or item.model in standing.silent else _taken(item, given, standing))
    return found


def _taken(item: Selection, given: Selection, standing: Standing) -> Selection:
    guides = tuple(guide for guide in given.guides if guide in standing.tries and guide != item.model) or item.guides
    questions = given.questions
    if item.test == "recoverability":
        questions = tuple(name for name in questions if standing.disturbable(item.model, name))
    absent = "" if questions else item.absent or given.absent or "the model solves none of the questions taken over"
    return replace(item, questions=questions, guides=guides, absent=absent)
