"""The shared and the individual subset of each test, for each model, from how the models stand alone. Pure.

Source: protocol of arXiv 2510.06410, sections 2 and 3. Where a subset is empty, it says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evaluator import selection
from evaluator.config import RunConfig
from evaluator.guidance import solved_by_any
from evaluator.attempts import Attempts, solve_counts
from playground.records import RunQuestion, Selection, Subset


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the models of a run did alone."""

    config: RunConfig
    tries: Mapping[str, Attempts]
    solves: Mapping[str, Mapping[str, int]]
    """Solve counts of the tested questions, for each model."""
    pool: frozenset[str]

    @classmethod
    def of(cls, config: RunConfig, questions: Sequence[RunQuestion], tries: Mapping[str, Attempts]) -> Self:
        pool = frozenset(item.question.id for item in questions if item.role == "pool")
        solves = {model: solve_counts(own, questions) for model, own in tries.items()}
        return cls(config=config, tries=tries, solves=solves, pool=pool)

    @property
    def scores(self) -> dict[str, float]:
        """Mean solve count over the tested questions."""
        return {model: sum(counts.values()) / max(len(counts), 1) for model, counts in self.solves.items()}

    def can_distract(self, model: str) -> bool:
        """Whether the model closed its thinking on a pool question."""
        return any(attempt.closed for question in self.pool for attempt in self.tries[model].get(question, ()))


def subsets(standing: Standing) -> list[Selection]:
    """All subsets of both tests, for each model."""
    chosen = []
    for model in standing.config.models:
        chosen += [_recovering(standing, model, "shared"), _recovering(standing, model, "individual")]
        chosen += [_guided(standing, model, "shared"), _guided(standing, model, "individual")]
    return chosen


def _recovering(standing: Standing, model: str, subset: Subset) -> Selection:
    config = standing.config
    if subset == "shared":
        solved = selection.solved_by_all(standing.solves, config.n)
        questions = selection.draw(solved, config.shared, config.seed, "shared")
        absent = f"no tested question is solved {config.n} of {config.n} times by every model"
    else:
        counts = standing.solves[model]
        questions = selection.draw_by_solve_count(counts, config.individual, config.seed, "individual", model)
        absent = "the model solves no tested question"
    if questions and not standing.can_distract(model):
        questions, absent = [], "none of the model's own trajectories can serve as a distractor"
    return _selection(model, subset, questions, absent)


def _guides_of(standing: Standing, model: str, subset: Subset) -> list[str]:
    """The models that guide it: those above it, and on the shared subset those above all compared models."""
    if subset == "individual":
        return selection.stronger(standing.scores, model)
    compared = selection.guided_together(standing.scores)
    return selection.stronger(standing.scores, *compared) if model in compared else []


def _guided(standing: Standing, model: str, subset: Subset) -> Selection:
    config = standing.config
    guides = _guides_of(standing, model, subset)
    if not guides:
        above = "is stronger in this run" if subset == "individual" else "guides it on the shared questions"
        return _selection(model, subset, [], f"no model {above}", guides)
    if subset == "shared":
        compared = selection.guided_together(standing.scores)
        hard = selection.hard_for_all({name: standing.solves[name] for name in compared}, config.n)
        purpose, whose = ["hard"], f"all of {', '.join(compared)}"
    else:
        hard = selection.hard(standing.solves[model], config.n)
        purpose, whose = ["hard", model], "it"
    solved = solved_by_any(guides, standing.tries)
    questions = selection.draw([name for name in hard if name in solved], config.guided, config.seed, *purpose)
    absent = f"no tested question is hard for {whose} and solved by a guide"
    return _selection(model, subset, questions, absent, guides)


def _selection(
    model: str, subset: Subset, questions: Sequence[str], absent: str, guides: Sequence[str] | None = None
) -> Selection:
    """`guides` is None for recoverability."""
    return Selection(
        model=model,
        test="recoverability" if guides is None else "guidability",
        subset=subset,
        questions=tuple(sorted(questions)),
        guides=tuple(guides or ()),
        absent="" if questions else absent,
    )
