"""The models part of the form: which take part, which cannot run here and why, and how each is sampled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import gradio as gr

from playground.app.events import AT_ONCE
from playground.app.offer import Offer, told_availability
from playground.app.relay.cast import LETTERS
from playground.app.relay.form import MODEL_FIELDS
from playground.engine.pool import shortcomings
from playground.models import ModelCard

NOBODY = ("–", "")
_SAMPLING = (("temperature", "temperature", "as above"), ("top_p", "top-p", "its own"))
_FEWEST = 2


def models_form(offer: Offer, most: int = len(MODEL_FIELDS)) -> dict[str, Any]:
    """A field for each model that may take part; those after the second appear one after the other when asked for."""
    titles, first, second = _titles(offer.values())
    chosen: dict[str, Any] = {}
    with gr.Group():
        for place, (name, value) in enumerate(zip(MODEL_FIELDS[:most], (first, second, "", ""), strict=False)):
            optional = place >= _FEWEST
            chosen[name] = gr.Dropdown(
                [NOBODY, *titles] if optional else titles,
                value=value,
                label=f"Model {LETTERS[place]}",
                elem_id=name.replace("_", "-"),
                visible=not optional,
                allow_custom_value=offer.open,  # the list of a page that was loaded before a model was added lacks it
            )
        more = gr.Button("+ another model", size="sm", elem_id="more-models", visible=most > _FEWEST)
    off = gr.HTML(_off(offer, first, second), elem_id="off")
    fields = list(chosen.values())
    for field in fields:
        field.change(lambda *names: _off(offer, *names), fields, off, **AT_ONCE)
    if offer.open:
        gr.on(fn=lambda: _choices(offer, len(fields)), outputs=fields, **AT_ONCE)  # when the page is loaded
    more.click(_one_more, fields, [*fields[_FEWEST:], more], **AT_ONCE)
    for field in fields[_FEWEST:]:
        field.change(_shown, fields, [*fields[_FEWEST:], more], **AT_ONCE)
    return chosen


def sampling_form(models: Sequence[gr.Dropdown]) -> dict[str, Any]:
    """How each model is sampled, where that is to differ from the others."""
    chosen: dict[str, Any] = {}
    rows: list[gr.Row] = []
    with gr.Accordion("Sampling of each model", open=False, elem_id="sampling"):
        for letter in LETTERS[: len(models)]:
            with gr.Row(visible=len(rows) < _FEWEST) as row:
                for name, label, otherwise in _SAMPLING:
                    chosen[f"{name}_{letter.lower()}"] = gr.Textbox(
                        label=f"{letter}: {label}", placeholder=otherwise, max_lines=1, min_width=60
                    )
            rows.append(row)
    for field in models[_FEWEST:]:
        field.change(_used, models, rows[_FEWEST:], **AT_ONCE)
    return chosen


def _titles(cards: Iterable[ModelCard]) -> tuple[list[tuple[str, str]], str | None, str | None]:
    """Those that can run here first, the others with why they cannot; and the two that are chosen at first."""
    here = {card.name: told_availability(card) for card in cards}
    able = [name for name, state in here.items() if state.available]
    titles = [(name, name) for name in able]
    titles += [(f"{name} – not here: {state.why}", name) for name, state in here.items() if not state.available]
    first = next((name for name in able if name.endswith("oak-plain")), able[0] if able else None)
    second = next((name for name in able if name.endswith("elm-reflective")), first)
    return titles, first, second


def _choices(offer: Offer, fields: int) -> list[Any]:
    """What can be chosen by now, in each of so many fields."""
    titles, *_ = _titles(offer.values())
    return [gr.update(choices=[NOBODY, *titles] if place >= _FEWEST else titles) for place in range(fields)]


def _one_more(*names: str | None) -> list[Any]:
    """Shows the first of the further fields that is not in use."""
    free = sum(bool(name) for name in names[_FEWEST:])
    further = len(names) - _FEWEST
    return [*(gr.update(visible=place <= free) for place in range(further)), gr.update(visible=free < further - 1)]


def _shown(*names: str | None) -> list[Any]:
    """A further model that is chosen has its field; where all are, no further one can be asked for."""
    further = names[_FEWEST:]
    more = gr.update(visible=False) if all(further) else gr.skip()
    return [*(gr.update(visible=True) if name else gr.skip() for name in further), more]


def _used(*names: str | None) -> list[Any]:
    """A further model that is chosen has its row of sampling."""
    return [gr.update(visible=bool(name)) for name in names[_FEWEST:]]


def _off(offer: Offer, *chosen: str | None) -> str:
    """What the servers of the chosen models cannot do."""
    told = [line for name in dict.fromkeys(chosen) if name and name in offer for line in shortcomings(offer[name])]
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in told)}</ul>" if told else ""
