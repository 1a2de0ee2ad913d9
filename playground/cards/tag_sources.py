"""Decides whose think tags hold where template, table and models file differ. Pure.

What a template writes is a fact, so whether it opens the thinking is always read from the prompt it renders. Which
tags a model thinks in is said by the models file, else by the table, else by the template; if the one that decides
contradicts the template, one line says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.cards.chat_template import ChatTemplate
from playground.cards.known_models import KnownModel
from playground.thinking import NO_TAGS, ThinkTags, after_open_tag, closed_by, detect_think_tags

MODELS_FILE = "the models file"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledTags:
    """The think tags that hold."""

    tags: ThinkTags
    origin: str
    """Who says so."""
    contradictions: tuple[str, ...] = ()
    """What the template says against it, a line each."""


def settle_tags(
    template: ChatTemplate | None, known: KnownModel | None = None, said: ThinkTags | None = None
) -> SettledTags:
    """The think tags of a model; `said` is what a models file says.

    Raises:
        InvalidInput: the chat template fails.
    """
    prompt = template.render("question") if template else ""
    found = detect_think_tags(template.source, prompt) if template else NO_TAGS
    tags, origin = _choose(template, found, known, said)
    if template and closed_by(prompt, _named(template)):
        return _switched_off(template, origin, said)
    after = after_open_tag(prompt, tags) if tags.open else None
    if after is not None:
        tags = replace(tags, template_opens=True, after_open=after)
    elif tags.open:
        tags = replace(tags, template_opens=False)
    lines = _against_names(tags, found, origin) + _against_opening(tags, known, origin, template)
    return SettledTags(tags=tags, origin=origin, contradictions=tuple(lines))


def _choose(
    template: ChatTemplate | None, found: ThinkTags, known: KnownModel | None, said: ThinkTags | None
) -> tuple[ThinkTags, str]:
    if said is not None:
        return said, MODELS_FILE
    agrees = known is not None and (known.think.open, known.think.close) == (found.open, found.close)
    if template is not None and (known is None or agrees):
        # After an open tag that we write stands what the paper's prompts have there.
        tags = replace(found, after_open=known.think.after_open) if known and not found.template_opens else found
        return tags, "the chat template"
    if known is not None:
        return known.think, "the table of known models"
    return NO_TAGS, "nothing: there is no chat template"


def _named(template: ChatTemplate) -> ThinkTags:
    """The tags that a template names, whether or not thinking is switched on."""
    return detect_think_tags(template.source)


def _switched_off(template: ChatTemplate, origin: str, said: ThinkTags | None) -> SettledTags:
    named = _named(template)
    lines: tuple[str, ...] = ()
    if said is not None and said.open is not None:
        lines = (f"{origin} says {said.open}, but the chat template ends the thinking at once with {named.close}",)
    return SettledTags(tags=NO_TAGS, origin="the chat template, with thinking switched off", contradictions=lines)


def _against_names(tags: ThinkTags, found: ThinkTags, origin: str) -> list[str]:
    if found.open is None or (tags.open, tags.close) == (found.open, found.close):
        return []
    return [f"{origin} says {_shown(tags)}, the chat template names {_shown(found)}"]


def _against_opening(
    tags: ThinkTags, known: KnownModel | None, origin: str, template: ChatTemplate | None
) -> list[str]:
    if template is None or known is None or known.opens is None or tags.open is None:
        return []
    if origin == MODELS_FILE or known.opens == tags.template_opens:
        return []
    theirs, ours = ("opens", "does not") if known.opens else ("does not open", "does")
    return [f"the published template of {known.name} {theirs} the thinking, this one {ours}"]


def _shown(tags: ThinkTags) -> str:
    return f"{tags.open} … {tags.close}" if tags.open else "no think tags"
