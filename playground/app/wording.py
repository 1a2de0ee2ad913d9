"""Why a writer's turn ended, in words. Pure."""

from __future__ import annotations

_RULES = {
    "tokens": "after {} token{s}",
    "sentences": "after {} sentence{s}",
    "steps": "after {} step{s}",
    "percent": "after {} % of its own thinking",
    "cue": "at the cue “{}”",
    "close": "when the thinking ended",
    "now": "because you handed over",
}


def took_over(rule: str) -> str:
    """Why the next writer took over, from the rule that ended the turn before (`steps:2`), or `now`."""
    kind, _, value = rule.partition(":")
    return _RULES[kind].format(value, s="" if value == "1" else "s")


def joins(kind: str) -> str:
    """Why text of this kind of author begins where no rule ended the turn before."""
    return {"model": "because you chose so", "steer": "from another trace", "person": "by hand"}[kind]
