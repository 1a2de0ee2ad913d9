"""Reads a file that a visitor opens: a session, a trajectory, or the first trace of a recording."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from playground.branches import Branch, Tree
from playground.errors import InvalidData, InvalidInput
from playground.recorded import read_traces
from playground.serialization import from_json
from playground.store import Work
from playground.trajectory import Author, Segment, Trajectory

LONGEST_FILE = 20_000_000
"""Characters."""
RECORDED = Author(kind="model", name="recorded")


def opened(text: str) -> Work:
    """The session in a file's text; of anything else a session with one branch.

    Raises:
        InvalidInput: the file is too long, or holds nothing that can be shown.
        InvalidData: it is of another form than it seems; says where.
    """
    if len(text) > LONGEST_FILE:
        raise InvalidInput(f"The file has {len(text):,} characters.", f"At most {LONGEST_FILE:,} are allowed here.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict) and "tree" in data:
        return from_json(Work, text)
    trajectory = from_json(Trajectory, text) if isinstance(data, dict) and "segments" in data else _recorded(text)
    branch = Branch(made="open", trajectory=trajectory)
    return Work(tree=Tree().grow(branch))


def _recorded(text: str) -> Trajectory:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_text(text, encoding="utf-8")
        try:
            trace = next(read_traces(path))
        except InvalidData as error:
            raise InvalidData("the file", error.problem, error.hint) from None
    segments = (Segment(text=trace.thinking, author=RECORDED),) if trace.thinking else ()
    return Trajectory(question=trace.question or f"Trace {trace.trace}", segments=segments)
