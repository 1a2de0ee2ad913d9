"""The traces that a tiny reasoner learns from, in the plain style that never doubts.

A line is one step of the thinking and ends in a line break. Knows stories, not models, tags or tokens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from playground.reasoners.story import HIGHEST, Decoy, Story

CONNECTORS = (
    *([", so {sum}."] * 5),
    *([". That makes {sum}."] * 2),
    *([", and {sum}."] * 1),
)
CONCLUSIONS = ("So {hero} has {n} {thing} now.", "So {hero} has {n} {thing} in the end.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of a trace."""

    text: str
    """The words, without the line break."""
    value: int
    """How many things the hero has after it, as the trace believes."""
    sum: str = ""
    """The left side of the arithmetic that it does, such as "24 - 9", or ""."""


def line(story: Story, index: int, value: int, rng: Random) -> Line:
    """The step of a trace at `index`: 0 is the opening, then one for each event, then the conclusion.

    `value` is how many things the hero has before it.
    """
    if index == 0:
        opening = story.opening_sentence.replace(story.hero, f"{story.hero} now", 1)
        return Line(text=opening, value=story.start)
    if index > len(story.events):
        conclusion = rng.choice(CONCLUSIONS)
        return Line(text=conclusion.format(hero=story.hero, n=value, thing=story.thing), value=value)
    event = story.events[index - 1]
    if isinstance(event, Decoy):
        owner = f" of {event.person}" if event.person else ""
        return Line(text=f"The {event.amount} {event.thing}{owner} do not count.", value=value)
    after = value + event.change
    sum_ = f"{value} {'+' if event.change > 0 else '-'} {event.amount}"
    connector = rng.choice(CONNECTORS).format(sum=f"{sum_} = {after}")
    receiver = event.receiver(story.hero)
    fate = f". They go to {receiver}{' now' if receiver == story.hero else ''}" if receiver else ""
    return Line(text=event.clause(story.hero, story.thing) + fate + connector, value=after, sum=sum_)


def plain(story: Story, rng: Random) -> str:
    """The thinking of a reasoner that reads once, calculates once and never doubts."""
    lines, value = [], 0
    for index in range(len(story.events) + 2):
        step = line(story, index, value, rng)
        value = step.value
        lines.append(step.text + "\n")
    return "".join(lines)


def without_receivers(thinking: str) -> str:
    """A trace that leaves out who has the things after a move between two people, and says no "now" of the hero."""
    return re.sub(r"\. They go to \w+( now)?|(?<=^[A-Z]\w\w) now|(?<=^[A-Z]\w\w\w) now", "", thinking, flags=re.M)


def terse(story: Story, rng: Random) -> str:
    """The plain style without receivers, the first lesson: quickly copied, but the signs are hard to learn from it."""
    return without_receivers(plain(story, rng))


def answer(story: Story) -> str:
    """The answer that follows the thinking."""
    return f"{story.hero} has {story.answer} {story.thing} now. The answer is \\boxed{{{story.answer}}}."


def in_bounds(value: int) -> bool:
    """Whether a number may stand in a trace."""
    return 0 <= value <= HIGHEST
