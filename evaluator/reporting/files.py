"""Writes everything that is drawn from a run's ledger into the run's folder.

Generates and grades nothing. The same ledger gives the same files, under the same names.
"""

from __future__ import annotations

import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from evaluator.numbers.findings import Findings, read_findings
from evaluator.numbers.results import harness_file, sanitized
from evaluator.reporting.document import markdown
from evaluator.reporting.page import report_page
from evaluator.reporting.plots.gallery import drawings
from evaluator.reporting.plots.style import inline_svg, page_colours, save, styled
from evaluator.reporting.samples import write_samples
from evaluator.reporting.table_files import write_tables
from evaluator.reporting.text import report_blocks
from evaluator.running.manifest import write_manifest
from playground.errors import RunError
from playground.runs.ledger import RunLedger
from playground.serialization import write_text

REPORT_FILE = "report.md"
PAGE_FILE = "report.html"
DICTIONARY_FILE = "data_dictionary.md"


def write_report(folder: Path) -> Findings:
    """Draw the report of the run in `folder`; the manifest comes last, with the mark of completion of a finished run.

    Raises:
        RunError: the folder holds no run, its ledger is damaged, or the folder cannot be written to.
    """
    with RunLedger(folder) as ledger:
        findings = read_findings(ledger)
        time = _file_time(findings)
        _write_results(folder, findings, time)
        write_samples(folder, ledger, time)
    write_tables(folder / "tables", findings)
    try:
        pictures = _write_figures(folder / "figures", findings)
    except OSError as error:
        raise RunError(f"{folder} cannot be written to: {error.strerror}.", "Choose another folder.") from None
    blocks = report_blocks(findings, pictures)
    write_text(folder / REPORT_FILE, markdown(blocks))
    write_text(folder / PAGE_FILE, report_page(blocks, pictures, page_colours()))
    dictionary = files("evaluator").joinpath(DICTIONARY_FILE)
    write_text(folder / DICTIONARY_FILE, dictionary.read_text(encoding="utf-8"))
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


def _write_figures(folder: Path, findings: Findings) -> dict[str, str]:
    """Draw what there is to draw; returns each figure as an SVG element by its name."""
    pictures = {}
    with styled():
        for name, figure in drawings(findings).items():
            save(figure, folder, name)
            pictures[name] = inline_svg(figure, name)
    return pictures


def _write_json(path: Path, data: dict[str, Any]) -> None:
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")
