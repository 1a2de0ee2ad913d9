"""Makes text safe to show on a terminal, and files safe to list on one. Pure."""

from __future__ import annotations

import json
import re

_STEERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and line break; escape sequences begin with one
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of writing
    "\u2028\u2029\ud800-\udfff]"  # line separators, and halves of characters that no encoding can write
)
_HALF = re.compile("[\ud800-\udfff]")


def has_half(text: str) -> bool:
    """Whether `text` holds half a character, a surrogate without its other half, which nothing can write."""
    return not text.isascii() and _HALF.search(text) is not None


def visible(text: str) -> str:
    """`text` with every character that a terminal would obey made visible; tabs and line breaks stay."""
    return _STEERS.sub(_sign, text)


def visible_line(text: str) -> str:
    """As `visible`, on one line."""
    return visible(" ".join(text.split()))


def visible_json(data: object) -> str:
    """JSON data as the text of a file, in which every such character is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _STEERS.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def _sign(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures: ␛ for escape, ␍ for carriage return
    return "␡" if code == 0x7F else f"\\u{code:04x}"
