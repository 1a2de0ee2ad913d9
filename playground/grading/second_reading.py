"""Asks Math-Verify about two answers that our own parser does not understand. The only place that imports it.

It is asked in a process that may be killed, with its own alarms off. Only its LaTeX reader is used: the other one
hands text to Python's `eval`.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from playground.errors import MissingExtra
from playground.grading.notation import plain


def says_equal(given: str, gold: str) -> bool:
    """Whether Math-Verify reads both and finds them equal.

    Raises:
        MissingExtra: it is not installed.
    """
    library = math_verify()
    wanted, found = _parsed(library, gold), _parsed(library, given)
    return bool(wanted and found and library.verify(wanted, found, timeout_seconds=None))


def _parsed(library: Any, answer: str) -> list[Any]:
    reader = [library.LatexExtractionConfig()]
    text = f"${plain(answer).replace(chr(92) + 'words', chr(92) + 'text')}$"
    parsed: list[Any] = library.parse(text, reader, fallback_mode="no_fallback", parsing_timeout=None)
    return parsed


@cache
def math_verify() -> Any:
    """The library; it takes seconds to load.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import math_verify
    except ImportError:
        raise MissingExtra("math-verify", "math") from None
    logging.disable(logging.WARNING)  # it warns that its alarms are off
    return math_verify
