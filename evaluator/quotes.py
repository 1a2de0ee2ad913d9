"""Samples that show what the figures mean: which outcomes a report quotes. Does not lay them out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from playground.records import Record
from playground.run_ledger import RunLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An outcome and what it is an example of."""

    title: str
    record: Record


def quotes(outcomes: pd.DataFrame, ledger: RunLedger) -> tuple[Quote, ...]:
    """One outcome of each kind there is: recovered, adopted, guided, and a steer that gave the answer away.

    The choice is the first by identity, which is a hash: as good as drawn, and always the same.
    """
    rec = outcomes[outcomes["test"] == "recoverability"]
    guid = outcomes[outcomes["test"] == "guidability"]
    kinds = {
        "Recovered from a distraction": rec[rec["correct"]],
        "Adopted the distraction": rec[rec["adopted"] & ~rec["correct"]],
        "Guided to an answer it did not find alone": guid[guid["correct"] & ~guid["leaked"]],
        "A steer that gives the answer away": guid[guid["leaked"]],
    }
    return tuple(
        Quote(title=title, record=ledger.record(str(found["trial_id"].min())))
        for title, found in kinds.items()
        if not found.empty
    )
