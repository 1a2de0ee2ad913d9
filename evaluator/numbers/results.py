"""A run's figures as `results` objects, under the keys of lm-evaluation-harness. Pure; writes no file.

A figure stands as `"name,none"`, its standard error as `"name_stderr,none"`, both as fractions, and its denominator as
`"name_n,none"`. The plain name of a test is its figure on the shared subset, `…_individual` that on the individual one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from playground.records import OUTCOME_CLASSES, TESTS, Selection, Test

NO_STDERR = "N/A"
"""What lm-evaluation-harness writes where there is no standard error."""

_CELLS = {
    "position": "_at",
    "length": "_length",
    "guide": "_guided_by",
    "benchmark": "",
    "solved": "_solved",
    "steer": "_distractor",
    "cut": "_cut",
    "variant": "",
    "variant_position": "",
}
_STRANGE = re.compile(r"[\x00-\x1f\x7f\\]|^\.+")
"""What no folder should be called by."""
LONGEST_NAME = 200
"""Bytes of a folder's name, before the digest."""


def results(
    figures: pd.DataFrame, selections: Sequence[Selection], models: Sequence[str], measures: pd.DataFrame
) -> dict[str, Any]:
    """`results[model][test]`, without times or durations: equal runs have equal results.

    A test that a model has no trials for has no figures but `absent`, which says why for each subset.
    """
    found: dict[str, Any] = {}
    for model in models:
        found[model] = {}
        for test in TESTS:
            mine = figures[(figures["model"] == model) & (figures["test"] == test)]
            reasons = {item.subset: item.absent for item in selections if _is_absent(item, model, test)}
            means = measures[(measures["model"] == model) & (measures["test"] == test)]
            found[model][test] = (
                _figures(mine, test) | _measures(means, test) | ({"absent": reasons} if reasons else {})
            )
    return found


def _is_absent(selection: Selection, model: str, test: Test) -> bool:
    return selection.model == model and selection.test == test and bool(selection.absent)


def _figures(figures: pd.DataFrame, test: Test) -> dict[str, Any]:
    entry: dict[str, Any] = {"alias": test}
    for row in figures.to_dict("records"):
        name = _name(row, test)
        entry[f"{name},none"] = row["rate"]
        entry[f"{name}_stderr,none"] = NO_STDERR if pd.isna(row["stderr"]) else row["stderr"]
        entry[f"{name}_n,none"] = row["n"]
        if row["cell"] in ("all", "macro"):
            entry |= {f"{name}_low,none": row["low"], f"{name}_high,none": row["high"]}
        if row["cell"] == "all" and row["metric"] == "accuracy":
            entry[f"outcomes{_suffix(row['subset'])}"] = {outcome: row[outcome] for outcome in OUTCOME_CLASSES}
    return entry


def _measures(measures: pd.DataFrame, test: Test) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for row in measures.to_dict("records"):
        name = f"{test}{_suffix(row['subset'])}_{row['measure']}"
        entry[f"{name},none"] = row["value"]
        if row["measure"].startswith("solved_"):
            continue
        entry[f"{name}_stderr,none"] = NO_STDERR if pd.isna(row["stderr"]) else row["stderr"]
    return entry


def _suffix(subset: str) -> str:
    return "" if subset in ("", "shared") else f"_{subset}"


def _name(row: dict[Any, Any], test: Test) -> str:
    name = test + _suffix(row["subset"])
    if row["metric"] != "accuracy":
        name += f"_{row['metric']}"
    if row["cell"] == "macro":
        return f"{name}_macro"
    return name if row["cell"] == "all" else f"{name}{_CELLS[row['cell']]}_{_at(row)}"


def _at(row: dict[Any, Any]) -> str:
    at = str(row["at"])
    return at.replace(" ", "_at_") if row["cell"] == "variant_position" else at


def harness_file(model: str, tests: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """One model's results in the layout of lm-evaluation-harness's own `results_*.json`: a test is a task."""
    config = manifest["config"]
    known = {item["name"]: item for item in manifest["models"]}[model]
    sampling = {name: config[name] for name in ("temperature", "top_p", "max_tokens")}
    task = {"output_type": "generate_until", "num_fewshot": 0, "generation_kwargs": sampling}
    counts = {test: _count(figures, test) for test, figures in tests.items()}
    return {
        "results": {test: _numbers(figures) for test, figures in tests.items()},
        "group_subtasks": {test: [] for test in tests},
        "configs": {test: {"task": test} | task for test in tests},
        "versions": dict.fromkeys(tests, 1),
        "n-shot": dict.fromkeys(tests, 0),
        "higher_is_better": {test: {test: True} for test in tests},
        "n-samples": {test: {"original": count, "effective": count} for test, count in counts.items()},
        "config": {
            "model": known["identity"]["engine"],
            "model_args": {"pretrained": model} | known["identity"],
            "batch_size": config["group_size"],
            "limit": config["limit"],
            "gen_kwargs": sampling,
            "random_seed": config["seed"],
        },
        "git_hash": manifest["git_revision"],
        "date": manifest["started"],
        "model_source": known["identity"]["engine"],
        "model_name": model,
        "model_name_sanitized": sanitized(model),
        "chat_template_sha": known["template_hash"] or None,
    }


def _numbers(figures: dict[str, Any]) -> dict[str, Any]:
    """What lm-evaluation-harness's readers expect of a task: its alias and its metrics."""
    return {key: value for key, value in figures.items() if key == "alias" or "," in key}


def _count(figures: dict[str, Any], test: str) -> int:
    counts = (figures.get(f"{name}_n,none") for name in (test, f"{test}_individual"))
    return next((count for count in counts if count is not None), 0)


def sanitized(model: str) -> str:
    """A model's name as the name of a folder, as lm-evaluation-harness writes it: a different one for each model.

    A name that no folder can have, that leads elsewhere or that another model's may become ends in a digest.
    """
    name = _STRANGE.sub("_", model).strip("/").replace("/", "__")
    if name and name.replace("__", "/") == model and len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(model.encode()).hexdigest()[:8]
    return f"{name.encode()[:LONGEST_NAME].decode(errors='ignore')}-{digest}"
