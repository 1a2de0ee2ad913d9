"""A session's branches as the page lists them. Pure."""

from __future__ import annotations

from typing import Any

from playground.branches import Tree


def listed(tree: Tree) -> dict[str, Any]:
    """The branches as the page lists them."""
    return {
        "current": tree.number,
        "branches": [
            {
                "parent": branch.parent,
                "made": branch.made,
                "writer": branch.writer,
                "kept": branch.kept,
                "length": len(branch.trajectory.text),
                "outcome": branch.ending.outcome if branch.ending else None,
                "answer": branch.ending.answer if branch.ending else None,
                "question": branch.trajectory.question[:60] if branch.parent is None else None,
            }
            for branch in tree.branches
        ],
    }
