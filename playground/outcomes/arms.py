"""The arms of a comparison: who goes on from one place, in which order, after the steer or without it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from playground.errors import InvalidInput

STEERED = "+steer"
ARM_FORMS = "A B A-B B-A, each also with +steer"


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to go on, as people write it: `A`, `A-B`, `B+steer`."""

    writers: tuple[int, ...]
    """The places among the models of those who write, one after the other, from 0."""
    steered: bool = False

    @classmethod
    def parse(cls, text: str) -> Arm:
        """The arm that `text` names.

        Raises:
            InvalidInput: there is no such arm.
        """
        written = text.strip()
        steered = written.endswith(STEERED)
        match = re.fullmatch("([AB])(?:-([AB]))?", written.removesuffix(STEERED))
        if match is None or match[1] == match[2]:
            raise InvalidInput(f"{written[:40]!r} is not an arm.", f"Write some of: {ARM_FORMS}.")
        return cls(tuple("AB".index(letter) for letter in match.groups() if letter), steered)

    def __str__(self) -> str:
        return "-".join("AB"[place] for place in self.writers) + (STEERED if self.steered else "")


def all_arms(models: int, *, steered: bool) -> tuple[Arm, ...]:
    """Every arm that one or two models can make; where there is a steer, each with and without it."""
    orders = [(0,), (1,), (0, 1), (1, 0)] if models > 1 else [(0,)]
    return tuple(Arm(order, with_steer) for order in orders for with_steer in ((False, True) if steered else (False,)))


def parse_arms(texts: Iterable[str], models: int, *, steered: bool) -> tuple[Arm, ...]:
    """The arms that the texts name, each once and in the order of `all_arms`; all that there are where they name none.

    Raises:
        InvalidInput: there is no such arm, or it needs a second model or a steer.
    """
    possible = all_arms(models, steered=steered)
    chosen = {Arm.parse(text) for text in texts}
    for arm in sorted(chosen - set(possible), key=str):
        if arm.steered and not steered:
            raise InvalidInput(f"{arm} needs a steer, and there is none.", "Give a steer, or leave the arm out.")
        raise InvalidInput(f"{arm} needs a second model.", "Give one, or leave the arm out.")
    return tuple(arm for arm in possible if not chosen or arm in chosen)
