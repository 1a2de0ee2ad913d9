"""The card of a served model, completed by what its server reports: chat template, think tags and sampling.

A template comes from, in this order: the card itself; the option `template`, a model's name or a checkpoint's
directory; the server, if it gives one; the directory or the hub id that the server has the model from, if that is on
this machine; the known model of the same name. Where none of these knows one, the question stands alone in the prompt.
What the models file says of think tags and sampling takes precedence over all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from playground.cards.chat_template import ChatTemplate
from playground.cards.hub import cached_folder, is_hub_id
from playground.cards.known_models import known_model
from playground.cards.tag_sources import MODELS_FILE, SettledTags, settle_tags
from playground.engine.server.connection import PROBES, place_of
from playground.engine.server.dialect import TURN_BORDER
from playground.engine.server.models import ServedModel
from playground.engine.server.probe import Findings
from playground.errors import ModelUnavailable
from playground.models import THINKING_ON, ModelCard, find_card, known_cards, recommended_sampling
from playground.sampling import SamplingParams

_TURNS = ChatTemplate(source="{{ messages[0]['content'] }}" + TURN_BORDER)


def served_card(card: ModelCard, on_progress: Callable[[str], None] | None = None) -> ModelCard:
    """The card with template and think tags; what is not known, and what the server cannot do, is reported.

    Raises:
        ModelUnavailable: the server cannot be used.
        InvalidInput: it does not serve the model, or the option `template` names none.
    """
    place = place_of(card)
    findings = PROBES.findings(place, on_progress)
    named = replace(place.address, model=findings.model.id).name
    made = completed(replace(card, name=named if card.name == place.address.name else card.name), findings)
    if on_progress is not None:
        for line in _said(made, findings):
            on_progress(line)
    return made


def completed(card: ModelCard, findings: Findings) -> ModelCard:
    """The card with what the server told, or what is known here of a model of that name.

    Raises:
        InvalidInput: the option `template` names no model, or a chat template fails.
        ModelUnavailable: the option `template` names a model without a usable tokenizer.
    """
    made = card if card.template is not None else _filled(card, findings)
    if findings.dialect.chat:
        return replace(made, template=_TURNS, think=replace(made.think, template_opens=False))
    return made


def shortcomings(card: ModelCard) -> tuple[str, ...]:
    """What the server of a completed card cannot do and what is not known of the model, a line each.

    Raises: as `served_card`, if the server has not been asked yet.
    """
    return tuple(_said(card, PROBES.findings(place_of(card))))


def _filled(card: ModelCard, findings: Findings) -> ModelCard:
    """The card with all that it does not say itself from one that is like it."""
    like = _like(card, findings.model)
    settled = SettledTags(tags=like.think, origin=like.think_from, contradictions=like.contradictions)
    if card.think_from == MODELS_FILE:
        settled = settle_tags(like.template, said=card.think)
    return replace(
        card,
        template=like.template,
        think=settled.tags,
        think_from=settled.origin,
        contradictions=settled.contradictions,
        sampling=_sampling(card.sampling, like.sampling, findings.capabilities.top_k),
        user_suffix=card.user_suffix or like.user_suffix,
    )


def _like(card: ModelCard, model: ServedModel) -> ModelCard:
    """A card whose template, think tags and sampling are the served model's."""
    if "template" in card.options:
        return find_card(str(card.options["template"]))
    if model.template:
        return _like_told(card, model)
    trusted = place_of(card).settings.trusted
    return (_like_files(model.root) if trusted else None) or _like_named(model.id) or _like_told(card, model)


def _like_files(root: str) -> ModelCard | None:
    """The card of the checkpoint that the server has the model from; of a hub id, if it is in the local cache."""
    try:
        here = Path(root).is_dir() if root else False
        return find_card(root) if here or (is_hub_id(root) and cached_folder(root)) else None
    except ModelUnavailable:
        return None


def _like_named(model: str) -> ModelCard | None:
    names = (model, PurePath(model).name)
    return next((card for card in known_cards() if card.name in names and card.template is not None), None)


def _like_told(card: ModelCard, model: ServedModel) -> ModelCard:
    """The card with the template that the server gives, if it does, and what the table knows of the model's name."""
    template = None
    if model.template:
        template = ChatTemplate(
            source=model.template, bos_token=model.bos_token, eos_token=model.eos_token, options=THINKING_ON
        )
    known = known_model(model.root) or known_model(model.id)
    settled = settle_tags(template, known)
    return replace(
        card,
        template=template,
        think=settled.tags,
        think_from=settled.origin.replace("the chat template", "the server's chat template"),
        contradictions=settled.contradictions,
        sampling=recommended_sampling(known, settled.tags),
    )


def _sampling(own: SamplingParams, recommended: SamplingParams, top_k: bool) -> SamplingParams:
    """As the card says; where it says nothing, as the authors recommend, if the server can do that."""
    default = SamplingParams()
    names = ("temperature", "top_p", *(("top_k",) if top_k else ()))
    left = [name for name in names if getattr(own, name) == getattr(default, name)]
    return replace(own, **{name: getattr(recommended, name) for name in left})


def _said(card: ModelCard, findings: Findings) -> list[str]:
    """What whoever uses the model should know."""
    lines = []
    for name, why in findings.capabilities.why.items():
        state = "unknown" if name == "context_length" else "off"
        lines.append(f"{card.name}: {name} is {state}: {why}")
    if card.template is None:
        root = findings.model.root
        like = f", such as ?template={root}" if is_hub_id(root) else ""
        lines.append(
            f"{card.name}: no chat template is known, so the question stands alone in the prompt; "
            f"the option template names a model or a directory that has one{like}"
        )
    elif card.think.close is None:
        lines.append(f"{card.name}: no think tags are known; thinking and answer are one text")
    return lines
