"""The reflective style of thinking: slips and misreadings that are always put right, and needless doubts.

A misreading changes one or two of name, thing and number of the question at hand; no other question's trace ever
enters. Knows stories and the lines of a trace, not models, tags or tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from playground.reasoners.story import NAMES, THINGS, Decoy, Move, Story
from playground.reasoners.traces import in_bounds, line

GO_BACK = (
    "Wait, that is not right. Let me go back to the question.",
    "Wait, that is not what the question says. Let me start again.",
)
PARTS = (("name",), ("thing",), ("number",), ("name", "thing"), ("name", "number"), ("thing", "number"))
"""What a misreading can change: one or two of name, thing and number, never all three."""
DOUBT = "Wait. Let me think again from the start."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How often the reflective style errs and doubts; each a probability."""

    mishaps: tuple[float, float, float] = (0.25, 0.45, 0.30)
    """Of a trace: that it holds no, one or two mishaps on the way."""
    slip: float = 0.15
    """Of a mishap: that it is an arithmetic slip."""
    doubt: float = 0.20
    """Of a mishap: that it is a fresh start without an error; the rest are misreadings."""
    opening: float = 0.40
    """Of a misreading: that it comes at the very start."""
    stumble: float = 0.50
    """Of a fresh start: that it misreads again."""
    check: float = 0.40
    """Of a trace: that it looks back once the result stands."""
    reread: float = 0.5
    """Of a look back: that it thinks again from the start; the rest check the sums."""
    near: float = 0.25
    """Of a misread word: that it is one that the question mentions elsewhere."""
    strayed: tuple[int, ...] = (1, 1, 1, 2, 2, 3)
    """How many lines a misreading lasts, drawn evenly."""
    parts: tuple[float, ...] = (2, 2, 1, 6, 2, 2)
    """What is misread, weights in the order of `PARTS`."""


ERRING = Rates(check=0.15, reread=0.3)


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that goes wrong just before the line at `at`."""

    at: int
    kind: str
    """slip | doubt | misreading"""


def reflective(story: Story, rng: Random, rates: Rates = Rates()) -> str:
    """The thinking of a reasoner that errs, notices, and puts it right; the end is always right."""
    lines = list(_walk(story, rng, rates, _plan(story, rng, rates)))
    if rng.random() < rates.check:
        lines += _look_back(story, rng, rates)
    return "".join(text + "\n" for text in lines)


def erring(story: Story, rng: Random) -> str:
    """The reflective style with fewer looks back, the lesson in which errors are learnt to be noticed."""
    return reflective(story, rng, ERRING)


def _plan(story: Story, rng: Random, rates: Rates) -> list[Mishap]:
    """The mishaps of one trace, in order."""
    count = rng.choices((0, 1, 2), rates.mishaps)[0]
    mishaps = []
    for _ in range(count):
        draw = rng.random()
        kind = "slip" if draw < rates.slip else "doubt" if draw < rates.slip + rates.doubt else "misreading"
        at = 0 if kind == "misreading" and rng.random() < rates.opening else rng.randint(1, len(story.events))
        mishaps.append(Mishap(at, kind))
    return sorted(mishaps, key=lambda mishap: mishap.at)


def _walk(story: Story, rng: Random, rates: Rates, mishaps: list[Mishap]) -> Iterator[str]:
    """The lines up to the conclusion."""
    index, value = 0, 0
    while index < len(story.events) + 2:
        if mishaps and mishaps[0].at <= index:
            mishap = mishaps.pop(0)
            lines, restart = _stray(story, rng, rates, replace(mishap, at=index), value)
            yield from lines
            if restart:
                if index and rng.random() < rates.stumble:
                    mishaps.insert(0, Mishap(0, "misreading"))
                index = value = 0
                continue
            if mishap.kind == "slip" and lines:
                index, value = index + 1, line(story, index, value, rng).value
                continue
        step = line(story, index, value, rng)
        yield step.text
        index, value = index + 1, step.value


def _stray(story: Story, rng: Random, rates: Rates, mishap: Mishap, value: int) -> tuple[list[str], bool]:
    """The lines of one mishap, the last of which notices it, and whether the trace starts again from there.

    `value` is how many things the hero has before it.
    """
    if mishap.kind == "doubt":
        return [DOUBT], True
    if mishap.kind == "slip":
        return _slip(story, rng, mishap.at, value), False
    return _misreading(story, rng, rates, mishap.at, value)


def _slip(story: Story, rng: Random, index: int, value: int) -> list[str]:
    """A line with a wrong result and the line that corrects it; none where the line does no arithmetic."""
    step = line(story, index, value, rng)
    if not step.sum:
        return []
    wrong = rng.choice([n for n in (step.value + d for d in (-10, -1, 1, 10)) if in_bounds(n)])
    told = step.text.replace(f"= {step.value}.", f"= {wrong}.")
    return [told, f"Wait, {step.sum} is {step.value}, not {wrong}."]


def _misreading(story: Story, rng: Random, rates: Rates, index: int, value: int) -> tuple[list[str], bool]:
    """Some lines as a misread question would have them, and whether the trace then starts again or goes on."""
    misread, notice = _misread(story, rng, rates, index)
    lines, believed = [], value
    for at in range(index, min(index + rng.choice(rates.strayed), len(story.events) + 1)):
        step = line(misread, at, believed, rng)
        if not in_bounds(step.value):
            break
        lines.append(step.text)
        believed = step.value
    if not lines:
        return [], False
    if index and rng.random() < 0.4:
        return [*lines, f"{notice} {story.hero} has {value} {story.thing} so far."], False
    return [*lines, rng.choice((*GO_BACK, notice, notice))], True


def _misread(story: Story, rng: Random, rates: Rates, index: int) -> tuple[Story, str]:
    """The story with one or two of name, thing and number read wrongly, and a line that says what was wrong."""
    parts = rng.choices(PARTS, rates.parts)[0]
    misread, wrongs = story, []
    if "name" in parts:
        partners = [event.partner for event in story.moves if event.partner]
        name = _other(rng, partners if partners and rng.random() < rates.near else NAMES, story.hero)
        misread = _with_hero(misread, name)
        wrongs.append(name)
    if "thing" in parts:
        decoys = [event.thing for event in story.events if isinstance(event, Decoy) and event.thing != story.thing]
        thing = _other(rng, decoys if decoys and rng.random() < rates.near else THINGS, story.thing)
        misread = replace(misread, thing=thing)
        wrongs.append(thing)
    if "number" in parts:
        misread = _with_wrong_number(misread, rng, index)
    if not wrongs:
        return misread, "Wait, that number is not right."
    said = " and ".join(wrongs)
    return misread, f"Hold on, the question is about {story.hero} and {story.thing}, not {said}."


def _other(rng: Random, words: Sequence[str], own: str) -> str:
    """One of the words that is not the story's own."""
    return rng.choice([word for word in words if word != own])


def _with_hero(story: Story, name: str) -> Story:
    """The story as if it were about somebody else; whoever has that name in the story changes places with the hero."""
    events = tuple(
        replace(event, partner=story.hero)
        if isinstance(event, Move) and event.partner == name
        else replace(event, person=story.hero)
        if isinstance(event, Decoy) and event.person == name
        else event
        for event in story.events
    )
    return replace(story, hero=name, events=events)


def _with_wrong_number(story: Story, rng: Random, index: int) -> Story:
    """The story with another number at the line `index`, half the time a number from elsewhere in the question."""
    told = [story.start, *(event.amount for event in story.events)]
    own = told[min(index, len(told) - 1)]
    near = [number for number in told if number != own]
    wrong = rng.choice(near) if near and rng.random() < 0.5 else rng.choice([n for n in range(2, 61) if n != own])
    if index == 0:
        return replace(story, start=wrong)
    at = min(index, len(story.events)) - 1
    return replace(story, events=(*story.events[:at], replace(story.events[at], amount=wrong), *story.events[at + 1 :]))


def _look_back(story: Story, rng: Random, rates: Rates) -> list[str]:
    """A look back at a finished trace: a check of the sums, or a second reading from the start."""
    lines, sums, value = [], [], 0
    for index in range(len(story.events) + 2):
        step = line(story, index, value, rng)
        lines.append(step.text)
        if step.sum:
            sums.append(f"{step.sum} = {step.value}")
        value = step.value
    if rng.random() < rates.reread:
        return [DOUBT, *lines]
    return [f"Let me check. {', '.join(sums)}. Yes, {value} is right."]
