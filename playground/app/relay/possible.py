"""What can be pressed where nobody writes. Pure."""

from __future__ import annotations

from playground.branches import Tree

_UNFINISHED = ("stopped", "paused", "failed", "truncated", "no_answer")


def possible(tree: Tree) -> list[str]:
    """The names of the buttons."""
    current = tree.current
    unfinished = current is not None and (current.ending is None or current.ending.outcome in _UNFINISHED)
    able = {
        "run": True,
        "continue": unfinished,
        "replay": current is not None and bool(current.trajectory.text),
        "retry": current is not None and current.writer is not None,
        "undo": tree.place > 0,
        "redo": tree.place < len(tree.path) - 1,
    }
    return [name for name, here in able.items() if here]
