"""The card of a served model, completed by what its server tells: the chat template and the think tags.

A template comes from, in this order: the card itself; the option `template`, a model's name or a checkpoint's
directory; the server, if it tells one; the directory that the server has the model from, if it is on this machine;
the known model of the same name. Where none of these knows one, the question stands alone in the prompt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from playground.chat_template import ChatTemplate
from playground.engine.probe import Findings
from playground.engine.server_connection import PROBES, place_of
from playground.engine.server_dialect import TURN_BORDER
from playground.errors import ModelUnavailable
from playground.models import THINKING_ON, ModelCard, card_from_directory, find_card, known_cards
from playground.thinking import detect_think_tags

_TURNS = ChatTemplate(source="{{ messages[0]['content'] }}" + TURN_BORDER)


def served_card(card: ModelCard, on_progress: Callable[[str], None] | None = None) -> ModelCard:
    """The card with template and think tags; what is not known, and what the server cannot do, is told.

    Raises:
        ModelUnavailable: the server cannot be used.
        InvalidInput: it does not serve the model, or the option `template` names none.
    """
    place = place_of(card)
    findings = PROBES.findings(place, on_progress)
    told = _with_template(card, findings, place.settings.trusted)
    named = replace(place.address, model=findings.model.id).name
    made = replace(told, name=named if card.name == place.address.name else card.name)
    if findings.dialect.chat:
        made = replace(made, template=_TURNS, think=replace(made.think, template_opens=False))
    if on_progress is not None:
        for line in _said(made, findings):
            on_progress(line)
    return made


def shortcomings(card: ModelCard) -> tuple[str, ...]:
    """What the server of a completed card cannot do and what is not known of the model, a line each.

    Raises: as `served_card`, if nobody has asked the server yet.
    """
    return tuple(_said(card, PROBES.findings(place_of(card))))


def _with_template(card: ModelCard, findings: Findings, trusted: bool) -> ModelCard:
    if card.template is not None:
        return card
    model = findings.model
    if "template" in card.options:
        like = find_card(str(card.options["template"]))
    elif model.template:
        template = ChatTemplate(
            source=model.template, bos_token=model.bos_token, eos_token=model.eos_token, options=THINKING_ON
        )
        think = detect_think_tags(model.template, template.render("question"))
        return replace(card, template=template, think=think, think_from="the server's chat template")
    else:
        like = (_like(model.root) if trusted else None) or _like_named(model.id) or card
    suffix = card.user_suffix or like.user_suffix
    return replace(card, template=like.template, think=like.think, think_from=like.think_from, user_suffix=suffix)


def _like(root: str) -> ModelCard | None:
    if not root or not Path(root).is_dir():
        return None
    try:
        return card_from_directory(Path(root))
    except ModelUnavailable:
        return None


def _like_named(model: str) -> ModelCard | None:
    names = (model, PurePath(model).name)
    return next((card for card in known_cards() if card.name in names and card.template is not None), None)


def _said(card: ModelCard, findings: Findings) -> list[str]:
    """What whoever uses the model should know."""
    lines = []
    for name, why in findings.capabilities.why.items():
        state = "unknown" if name == "context_length" else "off"
        lines.append(f"{card.name}: {name} is {state}: {why}")
    if card.template is None:
        lines.append(
            f"{card.name}: no chat template is known, so the question stands alone in the prompt; "
            "the option template names a model or a directory that has one"
        )
    elif card.think.close is None:
        lines.append(f"{card.name}: no think tags are known; thinking and answer are one text")
    return lines
