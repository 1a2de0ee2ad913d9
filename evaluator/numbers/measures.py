"""What is measured besides the rates: pass@k, solve counts, tokens, and the likelihood probe. Pure.

Sources: pass@k, the unbiased estimate 1 − C(n − c, k)/C(n, k); the probe, protocol of arXiv 2510.06410, section 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from evaluator.numbers.metrics import decided
from playground.records import SUBSETS, TWIN_TESTS
from playground.statistics.rates import mean, pass_at_k

COLUMNS = ["model", "test", "subset", "variant", "measure", "value", "stderr", "n", "clusters"]


@dataclass(frozen=True, slots=True)
class _Where:
    model: str
    test: str
    subset: str = ""
    variant: str = "own"

    def row(self, measure: str, values: pd.Series[Any], questions: pd.Series[Any]) -> dict[str, Any]:
        value, stderr = mean(values.tolist(), questions.tolist())
        place = {"model": self.model, "test": self.test, "subset": self.subset, "variant": self.variant}
        found = {"value": value, "stderr": stderr, "n": len(values), "clusters": questions.nunique()}
        return place | {"measure": measure} | found


def measure_frame(outcomes: pd.DataFrame, n: int) -> pd.DataFrame:
    """A row for each measure, with its standard error by questions.

    `tokens`: generated in a continuation. `first_backtrack`: of those that turn back, the tokens before they do.
    `steer_probability_succeeded` and `…_failed`: of a token of the guide's steps, by what became of them.
    `pass@k`: of the questions alone, for k = 1, 2, 4 … n. `solved_c`: how many questions are solved c times.
    """
    rows = [*_solo(outcomes, n), *_steered(outcomes)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _solo(outcomes: pd.DataFrame, n: int) -> Iterator[dict[str, Any]]:
    alone = decided(outcomes[outcomes["test"] == "solo"])
    for model, mine in alone.groupby("model", sort=False):
        where = _Where(str(model), "solo")
        counts = mine.groupby("question")["correct"].agg(["size", "sum"]).reset_index()
        for k in _powers(n):
            enough = counts[counts["size"] >= k]
            if not enough.empty:
                pairs = zip(enough["size"], enough["sum"], strict=True)
                values = pd.Series([pass_at_k(int(size), int(right), k) for size, right in pairs])
                yield where.row(f"pass@{k}", values, enough["question"])
        yield where.row("tokens", mine["tokens"], mine["question"])
        for solved, part in counts.groupby("sum"):
            yield where.row(f"solved_{solved}", part["sum"], part["question"]) | {"value": len(part), "stderr": None}


def _powers(n: int) -> list[int]:
    """1, 2, 4 … and n."""
    return sorted({2**power for power in range(n.bit_length()) if 2**power <= n} | {n})


def _steered(outcomes: pd.DataFrame) -> Iterator[dict[str, Any]]:
    judged = decided(outcomes)
    for model, test, subset in product(outcomes["model"].unique(), TWIN_TESTS, SUBSETS):
        mine = judged[(judged["model"] == model) & (judged["test"] == test) & judged[subset]]
        for variant, part in mine.groupby("variant", sort=False):
            where = _Where(str(model), test, subset, str(variant))
            prefix = "" if variant == "own" else f"{variant}_"
            yield where.row(f"{prefix}tokens", part["tokens"], part["question"])
            turned = part[part["first_backtrack"].notna()]
            if not turned.empty:
                yield where.row(f"{prefix}first_backtrack", turned["first_backtrack"], turned["question"])
            scored = part[part["steer_probability"].notna()]
            for name, side in (("succeeded", scored[scored["correct"]]), ("failed", scored[~scored["correct"]])):
                if not side.empty:
                    yield where.row(f"steer_probability_{name}", side["steer_probability"], side["question"])


def probe_frame(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The mean probability of a token of the guide's steps, where the model then succeeded and where it failed.

    One row for a model and subset; `t` and `p` are Welch's two-sided t-test, missing where a side has fewer than two.
    """
    found = decided(outcomes[outcomes["steer_probability"].notna()])
    rows = []
    for model, subset in product(found["model"].unique(), SUBSETS):
        mine = found[(found["model"] == model) & found[subset]]
        if not mine.empty:
            rows.append({"model": model, "subset": subset} | _compared(mine))
    return pd.DataFrame(rows)


def _compared(outcomes: pd.DataFrame) -> dict[str, Any]:
    right = outcomes.loc[outcomes["correct"], "steer_probability"]
    wrong = outcomes.loc[~outcomes["correct"], "steer_probability"]
    sides = {"succeeded": right.mean(), "n succeeded": len(right), "failed": wrong.mean(), "n failed": len(wrong)}
    if min(len(right), len(wrong)) < 2 or right.nunique() + wrong.nunique() <= 2:
        return sides | {"t": None, "p": None}
    from scipy.stats import ttest_ind  # slow to import, and few runs have a probe

    test = ttest_ind(right, wrong, equal_var=False)
    return sides | {"t": float(test.statistic), "p": float(test.pvalue)}
