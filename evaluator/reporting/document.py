"""A report's blocks (text, tables, pictures, quotes) and their Markdown and HTML. Knows no run.

Whatever a model wrote is escaped in both: text never becomes markup, and a terminal that shows the Markdown obeys none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from playground.visible import visible


@dataclass(frozen=True, slots=True)
class Code:
    """A few words as they are, in a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out in a text."""

    text: str


Inline = str | Code | Strong
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure by its name, and what it shows."""

    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Text as somebody wrote it, line by line."""

    text: str


Block = Heading | Paragraph | Bullets | Table | Picture | Quote


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks in Markdown; a picture is the PNG of its name in `figures/`."""
    return "\n\n".join(map(_markdown_block, blocks)) + "\n"


def _markdown_block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {_plain(text)}"
        case Paragraph(line):
            return _markdown_line(line)
        case Bullets(lines):
            return "\n".join(f"- {_markdown_line(line)}" for line in lines)
        case Table(frame):
            return markdown_table(frame)
        case Picture(name, caption):
            return f"![{_plain(caption)}](figures/{name}.png)\n\n*{_plain(caption)}*"
        case Quote(text):
            return fenced(text)


def _markdown_line(line: Line) -> str:
    return "".join(
        f"**{_plain(part.text)}**"
        if isinstance(part, Strong)
        else _code(part.text)
        if isinstance(part, Code)
        else _plain(part)
        for part in line
    )


def _plain(text: str) -> str:
    """Text with the characters escaped that Markdown would read as its own, on one line."""
    return re.sub(r"([\\`*<>|]|\](?=[(\[:])|(?<!\w)_|_(?!\w))", r"\\\1", visible(text)).replace("\n", " ")


def _code(text: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{visible(text)}{pad}{fence}"


def fenced(text: str) -> str:
    """Text as a code block: a model's words are never read as Markdown."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{visible(text.rstrip())}\n{fence}"


def markdown_table(frame: pd.DataFrame) -> str:
    """A table in Markdown."""
    plain = frame.astype(str).map(_plain).rename(columns=lambda name: _plain(str(name)))
    return plain.to_markdown(index=False, disable_numparse=True)


def html_body(blocks: Sequence[Block], pictures: Mapping[str, str]) -> str:
    """The blocks as HTML; `pictures` holds the SVG element of each figure by its name."""
    return "\n".join(_html_block(block, pictures) for block in blocks)


def _html_block(block: Block, pictures: Mapping[str, str]) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{html.escape(text)}</h{level}>"
        case Paragraph(line):
            return f"<p>{_html_line(line)}</p>"
        case Bullets(lines):
            return "<ul>" + "".join(f"<li>{_html_line(line)}</li>" for line in lines) + "</ul>"
        case Table(frame):
            return _html_table(frame)
        case Picture(name, caption):
            said = html.escape(caption)
            label = f'<div class="wide" role="img" aria-label="{said}" tabindex="0">{pictures[name]}</div>'
            return f"<figure>{label}<figcaption>{said}</figcaption></figure>"
        case Quote(text):
            return f"<pre>{html.escape(text.rstrip())}</pre>"


def _html_line(line: Line) -> str:
    return "".join(
        f"<strong>{html.escape(part.text)}</strong>"
        if isinstance(part, Strong)
        else f"<code>{html.escape(part.text)}</code>"
        if isinstance(part, Code)
        else html.escape(part)
        for part in line
    )


def _html_table(frame: pd.DataFrame) -> str:
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in frame.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(value))}</td>" for value in row) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
