"""Selects each test's subset for each model, from how the models did alone. Pure.

Source: protocol of arXiv 2510.06410, sections 2 and 3. Where a subset is empty, it says why.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.trials import selection
from evaluator.trials.guidance import solved_by_any
from evaluator.trials.standing import Standing
from playground.records import Selection, Subset

SILENT = "of this model there are recorded responses only: it cannot go on"


def subsets(standing: Standing) -> list[Selection]:
    """All subsets of the run's tests, for each model."""
    chosen = []
    config = standing.config
    for model in config.models:
        if "recoverability" in config.tests:
            chosen += [_recovering(standing, model, "shared"), _recovering(standing, model, "individual")]
        if "guidability" in config.tests:
            chosen += [_guided(standing, model, "shared"), _guided(standing, model, "individual")]
            chosen += [_guided(standing, model, "control")] if config.control else []
    return chosen


def to_be_guided(standing: Standing) -> list[str]:
    """The questions that a guide's steps may be needed for."""
    found: set[str] = set()
    for model in standing.voices:
        found |= set(selection.hard(standing.most_solves(model), standing.config.n))
        found |= set(_control(standing, model))
    return sorted(found)


def _recovering(standing: Standing, model: str, subset: Subset) -> Selection:
    config = standing.config
    if subset == "shared":
        solved = selection.solved_by_all(standing.solves, config.n)
        solved = [name for name in solved if all(standing.disturbable(voice, name) for voice in standing.voices)]
        questions = selection.draw(solved, config.shared, config.seed, "shared")
        absent = f"no tested question is solved {config.n} of {config.n} times by every model"
    else:
        counts = {name: n for name, n in standing.solves[model].items() if n and standing.disturbable(model, name)}
        questions = selection.draw_by_solve_count(counts, config.individual, config.seed, "individual", model)
        absent = "the model solves no tested question"
    absent += _length_rule(standing)
    if questions and not standing.can_distract(model):
        questions, absent = [], "no trajectory on a question outside the tested set can serve as a distractor"
    if model in standing.silent:
        questions, absent = [], SILENT
    return _selection(model, subset, questions, absent)


def _length_rule(standing: Standing) -> str:
    least, most = standing.config.least_source, standing.config.most_source
    if not least and not most:
        return ""
    return f" in {least} tokens or more" + (f", and fewer than {most}" if most else "")


def _compared(standing: Standing) -> list[str]:
    """The models on guidability's shared subset: the weaker two thirds; with guides of their own also one or two."""
    if standing.config.guides and len(standing.voices) < 3:
        return sorted(standing.voices)
    return selection.guided_together({model: standing.scores[model] for model in standing.voices})


def _guides_of(standing: Standing, model: str, subset: Subset) -> list[str]:
    """The models that guide it: those the run names, else those above it, or above all that are compared."""
    compared = _compared(standing)
    if subset == "shared" and model not in compared:
        return []
    if standing.config.guides:
        return sorted(guide for guide in standing.config.guides if guide != model)
    return selection.stronger(standing.scores, *(compared if subset == "shared" else [model]))


def _control(standing: Standing, model: str) -> list[str]:
    config = standing.config
    solved = selection.solved_every_time(standing.solves[model], config.n)
    return selection.draw(solved, config.control, config.seed, "control", model)


def _guided(standing: Standing, model: str, subset: Subset) -> Selection:
    config = standing.config
    if model in standing.silent:
        return _selection(model, subset, [], SILENT, [])
    guides = _guides_of(standing, model, subset)
    if not guides:
        above = "guides it on the shared questions" if subset == "shared" else "is stronger in this run"
        return _selection(model, subset, [], f"no model {above}", guides)
    wanted = {"shared": f"hard for all of {', '.join(_compared(standing))}", "individual": "hard for it"}
    absent = f"no tested question is {wanted.get(subset, 'solved by it every time')} and solved by a guide"
    solved = solved_by_any(guides, standing.tries)
    if subset == "control":
        questions = [name for name in _control(standing, model) if name in solved]
    else:
        purpose = ["hard"] if subset == "shared" else ["hard", model]
        hard = [name for name in _hard(standing, model, subset) if name in solved]
        questions = selection.draw(hard, config.guided, config.seed, *purpose)
    return _selection(model, subset, questions, absent, guides)


def _hard(standing: Standing, model: str, subset: Subset) -> list[str]:
    n = standing.config.n
    if subset == "individual":
        return selection.hard(standing.most_solves(model), n)
    return selection.hard_for_all({name: standing.most_solves(name) for name in _compared(standing)}, n)


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
