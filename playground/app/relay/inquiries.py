"""Answers what the page asks about a session without changing it: files, tokens, where a text comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from playground.app.relay.desk import Desk
from playground.app.relay.exports import exported
from playground.app.relay.origins import origin
from playground.app.relay.tokens import percent
from playground.app.relay.view import Seen, View
from playground.branches import Branch, shared_length
from playground.errors import InvalidInput
from playground.serialization import STRICT

NO_PROBABILITIES = "The engine that wrote this gives no log-probabilities."
NO_TOKENS = "No model wrote this while the page was watched: its tokens are not known."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question of the page."""

    __pydantic_config__ = STRICT

    what: str
    key: str
    visitor: str = ""
    form: str = ""
    """Of a file."""
    start: int = 0
    end: int = 0


def answered(ask: Ask, desk: Desk) -> dict[str, Any]:
    """The answer as the page reads it.

    Raises:
        InvalidInput: there is no such question, or nothing to answer it with.
    """
    if ask.what not in _ANSWERS:
        raise InvalidInput(f"There is nothing called {ask.what[:40]!r} to ask.", "Load the page again.")
    return _ANSWERS[ask.what](ask, desk)


def _file(ask: Ask, desk: Desk) -> dict[str, Any]:
    ending = desk.tree.current.ending if desk.tree.current else None
    name, kind, text = exported(ask.form, desk.work, desk.written(), ending, desk.cast)
    return {"name": name, "type": kind, "text": text}


def _origin(ask: Ask, desk: Desk) -> dict[str, Any]:
    return {"lines": origin(desk.shown, ask.start)}


def _tokens(ask: Ask, desk: Desk) -> dict[str, Any]:
    """The tokens of a stretch with what else might have come, or why they cannot be told."""
    found = desk.drawn(ask.start, ask.end)
    shown = [
        {
            "start": token.start,
            "text": token.text,
            "percent": percent(token.logprob),
            "others": [{"text": text, "percent": percent(logprob)} for text, logprob in token.others],
        }
        for token in found
        if token.logprob is not None
    ]
    return {"tokens": shown, "why": "" if shown else NO_PROBABILITIES if found else NO_TOKENS}


def _comparison(ask: Ask, desk: Desk) -> dict[str, Any]:
    """Two branches, whose numbers stand in `start` and `end`, and how far they are the same."""
    branches = desk.tree.branches
    if not all(0 <= number < len(branches) for number in (ask.start, ask.end)):
        raise InvalidInput("There is no such branch.", f"There are {len(branches)}.")
    pair = [branches[ask.start], branches[ask.end]]
    common = shared_length(*(branch.trajectory.text for branch in pair))
    words = len(pair[0].trajectory.text[:common].split())
    return {"common": common, "words": words, "sides": [_side(branch, desk) for branch in pair]}


def _side(branch: Branch, desk: Desk) -> dict[str, Any]:
    view = View(branch.trajectory, desk.cast)
    view.finish()
    news = view.news(Seen(), 0.0)
    rows = [*news["rows"], *([news["tail"]] if news["tail"] else [])]
    return {"rows": rows, "writers": news["writers"], "ending": asdict(branch.ending) if branch.ending else None}


_ANSWERS: Mapping[str, Callable[[Ask, Desk], dict[str, Any]]] = {
    "file": _file,
    "origin": _origin,
    "tokens": _tokens,
    "comparison": _comparison,
}
