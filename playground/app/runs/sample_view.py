"""A sample of a run as the page draws it: the rows and notes of the relay page, and what is known of it. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from playground.app.relay.cast import Cast
from playground.app.relay.view import Seen, View
from playground.app.runs.sample_session import written
from playground.records import Record, RunModel


def sample_view(record: Record, model: RunModel) -> dict[str, Any]:
    """All of a sample that can be read, as data; every text in it is as the run's models wrote it."""
    trial, outcome = record.trial, record.outcome
    view = View(written(record, model), Cast((trial.model,)))
    view.finish()
    news = view.news(Seen(), 0.0)
    tail = [news["tail"]] if news["tail"] else []
    return {
        "id": outcome.trial_id,
        "question": trial.question.text,
        "question_id": trial.question.id,
        "gold": trial.question.gold,
        "prompt": trial.prompt,
        "cut": len(trial.prefix),
        "writers": [{"letter": writer["letter"], "name": writer["name"]} for writer in news["writers"]],
        "rows": [*news["rows"], *tail],
        "notes": news["notes"],
        "verdict": outcome.verdict,
        "extracted": outcome.extracted,
        "why": outcome.why,
        "facts": _facts(record, model),
        "condition": asdict(trial.condition),
    }


def _facts(record: Record, model: RunModel) -> list[tuple[str, str]]:
    """What is known of how it was written, a label and a text each."""
    trial, outcome, params = record.trial, record.outcome, record.trial.params
    identity, ended = model.identity, outcome.finish_reason or "unknown"
    probability = outcome.steer_probability
    facts = [
        ("tokens", f"{outcome.tokens:,} · ended by {ended}"),
        ("sampling", f"T {params.temperature:g} · top-p {params.top_p:g} · seed {params.seed}"),
        ("engine", f"{identity.engine} {identity.engine_version} · {identity.device} {identity.dtype}"),
        ("revision", trial.revision[:12] or "unknown"),
        ("written", record.created[:19].replace("T", " ") + " UTC"),
    ]
    return facts if probability is None else [*facts, ("steer", f"mean probability of a token {probability:.3f}")]
