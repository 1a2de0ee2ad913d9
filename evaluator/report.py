"""`python -m evaluator.report RUN`: everything that is drawn from a run's ledger, written into the run's folder.

Generates and grades nothing. The same ledger gives the same files, under the same names.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from evaluator.findings import Findings, read_findings
from evaluator.manifest import write_manifest
from evaluator.metrics import TESTS
from evaluator.plots import guidability_figure, rank_figure, recoverability_figure, save, styled
from evaluator.report_text import detail_tables, report_text
from evaluator.results import harness_file, sanitized
from evaluator.tables import class_table, main_table, markdown
from playground.cli.border import Parser, run
from playground.errors import RunError
from playground.records import Record
from playground.run_ledger import RunLedger
from playground.serialization import to_dict, write_text

REPORT_FILE = "report.md"


def write_report(folder: Path) -> Findings:
    """Draw the report of the run in `folder`; the manifest comes last, with the mark of completion of a finished run.

    Raises:
        RunError: the folder holds no run, its ledger is damaged, or the folder cannot be written to.
    """
    with RunLedger(folder) as ledger:
        findings = read_findings(ledger)
        time = _file_time(findings)
        _write_results(folder, findings, time)
        _write_samples(folder, ledger, time)
    _write_tables(folder / "tables", findings)
    try:
        drawn = _write_figures(folder / "figures", findings)
    except OSError as error:
        raise RunError(f"{folder} cannot be written to: {error.strerror}.", "Choose another folder.") from None
    write_text(folder / REPORT_FILE, report_text(findings, drawn))
    write_manifest(folder, findings.manifest)
    return findings


def _file_time(findings: Findings) -> str:
    """When the run began, as lm-evaluation-harness writes times in file names: one name for all of a run's life."""
    started = datetime.fromisoformat(findings.manifest["started"])
    return started.strftime("%Y-%m-%dT%H-%M-%S.%f")


def _write_results(folder: Path, findings: Findings, time: str) -> None:
    """Only of a finished run: half a run has a report, but no results."""
    if not findings.complete:
        return
    card = findings.manifest
    summary = {"results": findings.results, "config": card["config"], "date": card["started"]}
    _write_json(folder / f"results_{time}.json", summary | {"git_hash": card["git_revision"], "hashes": card["hashes"]})
    for model, tests in findings.results.items():
        _write_json(folder / sanitized(model) / f"results_{time}.json", harness_file(model, tests, card))


def _write_samples(folder: Path, ledger: RunLedger, time: str) -> None:
    for test in TESTS:
        text = "".join(map(_sample_line, ledger.records(test)))
        if text:
            write_text(folder / f"samples_{test}_{time}.jsonl", text)


def _sample_line(record: Record) -> str:
    row = (
        to_dict(record.trial) | {"prefix": record.trial.prefix} | to_dict(record.outcome) | {"created": record.created}
    )
    return json.dumps(row, ensure_ascii=False) + "\n"


def _write_tables(folder: Path, findings: Findings) -> None:
    main = main_table(findings.figures, findings.models)
    details = [f"## {title}\n\n{markdown(table)}" for title, table in detail_tables(findings).items()]
    classes = "## Denominators\n\n" + markdown(class_table(findings.figures))
    write_text(folder / "tables.md", "\n\n".join(["## Results\n\n" + markdown(main), *details, classes]) + "\n")
    write_text(folder / "figures.csv", findings.figures.to_csv(index=False))
    write_text(folder / "measures.csv", findings.measures.to_csv(index=False))
    write_text(folder / "ranks.csv", findings.ranks.to_csv(index=False))
    write_text(folder / "outcomes.csv", findings.outcomes.to_csv(index=False))


def _write_figures(folder: Path, findings: Findings) -> list[str]:
    """Draw what there is to draw; returns the names."""
    with styled():
        drawn = {
            "recoverability": recoverability_figure(findings.figures, findings.models),
            "guidability": guidability_figure(findings.figures, findings.models),
            "ranks": rank_figure(findings.figures, findings.ranks),
        }
        present = {name: figure for name, figure in drawn.items() if figure is not None}
        for name, figure in present.items():
            save(figure, folder, name)
    return list(present)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def command(arguments: Iterable[str] | None = None) -> None:
    """Read the command line and draw."""
    parser = Parser(
        prog="python -m evaluator.report",
        description="Draw the report of a run again from its ledger.",
        epilog="example:\n  python -m evaluator.report runs/tiny",
    )
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    folder = parser.parse_args(None if arguments is None else list(arguments)).run
    write_report(folder)
    print(folder / REPORT_FILE)


if __name__ == "__main__":
    sys.exit(run(command))
