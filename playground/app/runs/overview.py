"""A run at a glance, as the runs page draws it: rates, classes, figures and the reproducibility card in brief.

Pure but for reading the figures' files.
"""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.runs.ledger import RunLedger
from playground.runs.samples import RunSamples
from playground.runs.summary import Figure, figures
from playground.statistics.rates import Rate

_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
_CONFIG = ("limit", "n", "seed", "temperature", "top_p", "max_tokens", "protocol", "positions", "distractor", "lengths")


def overview(ledger: RunLedger, samples: RunSamples, pictures: Mapping[str, Path]) -> dict[str, Any]:
    """The summary of a run as data. Raises as `figures` does."""
    found = figures(ledger, samples)
    return {
        "figures": list(map(_figure, found)),
        "choices": samples.choices(),
        "pictures": [{"name": name.replace("_", " "), "data": _data_url(path)} for name, path in pictures.items()],
        "card": _card(ledger),
        "complete": ledger.meta("completed") is not None,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    turned = figure.backtracked
    return {
        "model": figure.model,
        "test": figure.test,
        "subset": figure.subset,
        "accuracy": _percent(figure.accuracy),
        "n": figure.accuracy.n,
        "questions": figure.accuracy.clusters,
        "classes": dict(figure.classes),
        "backtracked": _percent(turned) if turned else "–",
        "decided": figure.decided,
        "with_decisions": f"{100 * figure.with_decisions:.1f}",
    }


def _percent(found: Rate) -> str:
    return f"{100 * found.value:.1f} [{100 * found.low:.0f}, {100 * found.high:.0f}]"


def _card(ledger: RunLedger) -> list[tuple[str, str]]:
    """Who ran what, when, on what: a label and a text each."""
    config = ledger.fact(dict[str, Any], "config")
    command = ledger.fact(list[str], "command_line") if ledger.meta("command_line") else []
    lines = [
        ("started", _time(ledger.meta("started"))),
        ("completed", _time(ledger.meta("completed")) if ledger.meta("completed") else "not yet"),
        ("command", shlex.join(command)),
        ("configuration", ", ".join(f"{name} {_said(config[name])}" for name in _CONFIG if name in config)),
    ]
    for model in ledger.models():
        who = model.identity
        told = f"{who.engine} {who.engine_version} · {who.device} {who.dtype} · revision {who.revision[:12]}"
        lines.append((model.name, told))
    software = f"Python {ledger.meta('python')} · {ledger.meta('platform')}"
    return [*lines, ("software", software), ("commit", ledger.meta("git_revision") or "unknown")]


def _time(text: str | None) -> str:
    return (text or "unknown")[:19].replace("T", " ") + " UTC"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "/".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _data_url(path: Path) -> str:
    """The picture for an `img` element, which runs no script that it may hold."""
    return f"data:{_TYPES[path.suffix]};base64,{b64encode(path.read_bytes()).decode()}"
