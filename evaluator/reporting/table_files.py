"""A run's tables as files: CSV with all digits, LaTeX of the two main tables. Computes nothing."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pandas as pd

from evaluator.numbers.findings import Findings
from evaluator.numbers.metrics import Place
from evaluator.reporting.document import markdown_table
from evaluator.reporting.tables import breakdown, class_table, main_table
from evaluator.reporting.text import detail_tables
from playground.records import TWIN_TESTS
from playground.serialization import write_text


def write_tables(folder: Path, findings: Findings) -> None:
    """Write them into a folder.

    Raises:
        RunError: the folder cannot be written to.
    """
    main = main_table(findings.figures, findings.models)
    details = [f"## {title}\n\n{markdown_table(table)}" for title, table in detail_tables(findings).items()]
    classes = "## Denominators\n\n" + markdown_table(class_table(findings.figures))
    write_text(folder / "tables.md", "\n\n".join(["## Results\n\n" + markdown_table(main), *details, classes]) + "\n")
    frames = {
        "figures": findings.figures,
        "ranks": findings.ranks,
        "correlations": findings.correlations,
        "pairs": findings.pairs,
        "conditions": findings.conditions,
        "reference": findings.reference,
        "measures": findings.measures,
        "probe": findings.probe,
        "outcomes": findings.outcomes,
    }
    if not findings.reviewed.empty:
        frames["reviewed"] = findings.reviewed
    for name, frame in frames.items():
        if frame.columns.empty:
            continue
        write_text(folder / f"{name}.csv", frame.to_csv(index=False))
    caption = "Benchmark, recoverability and guidability in per cent, with 95\\,\\% intervals."
    write_text(folder / "main.tex", latex(_with_deltas(main, findings), caption, "tab:main"))
    caption = "Recoverability by position of the distraction in per cent, with 95\\,\\% intervals."
    write_text(folder / "positions.tex", latex(_positions(findings), caption, "tab:positions"))


def _with_deltas(main: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """The main table with the rank deltas after its scores, as the paper prints them."""
    deltas = {
        (row["test"], row["subset"], row["model"]): f" ({row['delta']:+d})".replace("-", "−")
        for row in findings.ranks.to_dict("records")
    }
    table = main.copy()
    for test, subset in product(TWIN_TESTS, ("shared", "individual")):
        column = f"{test}, {subset}"
        if column in table:
            delta_texts = [deltas.get((test, subset, model), "") for model in main["model"]]
            table[column] = [text + delta for text, delta in zip(main[column], delta_texts, strict=True)]
    return table


def _positions(findings: Findings) -> pd.DataFrame:
    parts = []
    for subset in ("shared", "individual"):
        like = Place(model="", test="recoverability", subset=subset, cell="position")
        table = breakdown(findings.figures, like, findings.models)
        if not table.empty:
            table.insert(1, "subset", subset)
            parts.append(table)
    return pd.concat(parts, ignore_index=True).fillna("–") if parts else pd.DataFrame({"model": []})


def latex(table: pd.DataFrame, caption: str, label: str) -> str:
    """A table for LaTeX with the booktabs package; every cell is escaped."""
    columns = "ll" + "r" * (len(table.columns) - 2) if "subset" in table else "l" + "r" * (len(table.columns) - 1)
    text = table.to_latex(index=False, escape=True, caption=caption, label=label, column_format=columns)
    return text.replace("–", "--").replace("−", "$-$")
