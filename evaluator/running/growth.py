"""Decides which changes of a configuration only add to a run: what it has stays valid, and the rest is generated.

Pure. Knows no ledger: leaving out of the numbers what is no longer asked for is the ledger's task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from evaluator.config import RunConfig
from evaluator.running.differences import differences
from playground.records import RunQuestion

LARGER: Final = ("limit", "n", "pool", "shared", "individual", "guided", "control")
"""Numbers that may grow."""
MORE: Final = ("models", "benchmarks", "positions", "lengths", "tests", "variants", "guides", "recorded")
"""Lists that may be added to."""


def described(config: RunConfig, questions: Sequence[RunQuestion]) -> dict[str, Any]:
    """A run as JSON data: its configuration, and the benchmarks that it tests."""
    tested = {item.question.benchmark for item in questions if item.role == "tested"}
    return config.to_json() | {"benchmarks": sorted(tested)}


def obstacles(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The differences for which results of two runs must not stand side by side, in words; none if `after` only adds.

    Both are as `described`.
    """
    added = {name for name in LARGER if after[name] > before[name]}
    added |= {name for name in MORE if set(before[name]) < set(after[name])}
    if not before["guides"] and "guidability" in before["tests"]:
        added -= {"guides"}  # without names the stronger models of the run guide: naming some replaces them
    written = {*before["models"], *before["guides"]} - _recorded(before)
    if _recorded(after) & written:
        added -= {"recorded"}  # what a model has written itself would stand beside what was recorded of it
    if not before["judge"]:
        added |= {"judge"}
    kept = (before.keys() | after.keys()) - added
    return differences({name: before.get(name) for name in kept}, {name: after.get(name) for name in kept})


def _recorded(run: Mapping[str, Any]) -> set[str]:
    """The models of which there are recorded responses."""
    return {text.rpartition(" ")[0] for text in run["recorded"]}


def changed_questions(before: Sequence[RunQuestion], after: Sequence[RunQuestion]) -> list[str]:
    """The questions that are others under the same id, in words."""
    old = {item.question.id: item.question for item in before}
    changed = [item.question for item in after if old.get(item.question.id, item.question) != item.question]
    return [f"{question.id} is another question" for question in changed]
