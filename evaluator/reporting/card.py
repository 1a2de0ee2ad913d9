"""The reproducibility card as part of a report. Pure."""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import Any

from evaluator.reporting.document import Block, Bullets, Code, Heading, Line, Paragraph, Quote
from evaluator.running.differences import differences

_CODE = {
    "judging": "that judges",
    "composing": "that composes prompts",
    "trials": "that draws subsets and trials",
}
"""What the code behind each digest does."""


def card_blocks(card: dict[str, Any]) -> list[Block]:
    """What is needed to repeat a run, from its manifest."""
    hashes = card["hashes"]
    known = {key: value for key, value in card["config"].items() if key != "models"}
    config = ", ".join(f"{key} {_said(value)}" for key, value in known.items())
    packages = ", ".join(f"{name} {version}" for name, version in card["packages"].items())
    environment = " ".join(f"{key}={value}" for key, value in card["environment"].items())
    processors = f", {card['processors']} processors" if card["processors"] else ""
    lines: list[Line] = [
        (f"configuration: {config}",),
        ("questions: SHA-256 ", Code(hashes["questions"])),
        ("prompts: SHA-256 ", Code(hashes["prompts"])),
        *((f"code {does}: SHA-256 ", Code(card[name])) for name, does in _CODE.items() if card[name]),
        (f"software: Python {card['python']} on {card['platform']}{processors}; {packages}",),
        ("environment: ", Code(environment) if environment else "none of the variables that may change a result"),
        ("commit ", Code(card["git_revision"] or "unknown")),
    ]
    return [
        Heading(2, "Reproducibility card"),
        Paragraph((f"Started {card['started']} with",)),
        Quote(shlex.join((card["earlier"] or [card])[0]["command_line"])),
        *_growth(card),
        Bullets(tuple(map(_model, card["models"]))),
        Bullets(tuple(lines)),
        Paragraph((card["seed_policy"],)),
    ]


def _growth(card: dict[str, Any]) -> list[Block]:
    """What was added to the run since it began, and by which commands."""
    lives = [*card["earlier"], card]
    blocks: list[Block] = []
    for before, after in pairwise(lives):
        added = "; ".join(differences(before["config"], after["config"])) or "more questions"
        blocks += [Paragraph((f"Added to {after['grown']} ({added}) with",)), Quote(shlex.join(after["command_line"]))]
    return blocks


def _model(model: dict[str, Any]) -> Line:
    identity = model["identity"]
    return (
        f"{model['name']}: revision ",
        Code(identity["revision"]),
        f", {identity['engine']} {identity['engine_version']}, device {identity['device']}, dtype {identity['dtype']}"
        f"{_options(model)}; {model['batch_invariance']}; chat template SHA-256 ",
        Code(model["template_hash"] or "none"),
    )


def _options(model: dict[str, Any]) -> str:
    """The options that its engine was given, and what stands behind each question."""
    options = ", ".join(f"{name} {value}" for name, value in model["engine_options"].items())
    suffix = model["user_suffix"]
    return (f", {options}" if options else "") + (f", behind each question {suffix!r}" if suffix else "")


def _said(value: Any) -> str:
    """A value of the configuration in words."""
    if value in (None, "", []):
        return "none"
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)
