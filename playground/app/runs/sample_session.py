"""A sample of a run as a session of the relay page: its cut with its steer, and how the model went on. Pure."""

from __future__ import annotations

from collections.abc import Container

from playground.app.beginning import Continued
from playground.branches import Ending
from playground.records import Outcome, Record, RunModel, Trial
from playground.thinking import split_thinking
from playground.trajectory import Author, Provenance, Segment, Trajectory

TO_THE_END = {"mode": "hand-off", "rule_kind": "steps", "rule_value": "1000"}
"""Whoever goes on from the cut writes until it has answered."""


def written(record: Record, model: RunModel) -> Trajectory:
    """The whole trajectory: what stood in the prompt, and the completion after it."""
    trial, outcome = record.trial, record.outcome
    thought = split_thinking(outcome.text, model.think, opened=True)
    author, made = Author(kind="model", name=trial.model), _provenance(trial, outcome, model)
    trajectory = trial.trajectory.extend(Segment(text=thought.thinking, author=author, provenance=made))
    if model.think.close is None or thought.answer is None:
        return trajectory
    return trajectory.close().extend(Segment(text=thought.answer, author=author, kind="answer", provenance=made))


def _provenance(trial: Trial, outcome: Outcome, model: RunModel) -> Provenance:
    return Provenance(
        revision=trial.revision,
        engine=model.identity.engine,
        engine_version=model.identity.engine_version,
        sampling=trial.params,
        finish_reason=outcome.finish_reason,
        tokens=outcome.tokens,
    )


def continued(record: Record, model: RunModel, *, shown: bool) -> Continued:
    """How the model of the run went on, as a branch after the cut."""
    outcome, gold = record.outcome, record.trial.question.gold
    known = "failed" if outcome.verdict in ("error", "grader_timeout") else outcome.verdict
    ending = Ending(outcome=known, answer=outcome.extracted, gold=gold, why=outcome.why)
    return Continued(written(record, model), ending, shown)


def sample_form(trial: Trial, other: str, offered: Container[str]) -> dict[str, str | float | None]:
    """The form of the session: the model under test as A, `other` as B, and how the run sampled.

    A model that the page does not offer is left out; the other one is both then.
    """
    form: dict[str, str | float | None] = {
        **TO_THE_END,
        "question": trial.question.text,
        "gold": trial.question.gold,
        "seed": trial.params.seed or 0,
        "temperature": trial.params.temperature,
        "top_p_a": f"{trial.params.top_p:g}",
        "top_p_b": f"{trial.params.top_p:g}",
        "max_tokens": trial.params.max_tokens,
        "steer_protocol": trial.condition.protocol,
    }
    chosen = [model for model in (trial.model, other or trial.model) if model in offered]
    return form | dict(zip(("model_a", "model_b"), chosen * 2, strict=False))
