"""Reasoning models that think together on one shared trajectory.

The names below load on first use: `import playground` itself loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.errors import PlaygroundError as PlaygroundError
    from playground.sampling import SamplingParams as SamplingParams
    from playground.trajectory import Author as Author
    from playground.trajectory import Segment as Segment
    from playground.trajectory import Trajectory as Trajectory

_HOMES = {
    "Author": "playground.trajectory",
    "PlaygroundError": "playground.errors",
    "SamplingParams": "playground.sampling",
    "Segment": "playground.trajectory",
    "Trajectory": "playground.trajectory",
}

__version__ = "0.1.0"
__all__ = sorted(_HOMES)  # noqa: PLE0605 – a test holds it to the imports above


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'playground' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
