"""A run's measures as tables: pass@k, solve counts, turning back, and the likelihood probe. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from evaluator.numbers.metrics import Place
from evaluator.reporting.tables import NOTHING, percent
from playground.records import Subset


def pass_table(measures: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Pass@1, pass@2 … alone, in per cent with the standard error by questions."""
    return _wide(measures[measures["measure"].str.startswith("pass@")], models, _share)


def solve_count_table(measures: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """How many questions each model solves 0, 1 … n times alone."""
    found = measures[measures["measure"].str.startswith("solved_")]
    ordered = found.assign(order=[int(name.removeprefix("solved_")) for name in found["measure"]])
    named = ordered.sort_values("order", kind="stable")
    table = _wide(named, models, lambda row: f"{row['value']:.0f}")
    return table.rename(columns=lambda name: str(name).removeprefix("solved_")).replace(NOTHING, "0")


def turning_table(figures: pd.DataFrame, measures: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """How many continuations turn back in words, after how many tokens, and how many tokens all of them take."""
    rows = []
    subsets: tuple[Subset, ...] = ("shared", "individual")
    for model in models:
        for subset in subsets:
            place = Place(model=model, test="recoverability", subset=subset)
            turned = percent(figures, place, "backtracked")
            mine = measures[(measures["model"] == model) & (measures["test"] == "recoverability")]
            means = mine[mine["subset"] == subset].set_index("measure")["value"]
            if turned != NOTHING:
                first, tokens = (_number(means.get(name)) for name in ("first_backtrack", "tokens"))
                row = {"model": model, "subset": subset, "turn back, %": turned}
                rows.append(row | {"after tokens (mean)": first, "tokens in all (mean)": tokens})
    return pd.DataFrame(rows)


def probe_table(probe: pd.DataFrame) -> pd.DataFrame:
    """The likelihood probe in three decimals."""
    table = probe.copy()
    for name in ("succeeded", "failed", "t", "p"):
        if name in table:
            table[name] = [NOTHING if pd.isna(value) else f"{value:.3f}" for value in table[name]]
    return table


def _wide(measures: pd.DataFrame, models: Sequence[str], text: Any) -> pd.DataFrame:
    """A row for each model, a column for each measure in the order they come."""
    columns = list(dict.fromkeys(measures["measure"]))
    rows = []
    for model in models:
        mine = {row["measure"]: text(row) for row in measures[measures["model"] == model].to_dict("records")}
        if mine:
            rows.append({"model": model} | {name: mine.get(name, NOTHING) for name in columns})
    return pd.DataFrame(rows)


def _share(row: dict[Any, Any]) -> str:
    error = "" if pd.isna(row["stderr"]) else f" ± {100 * row['stderr']:.1f}"
    return f"{100 * row['value']:.1f}{error}"


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f}"
