"""Rules and schedules that say when a writer hands the trajectory over. Pure; knows no engine.

A rule watches what one writer adds, from the first character of its turn, and says where that turn ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from playground.errors import InvalidInput
from playground.steps import SentenceStream, StepStream

RuleKind = Literal["tokens", "sentences", "steps", "percent", "cue", "entropy", "close"]

_COUNTED = ("tokens", "sentences", "steps", "percent")
RULE_FORMS = "tokens:K sentences:K steps:K percent:P cue:REGEX entropy:BITS close"

_LIMITS = "K ≥ 1, 1 ≤ P ≤ 100, BITS > 0"
LONGEST_CUE = 200
MOST_CHOICES = 8
"""Alternatives and optional parts of a cue that is surely found quickly."""
_HARD_TO_JUDGE = re.compile(r"\(\?[a-zA-Z-]*x|\(\?P=|\\[1-9]")
"""The flag that lets white space stand before a repetition, and references to a group, which repeat it as well."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A hand-over rule, as people write it: `steps:2`, `percent:40`, `cue:Wait`, `entropy:2.5`, `close`."""

    kind: RuleKind
    amount: int = 0
    """How many tokens, sentences or steps, or how many percent of the writer's own solo thinking."""
    pattern: str = ""
    bits: float = 0.0
    """The entropy of the next token above which the writer is too unsure to choose it."""

    @classmethod
    def parse(cls, text: str) -> Rule:
        """The rule that `text` names.

        Raises:
            InvalidInput: no such rule, a number that makes no sense, or a broken regular expression.
        """
        kind, _, value = text.strip().partition(":")
        if kind == "close" and not value:
            return cls("close")
        if kind == "cue" and value:
            if len(value) > LONGEST_CUE:
                raise InvalidInput(f"The cue has {len(value)} characters.", f"Give at most {LONGEST_CUE}.")
            try:
                re.compile(value)
            except (re.error, OverflowError) as error:
                raise InvalidInput(f"The cue {value!r} is not a regular expression: {error}.", "Correct it.") from None
            return cls("cue", pattern=value)
        if kind == "entropy" and re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", value) and float(value) > 0:
            return cls("entropy", bits=float(value))
        if kind in _COUNTED and re.fullmatch("[0-9]{1,9}", value):
            amount = int(value)
            if amount >= 1 and (kind != "percent" or amount <= 100):
                return cls(kind, amount)  # type: ignore[arg-type]
        raise InvalidInput(f"{text!r} is not a hand-over rule.", f"Write one of: {RULE_FORMS} ({_LIMITS}).")

    def __str__(self) -> str:
        value = self.pattern or (f"{self.bits:g}" if self.bits else str(self.amount or ""))
        return ":".join(part for part in (self.kind, value) if part)


def check_quick(rule: Rule) -> None:
    """Refuse a cue whose search may take for ever, where it comes from somebody who shares the process with others.

    Judged by its signs alone, so that some quick cues are refused with the slow ones.

    Raises:
        InvalidInput: more than one repetition, one of a group or a reference to it, or too many choices.
    """
    repetitions = len(re.findall(r"[*+{]", rule.pattern))
    choices = len(re.findall(r"\||(?<!\()\?", rule.pattern))
    repeats_group = re.search(r"\)[*+{]", rule.pattern) or _HARD_TO_JUDGE.search(rule.pattern)
    if repetitions > 1 or choices > MOST_CHOICES or repeats_group:
        raise InvalidInput(
            "This cue may take too long to look for.",
            f"Repeat one character or class at most, no group, and use at most {MOST_CHOICES} of | and ?.",
        )


class RuleWatch:
    """Watches one turn of a writer. Each delta costs the same however long the turn is."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._length = 0
        self._tokens = 0
        self._ended = 0
        self._spans = StepStream() if rule.kind in ("steps", "cue") else SentenceStream()
        self._pattern = re.compile(rule.pattern)
        self._step = ""

    def feed(self, text: str, tokens: int, entropy: float = 0.0) -> int | None:
        """Take what was added; the offset at which the turn ends, once that is known.

        `entropy` is the largest of the tokens that came with it, in bits. The offset counts from the start of the turn
        and may lie before the end of what was added: a step has ended only when the next one begins, and a token that
        the writer was unsure of is the next writer's to choose.
        """
        start = self._length
        self._length += len(text)
        self._tokens += tokens
        if self._rule.kind == "tokens":
            return self._length if self._tokens >= self._rule.amount else None
        if self._rule.kind == "entropy":
            return start if start and entropy > self._rule.bits else None
        if self._rule.kind == "cue":
            return self._find_cue(start, text)
        if self._rule.kind in ("steps", "sentences"):
            return self._count(text)
        return None  # percent is cut from a finished solo trajectory, close is the thinking's own end

    def _count(self, text: str) -> int | None:
        for span in self._spans.feed(text):
            self._ended += 1
            if self._ended == self._rule.amount:
                return span.end
        return None

    def _find_cue(self, start: int, text: str) -> int | None:
        """The end of the first match; one that reaches the end of what was written might still grow."""
        self._step += text
        begin = start + len(text) - len(self._step)
        match = self._pattern.search(self._step)
        if match and match.end() < len(self._step):
            return begin + match.end()
        self._spans.feed(text)
        self._step = self._step[self._spans.tail - begin :]
        return None


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """One turn of a schedule: who writes, and how many steps."""

    writer: int
    """The writer's place among the participants, from 0."""
    steps: int


def parse_schedule(text: str, writers: int) -> tuple[ScheduleEntry, ...]:
    """The turns of a schedule such as `A:2,B:1`, where A is the first of `writers` models.

    Raises:
        InvalidInput: not of this form, or a letter without a model.
    """
    entries = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([A-Z])\s*:\s*([1-9][0-9]{0,3})\s*", part)
        if match is None:
            raise InvalidInput(f"{part.strip()!r} is not a turn of a schedule.", 'Write turns like "A:2,B:1".')
        writer = ord(match[1]) - ord("A")
        if writer >= writers:
            raise InvalidInput(f"The schedule names {match[1]}, but there are {writers} models.", "Give more models.")
        entries.append(ScheduleEntry(writer, int(match[2])))
    return tuple(entries)
