"""A phrase to find in many sentences, whatever its case. Does not know what it means.

Few sentences hold any phrase, so a pattern is only tried where a word occurs that all of its matches contain: finding a
word costs a hundredth of trying the pattern at every position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LETTERS: Final = str.maketrans({"İ": "i", "ı": "i", "ſ": "s"})
"The letters that a pattern takes for an ASCII one whatever the case, and `str.lower` does not."


def folded(text: str) -> str:
    """The text in which a phrase's words are looked for: in lower case, as a pattern that ignores case sees it."""
    return (text if text.isascii() else text.translate(_LETTERS)).lower()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern and the words that give its matches away."""

    pattern: re.Pattern[str]
    words: tuple[str, ...]
    """In lower case; each match has one of them. The empty one stands in every text."""
    opens: bool
    """Whether it only stands at the very beginning."""

    def find(self, text: str, lowered: str) -> re.Match[str] | None:
        """The first place where it stands in a text; `lowered` is the same text, `folded`."""
        for word in self.words:  # a loop, as a generator for `any` costs more than what it goes through
            if word in lowered:
                return self.look(text)
        return None

    def look(self, text: str) -> re.Match[str] | None:
        """The first place where it stands in a text that has one of its words."""
        return self.pattern.match(text) if self.opens else self.pattern.search(text)


def phrase(pattern: str, words: str) -> Phrase:
    r"""A phrase from a pattern, which may begin with `\A`, and its words with bars between them."""
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return Phrase(compiled, tuple(words.split("|")), opens=pattern.startswith(r"\A"))
