"""Wires the pages' events, hidden from the API's description and without Gradio's own progress."""

from __future__ import annotations

from typing import Any

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""For what takes a while; it waits its turn in the queue."""
AT_ONCE: dict[str, Any] = {**PRIVATE, "queue": False}
"""For what takes no time."""
