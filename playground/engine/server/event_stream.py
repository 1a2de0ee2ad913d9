"""Parses server-sent events from bytes, strictly: what is not UTF-8 is a fault, never a replacement character.

Lines end at a line feed, a carriage return or both, and nowhere else: other line separators of Unicode may stand in
a model's text. Knows no server.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8

LONGEST_EVENT = 8 << 20
"""Bytes; a longer one is no event."""
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")


class MalformedStream(ValueError):
    """The bytes are no stream of events."""


class EventParser:
    """Takes bytes as they come, cut anywhere."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._begun = False
        self._data: list[str] = []
        self._size = 0

    def feed(self, block: bytes) -> list[str]:
        """The data of the events that are whole now.

        Raises:
            MalformedStream: not UTF-8, or an event without end.
        """
        known = max(0, len(self._rest) - 1)  # a carriage return may be half of a line end
        self._rest += block
        self._size += len(block)
        events: list[str] = []
        if _LINE_END.search(self._rest, known):
            *lines, rest = _LINE_END.split(bytes(self._rest))
            self._rest = bytearray(rest)
            for line in lines:
                self._take(line if self._begun else line.removeprefix(BOM_UTF8), events)
                self._begun = True
        if self._size > LONGEST_EVENT:
            raise MalformedStream(f"an event of more than {LONGEST_EVENT >> 20} MiB")
        return events

    def _take(self, line: bytes, events: list[str]) -> None:
        if not line:
            if self._data:
                events.append("\n".join(self._data))
            self._data, self._size = [], len(self._rest)
            return
        try:
            field, _, value = line.decode("utf-8").partition(":")
        except UnicodeDecodeError as error:
            raise MalformedStream("bytes that are not UTF-8") from error
        if field == "data":
            self._data.append(value.removeprefix(" "))
