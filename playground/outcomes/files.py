"""Formats samples and their figures as files: a CSV with a row for each sample, JSON with everything. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from playground.outcomes.comparison import Comparison, Sample, Share, summarize
from playground.serialization import to_dict
from playground.turn import Participant
from playground.visible import visible_json

COLUMNS = (
    *("arm", "sample", "seed", "question_id", "outcome", "answer", "gold", "why"),
    *("backtracked", "adopted", "turns", "tokens", "seconds", "text"),
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")


def csv_text(samples: Sequence[Sample]) -> str:
    """A row for each sample, in the columns of `COLUMNS`; `text` is what was written after the starting point.

    What a model wrote cannot become a formula of a spreadsheet, nor steer a terminal: a cell that would begin a formula
    begins with an apostrophe, and control characters but tab and line break become U+FFFD.
    """
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    for sample in samples:
        table.writerow([_cell(value) for value in _row(sample)])
    return written.getvalue()


def _row(sample: Sample) -> list[Any]:
    trajectory, ending = sample.trajectory, sample.ending
    return [
        *(sample.arm, sample.number, sample.seed, trajectory.question_id),
        *(ending.outcome, ending.answer, trajectory.gold, ending.why),
        *(sample.backtracked, sample.adopted, sample.turns, sample.tokens, round(sample.seconds, 3)),
        trajectory.text[sample.begun :],
    ]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = _CONTROL.sub("\ufffd", str(value))
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) and not _NUMBER.fullmatch(text) else text


def json_text(comparison: Comparison, participants: Sequence[Participant], samples: Sequence[Sample]) -> str:
    """What was compared, the figures of each arm, and every sample with its trajectory."""
    arms = [str(arm) for arm in comparison.arms]
    data = {
        "models": [{"name": one.card.name, **to_dict(one.engine.identity)} for one in participants],
        "sampling": [to_dict(one.params) for one in participants],
        "comparison": to_dict(comparison) | {"arms": arms, "rule": str(comparison.rule)},
        "summary": [figures(arm, samples) for arm in arms],
        "samples": [to_dict(sample) for sample in samples],
    }
    return visible_json(data)


def figures(arm: str, samples: Sequence[Sample]) -> dict[str, Any]:
    """The figures of one arm as JSON data, each share with its value."""
    summary = summarize(arm, samples)
    shares = {name: getattr(summary, name) for name in ("correct", "backtracked", "adopted")}
    return to_dict(summary) | {name: share and with_value(share) for name, share in shares.items()}


def with_value(share: Share) -> dict[str, Any]:
    """A share as JSON data."""
    return {"value": share.value, **to_dict(share)}
