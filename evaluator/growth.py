"""Which changes of a configuration only add to a run: what it has already stays valid, and the rest is generated.

Pure. Knows no ledger; that what is no longer asked for is left out of the numbers is the ledger's affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from evaluator.config import RunConfig
from evaluator.differences import differences
from playground.records import RunQuestion

LARGER: Final = ("limit", "n", "pool", "shared", "individual", "guided", "control")
"""Numbers that may grow."""
MORE: Final = ("models", "positions", "lengths", "tests", "variants", "guides")
"""Lists that may be added to."""


def obstacles(before: RunConfig, after: RunConfig) -> list[str]:
    """The differences for which results of the two must not stand side by side, in words; none if `after` only adds."""
    old, new = before.to_json(), after.to_json()
    added = {name for name in LARGER if new[name] > old[name]}
    added |= {name for name in MORE if old[name] and set(old[name]) < set(new[name])}
    if not before.judge:
        added.add("judge")
    return differences(_without(old, added), _without(new, added))


def _without(config: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in names}


def changed_questions(before: Sequence[RunQuestion], after: Sequence[RunQuestion]) -> list[str]:
    """The ids that stand for one question before and for another one after; all of them where none is left."""
    old = {item.question.id: item.question for item in before}
    kept = [item.question for item in after if item.question.id in old]
    return [question.id for question in kept if question != old[question.id]] if kept else list(old)
