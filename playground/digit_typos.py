"""Misspells the numbers in a text, for the control of recoverability. Pure; draws from a generator passed in.

Source: protocol of arXiv 2510.06410, section 2. Equal numbers get equal typos, so that a corrupted text agrees with
itself. Does not know where in a trajectory the text stands.
"""

from __future__ import annotations

import re
from random import Random

DIGITS = "0123456789"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def corrupt_digits(text: str, random: Random) -> str:
    """The text with one typo in each number; a number that occurs again gets the same one."""
    typos: dict[str, str] = {}

    def typo_of(match: re.Match[str]) -> str:
        number = match.group()
        if number not in typos:
            typos[number] = typo(number, random)
        return typos[number]

    return _NUMBER.sub(typo_of, text)


def typo(number: str, random: Random) -> str:
    """Another number: a digit shuffled, deleted or doubled, a third each; see the module for short ones and decimals.

    A one-digit number becomes another digit; the point of a decimal moves by one place.
    """
    if "." in number:
        return _moved_point(number, random)
    if len(number) == 1:
        return random.choice([digit for digit in DIGITS if digit != number])
    kind = random.choice(("shuffle", "delete", "double"))
    if kind == "shuffle" and len(set(number)) > 1:
        return _shuffled(number, random)
    place = random.randrange(len(number))
    if kind == "delete":
        return number[:place] + number[place + 1 :]
    return number[: place + 1] + number[place:]


def _shuffled(number: str, random: Random) -> str:
    """The digits in another order; there are two different ones at least."""
    found = number
    while found == number:
        found = "".join(random.sample(number, len(number)))
    return found


def _moved_point(number: str, random: Random) -> str:
    """The point one place further left or right; a point that would stand at an end leaves a zero there or goes."""
    whole, _, part = number.partition(".")
    if random.choice(("left", "right")) == "left":
        return f"{whole[:-1] or '0'}.{whole[-1]}{part}"
    moved = f"{whole}{part[0]}"
    return f"{moved}.{part[1:]}" if part[1:] else moved
