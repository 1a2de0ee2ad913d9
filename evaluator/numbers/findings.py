"""Everything a report shows of a run, computed once from its ledger. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evaluator.config import RunConfig
from evaluator.numbers.frame import outcome_frame
from evaluator.numbers.measures import measure_frame, probe_frame
from evaluator.numbers.metrics import correlation_frame, figure_frame, rank_frame
from evaluator.numbers.pairs import condition_pairs, model_pairs
from evaluator.numbers.quotes import Quote, quotes
from evaluator.numbers.reference import reference_frame
from evaluator.numbers.results import results
from evaluator.numbers.reviewed import reviewed_frame
from evaluator.running.manifest import manifest
from playground.errors import RunError
from playground.records import UNDECIDED, Role, Selection, Test
from playground.runs.ledger import RunLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A run as its report sees it."""

    config: RunConfig
    complete: bool
    """Whether every outcome is there."""
    questions: Mapping[Role, int]
    """How many questions are tested, and how many distract."""
    manifest: dict[str, Any]
    outcomes: pd.DataFrame
    figures: pd.DataFrame
    ranks: pd.DataFrame
    correlations: pd.DataFrame
    """Spearman's, of each test with the benchmark."""
    pairs: pd.DataFrame
    """Every two models on the same questions."""
    conditions: pd.DataFrame
    """Positions and lengths against the first, for each model."""
    reference: pd.DataFrame
    """The paper's figures beside the run's; empty where the run is of other models or questions."""
    measures: pd.DataFrame
    probe: pd.DataFrame
    selections: tuple[Selection, ...]
    results: dict[str, Any]
    quotes: tuple[Quote, ...]
    reviewed: pd.DataFrame
    """The verdicts that a judge or a person has looked at."""

    @property
    def models(self) -> tuple[str, ...]:
        return self.config.models

    @property
    def tests(self) -> tuple[Test, ...]:
        """Those of the run's tests that have outcomes."""
        made = set(self.outcomes["test"])
        return tuple(test for test in self.config.tests if test in made)


def read_findings(ledger: RunLedger) -> Findings:
    """Compute a run's figures.

    Raises:
        RunError: the ledger holds no configuration, no outcome, or those of a single condition.
    """
    if ledger.meta("config") is None:
        raise RunError(f"{ledger.path} holds no configuration.", "Give the folder of an evaluation.")
    config = ledger.fact(RunConfig, "config")
    complete = ledger.meta("completed") is not None
    outcomes = outcome_frame(ledger)
    outcomes = outcomes[outcomes["model"].isin(config.models)].reset_index(drop=True)
    if outcomes["verdict"].isin(UNDECIDED).all():
        raise _nothing_judged(ledger)
    figures = figure_frame(outcomes)
    measures = measure_frame(outcomes, config.n)
    selections = ledger.selections()
    ranks = rank_frame(figures)
    return Findings(
        config=config,
        complete=complete,
        questions=Counter(item.role for item in ledger.questions()),
        manifest=manifest(ledger, complete=complete),
        outcomes=outcomes,
        figures=figures,
        ranks=ranks,
        correlations=correlation_frame(ranks),
        pairs=model_pairs(outcomes, config.models),
        conditions=condition_pairs(outcomes, config.models),
        reference=reference_frame(figures, ledger.models(), config),
        measures=measures,
        probe=probe_frame(outcomes),
        selections=selections,
        results=results(figures, selections, config.models, measures),
        quotes=quotes(outcomes, ledger),
        reviewed=reviewed_frame(ledger),
    )


def _nothing_judged(ledger: RunLedger) -> RunError:
    """What to say of a run without a single verdict, with the reason of the first outcome."""
    first = next(ledger.records())
    return RunError(
        f"{ledger.path.parent} has no verdict: engine or grader failed every time ({first.outcome.why}).",
        "Choose a model and questions that go together, and another --output-dir.",
    )
