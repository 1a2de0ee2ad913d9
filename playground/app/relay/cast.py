"""Gives each author of a trajectory a letter on the page. Knows no colour.

The chosen models come first, as A, B …, even if two are the same; other authors follow as they appear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.trajectory import Author, AuthorKind, Segment

LETTERS = "ABCDEFGHIJKLMNOQRTUVWXYZ"
"""Of models, the chosen ones first; P and S are those of people and steers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An author as the page names it."""

    letter: str
    name: str
    kind: AuthorKind


_OWN = {
    "steer": Member(letter="S", name="steer", kind="steer"),
    "person": Member(letter="P", name="you", kind="person"),
}
"""Steers share a place whoever wrote what they were cut from, and so do people."""


class Cast:
    """The authors in the order of their places, which is only added to."""

    def __init__(self, models: Sequence[str]) -> None:
        """`models` are the names of the chosen ones."""
        self._chosen = tuple(models)
        self.members = [Member(letter=LETTERS[place], name=name, kind="model") for place, name in enumerate(models)]

    def places(self, segments: Sequence[Segment]) -> list[int]:
        """The place of each segment's author; of two chosen models with one name, each hand-over means the other."""
        found: list[int] = []
        for number, segment in enumerate(segments):
            place = self.place(segment.author)
            if segment.author.kind == "model" and self._chosen.count(segment.author.name) > 1:
                place = self._of_namesakes(segments[:number], found)
            found.append(place)
        return found

    def place(self, author: Author) -> int:
        """The author's place; a new one for somebody new."""
        own = _OWN.get(author.kind)
        for place, member in enumerate(self.members):
            if member == own or (member.kind, member.name) == (author.kind, author.name):
                return place
        self.members.append(own or Member(letter=self._letter(), name=author.name, kind=author.kind))
        return len(self.members) - 1

    def _of_namesakes(self, before: Sequence[Segment], found: Sequence[int]) -> int:
        last = next((at for at in reversed(range(len(before))) if before[at].author.kind == "model"), None)
        if last is None:
            return 0
        made = before[last].provenance
        return (found[last] + 1) % len(self._chosen) if made and made.hand_over else found[last]

    def _letter(self) -> str:
        return LETTERS[sum(member.kind == "model" for member in self.members) % len(LETTERS)]
