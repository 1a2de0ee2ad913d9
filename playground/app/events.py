"""What the pages' events have in common: hidden from the API, without Gradio's progress, filling what fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""For what takes a while; it waits its turn in the queue."""
AT_ONCE: dict[str, Any] = {**PRIVATE, "queue": False}
"""For what takes no time."""


def filling(components: Sequence[Any], names: Sequence[str], values: Mapping[str, Any]) -> list[Any]:
    """What the fields of these names are filled with; where there is no value, or none of a list's, they stay.

    Gradio would print such a value on the server's terminal, whatever is in it.
    """
    pairs = zip(components, names, strict=True)
    return [values[name] if name in values and takes(each, values[name]) else gr.skip() for each, name in pairs]


def takes(component: Any, value: Any) -> bool:
    """Whether a field can hold a value: a list with another one could not even be sent."""
    choices = getattr(component, "choices", None)
    if choices is None or getattr(component, "allow_custom_value", False):
        return True
    return value in [choice for _, choice in choices]
