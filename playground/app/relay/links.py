"""Links that open the page with the form filled in: what they ask it to hold. Pure."""

from __future__ import annotations

from typing import Any, Final

from playground.app.questions import QuestionList, shipped
from playground.errors import InvalidInput
from playground.hand_over import Rule

_TEXTS = {
    "a": "model_a",
    "b": "model_b",
    "c": "model_c",
    "d": "model_d",
    "text": "question",
    "gold": "gold",
    "schedule": "schedule",
}
LONGEST_NUMBER: Final = 15
_NUMBERS = {"seed": "seed", "temperature": "temperature", "tokens": "max_tokens"}


def linked(link: object, questions: QuestionList | None = None) -> dict[str, Any]:
    """The form's fields that a link names: `question=t2-0007&a=…&b=…&rule=steps:2&seed=0`; others are left alone."""
    given = _given(link)
    found: dict[str, Any] = {"gold": ""} if "text" in given else {}  # not that of the question before
    found |= {field: given[name] for name, field in _TEXTS.items() if name in given}
    found |= {field: float(given[name]) for name, field in _NUMBERS.items() if _is_number(given.get(name, ""))}
    known = (questions or shipped()).by_id.get(given.get("question", ""))
    if known is not None:
        found |= {"question": known.text, "gold": known.gold}
    found |= _rule(given.get("rule", ""))
    return {**found, "mode": "schedule"} if "schedule" in given else found


def unknown(link: object, questions: QuestionList) -> list[str]:
    """What a link names that cannot be filled in; models are left out, of which the form knows."""
    given = _given(link)
    named = {
        "question": given.get("question", "") in questions.by_id,
        "rule": bool(_rule(given.get("rule", ""))),
        **{name: _is_number(given.get(name, "")) for name in _NUMBERS},
    }
    return [f"{name} {given[name][:60]}" for name, known in named.items() if name in given and not known]


def _given(link: object) -> dict[str, str]:
    return {name: value for name, value in link.items() if isinstance(value, str)} if isinstance(link, dict) else {}


def _rule(text: str) -> dict[str, Any]:
    try:
        rule = Rule.parse(text)
    except InvalidInput:
        return {}
    return {"mode": "hand-off", "rule_kind": rule.kind, "rule_value": text.strip().partition(":")[2]}


def _is_number(text: str) -> bool:
    """Whether it is a number that a script has as well: of no more than 15 digits."""
    return text.replace(".", "", 1).isdigit() and text.isascii() and len(text) <= LONGEST_NUMBER
