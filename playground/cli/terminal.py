"""Writes colours, headings and line starts to a terminal. Knows nothing of what is written."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TextIO

from playground.visible import visible, visible_line

BOLD = "1"
FAINT = "2"
COLOURS = ("36", "33", "35", "32", "34", "31")
"""Cyan, yellow, magenta, green, blue, red: legible on dark and on light."""

_WIDTH = 72


def colour(arguments: argparse.Namespace) -> bool:
    """Whether standard output may be coloured: it is a terminal, and nobody said no."""
    return sys.stdout.isatty() and not arguments.no_color and not os.environ.get("NO_COLOR")


class Terminal:
    """Writes text as it comes; the terminal obeys none of it (see `visible`)."""

    def __init__(self, out: TextIO, *, colour: bool) -> None:
        self._out = out
        self._colour = colour
        self._at_line_start = True

    def write(self, text: str, style: str) -> None:
        """Write text in a style; line breaks stay."""
        if text:
            self._at_line_start = text.endswith("\n")
            self._out.write(self._styled(visible(text), style))
            self._out.flush()

    def line(self, text: str, style: str, indent: int = 0) -> None:
        """Write one line of its own."""
        self.end_line()
        self.write(" " * indent + visible_line(text), style)
        self.end_line()

    def heading(self, text: str, style: str) -> None:
        """Write a line that separates what follows from what stands above."""
        begin = f"── {visible_line(text)} "
        self.line(begin + "─" * (_WIDTH - len(begin)), style)

    def end_line(self) -> None:
        """Begin a new line, unless the cursor stands at the start of one."""
        if not self._at_line_start:
            self._out.write("\n")
            self._out.flush()
            self._at_line_start = True

    def _styled(self, text: str, style: str) -> str:
        """Each line is styled by itself, so that a reader who starts further down sees the right colour."""
        if not self._colour:
            return text
        return "\n".join(line and f"\x1b[{style}m{line}\x1b[0m" for line in text.split("\n"))
