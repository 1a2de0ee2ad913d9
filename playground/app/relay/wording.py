"""Says in words why a writer's turn ended, or why another writer's text begins. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from playground.trajectory import Segment, SteerSource

_RULES = {
    "tokens": "after {} token{s}",
    "sentences": "after {} sentence{s}",
    "steps": "after {} step{s}",
    "percent": "after {} % of its own thinking",
    "cue": "at the cue “{}”",
    "entropy": "where it was unsure (over {} bits)",
    "close": "when the thinking ended",
    "now": "because you handed over",
}


def took_over(rule: str) -> str:
    """Why the next writer took over, from the rule that ended the turn before (`steps:2`), or `now`."""
    kind, _, value = rule.partition(":")
    return _RULES[kind].format(value, s="" if value == "1" else "s")


def cut_from(steer: SteerSource) -> str:
    """What a steer was cut from."""
    if steer.kind == "text":
        return "in your own words"
    on = "this question" if steer.kind == "guide" else steer.question_id or "another question"
    return f"the first {100 * steer.proportion:g} % of {steer.author.name} on {on}"


def joins(kind: str) -> str:
    """Why text of this kind of author begins where no rule ended the turn before."""
    return {"model": "because you chose so", "steer": "from another trace", "person": "by hand"}[kind]


def passed_by(before: Segment | None, segment: Segment, here: Sequence[Segment]) -> str | None:
    """Why the text of `segment` is another turn's than that of the one before; None where it is not.

    `here` is the segment and the one after it: what stands before a steer to lead over to it does not say whose it is.
    """
    steers = [
        each.provenance.steer for each in here if each.provenance and each.author.kind == segment.author.kind == "steer"
    ]
    joined = next((cut_from(steer) for steer in steers if steer is not None), joins(segment.author.kind))
    if before is None:
        return joined if segment.author.kind != "model" else None
    same = before.author == segment.author
    if before.author.kind == segment.author.kind == "steer":  # what leads over to a steer is part of it
        same = before.provenance is None or before.provenance == segment.provenance
    if before.provenance is not None and before.provenance.hand_over:
        return None if same and before.provenance == segment.provenance else took_over(before.provenance.hand_over)
    return None if same else joined
