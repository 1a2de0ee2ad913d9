"""Reads a file that a visitor opens: a session, a trajectory, or the first trace of a recording."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from playground.app.border import whole
from playground.branches import Branch, Ending, Tree
from playground.ending import judge
from playground.errors import InvalidData, InvalidInput
from playground.recorded import HINT, is_trajectory, read_traces
from playground.serialization import from_json_at
from playground.store import Work
from playground.thinking import QWEN3_TAGS
from playground.trajectory import Author, Segment, Trajectory

LONGEST_FILE = 20_000_000
"""Characters."""
LARGEST_NUMBER = 10**15
MOST_BRANCHES = 1_000
MOST_SHOWN = {"characters": 500_000, "segments": 5_000, "authors": 100, "tokens": 1_000_000_000}
"""Of a trajectory: it is drawn at once, and the server's other visitors wait for that."""
_FILE = "the file"
_TEXTS = ("thinking", "answer", "question", "gold", "model")
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
        return _checked(from_json_at(Work, text, _FILE, "Give a session as it was downloaded."))
    saved = isinstance(data, dict) and is_trajectory(data)
    trajectory = from_json_at(Trajectory, text, _FILE, HINT) if saved else _recorded(text)
    check_shown(trajectory)
    return Work(tree=Tree().grow(Branch(made="open", trajectory=trajectory, ending=_ending(trajectory))))


def _checked(work: Work) -> Work:
    if len(work.tree.branches) > MOST_BRANCHES:
        raise InvalidInput(f"The session has {len(work.tree.branches):,} branches.", f"At most {MOST_BRANCHES:,}.")
    for branch in work.tree.branches:
        check_shown(branch.trajectory)
    return replace(work, form={name: value for name, value in work.form.items() if _fits(value)})


def _fits(value: str | float | None) -> bool:
    """Whether a field of the form can hold it."""
    return not isinstance(value, int | float) or abs(value) <= LARGEST_NUMBER


def check_shown(trajectory: Trajectory) -> None:
    """Refuse what is too much for the page.

    Raises:
        InvalidInput: says what there is too much of.
    """
    made = [segment.provenance for segment in trajectory.segments]
    found = {
        "characters": len(trajectory.question) + len(trajectory.text),
        "segments": len(trajectory.segments),
        "authors": len({segment.author for segment in trajectory.segments}),
        "tokens": sum(abs(each.tokens or 0) for each in made if each is not None),
    }
    for what, most in MOST_SHOWN.items():
        if found[what] > most:
            raise InvalidInput(f"The trace has {found[what]:,} {what}.", f"At most {most:,} are shown.")


def _recorded(text: str) -> Trajectory:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_text(text, encoding="utf-8")
        try:
            trace = next(read_traces(path))
        except InvalidData as error:
            raise InvalidData(error.path.replace(str(path), _FILE), error.problem, error.hint) from None
    trace = replace(trace, **whole({name: getattr(trace, name) for name in _TEXTS}))
    author = Author(kind="model", name=trace.model) if trace.model else RECORDED
    written = [Segment(text=trace.thinking, author=author)] if trace.thinking else []
    if trace.answer is not None:
        written.append(Segment(text=trace.answer, author=author, kind="answer"))
    question = trace.question or f"Trace {trace.trace}"
    return Trajectory(question=question, gold=trace.gold).extend(*written)


def _ending(trajectory: Trajectory) -> Ending | None:
    """The verdict on the answer that stands there; None where somebody was not done with it."""
    made = trajectory.segments[-1].provenance if trajectory.segments else None
    broken_off = made is not None and made.finish_reason not in (None, "stop")
    return None if broken_off or not trajectory.closed else judge(trajectory, "stop", QWEN3_TAGS)
