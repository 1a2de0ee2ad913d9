"""Formats a session as JSON that can be opened again, Markdown to paste, or one HTML page to share. Pure."""

from __future__ import annotations

import re
from html import escape

from playground.app.relay.cast import Cast, Member
from playground.branches import Ending
from playground.errors import InvalidInput
from playground.serialization import to_dict
from playground.store import Work
from playground.trajectory import Segment, Trajectory
from playground.visible import visible, visible_json

_STYLE = """
body { margin: 40px auto; max-width: 76ch; padding: 0 20px; font: 16px/1.5 system-ui, sans-serif; color: #1c1d1f;
  background: #fbfbfa; overflow-wrap: anywhere; }
.question { font-weight: 600; } .dim, dt { color: #5f636a; font-size: 13px; }
section { border-left: 6px solid #1f5fd0; padding: 1px 0 1px 16px; margin: 14px 0; white-space: pre-wrap; }
section.B { border-left: 6px dashed #b04a10; } section.C { border-left: 6px groove #b3246b; }
section.D { border-left: 6px ridge #62650a; } section.S { border-left: 6px double #7431d6; }
section.P { border-left: 6px dotted #0b7350; } section.answer { font-weight: 600; }
@media (prefers-color-scheme: dark) { body { color: #e8e8e6; background: #131416; } .dim, dt { color: #a4aab2; } }
"""


def exported(form: str, work: Work, shown: Trajectory, ending: Ending | None, cast: Cast) -> tuple[str, str, str]:
    """The file's name, type and text.

    Raises:
        InvalidInput: no such form.
    """
    name = (
        "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in work.name).strip("-")[:60] or "trajectory"
    )
    if form == "json":
        return "trajectory.json", "application/json", visible_json(shown.to_dict())
    if form == "session":
        return f"{name}.session.json", "application/json", visible_json(to_dict(work))
    parts = _parts(shown, cast)
    if form == "markdown":
        return f"{name}.md", "text/markdown", visible(_markdown(shown, parts, ending))
    if form == "html":
        return f"{name}.html", "text/html", visible(_html(shown, parts, ending))
    raise InvalidInput(f"There is no file format {form[:20]!r}.", "Choose json, session, markdown or html.")


def _parts(shown: Trajectory, cast: Cast) -> list[tuple[Member, Segment]]:
    places = cast.places(shown.segments)
    return [(cast.members[place], segment) for place, segment in zip(places, shown.segments, strict=True)]


def _told(ending: Ending | None) -> tuple[str, str | None]:
    """How it ended, and the answer."""
    return (ending.outcome.replace("_", " "), ending.answer) if ending else ("not finished", None)


def _markdown(shown: Trajectory, parts: list[tuple[Member, Segment]], ending: Ending | None) -> str:
    """Every text stands in a fence that it cannot close, or in a line of code."""
    blocks = [_fenced("Question", shown.question)]
    for member, segment in parts:
        kind = "" if segment.kind == "thinking" else " (answer)"
        blocks.append(_fenced(f"{member.letter} · {_code(member.name)}{kind}", segment.text))
    outcome, answer = _told(ending)
    told = _code(outcome) + ("" if answer is None else f" · answer {_code(answer)}")
    return "\n".join([*blocks, f"{told}\n"])


def _fenced(title: str, text: str) -> str:
    fence = _backticks(text, 3)
    return f"**{title}**\n\n{fence}text\n{text.strip()}\n{fence}\n"


def _code(text: str) -> str:
    line, mark = _one_line(text) or " ", _backticks(text, 1)
    room = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{mark}{room}{line}{room}{mark}"


def _backticks(text: str, least: int) -> str:
    """More of them than stand in a row anywhere in the text."""
    return "`" * max(least, *(1 + len(row) for row in re.findall("`*", text)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _html(shown: Trajectory, parts: list[tuple[Member, Segment]], ending: Ending | None) -> str:
    outcome, answer = _told(ending)
    told = outcome if answer is None else f"{outcome} · answer {answer}"
    gold = f'<p class="dim">correct answer {escape(shown.gold)}</p>' if shown.gold is not None else ""
    sections = "\n".join(
        f'<p class="dim">{escape(member.letter)} · {escape(member.name)}</p>\n'
        f'<section class="{escape(member.letter)} {segment.kind}">{escape(segment.text.strip())}</section>'
        for member, segment in parts
    )
    title = escape(_one_line(shown.question)[:80])
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>\n'
        f'<style>{_STYLE}</style>\n<p class="question">{escape(shown.question)}</p>{gold}\n{sections}\n'
        f"<p><b>{escape(told)}</b></p>\n</html>\n"
    )
