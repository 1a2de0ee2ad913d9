"""What a visitor asks for: the form as filled in, read into a setup that can run. Knows no component and no engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, cycle
from typing import Literal

from playground.answers import integer
from playground.errors import InvalidInput, ModelUnavailable
from playground.hand_over import Rule, ScheduleEntry, parse_schedule
from playground.models import ModelCard, availability
from playground.reasoners.questions import TIERS, Question, shipped_questions
from playground.relay import Participant, Turn, hand_off_turns, schedule_turns
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory

Mode = Literal["hand-off", "schedule"]

LETTERS = ("A", "B")
LONGEST_QUESTION = 20_000
"""Characters."""
MOST_TOKENS = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form's fields as the page sends them; a cleared number is None."""

    model_a: str | None
    model_b: str | None
    question: str
    gold: str
    mode: Mode
    rule_kind: str
    rule_value: str
    schedule: str
    seed: float | None
    temperature: float | None
    max_tokens: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A relay that can be run once its models are loaded."""

    cards: tuple[ModelCard, ...]
    start: Trajectory
    plan: Rule | tuple[ScheduleEntry, ...]
    params: SamplingParams
    seed: int

    def turns(self, participants: Sequence[Participant]) -> Iterator[Turn]:
        """Who writes, in order."""
        if isinstance(self.plan, Rule):
            again = (Turn(participant) for participant in cycle(participants))  # where a visitor hands over once more
            return chain(hand_off_turns(participants, self.plan), again)
        return schedule_turns(participants, self.plan)

    def writers(self) -> Iterator[int]:
        """The place among the models of each turn's writer, in order: two models may have the same name."""
        if isinstance(self.plan, Rule):
            return cycle(range(len(self.cards)))
        return cycle([entry.writer for entry in self.plan])


def read(form: Form, cards: Mapping[str, ModelCard]) -> Setup:
    """The setup that a form asks for.

    Raises:
        InvalidInput: a field makes no sense; says which.
        ModelUnavailable: a model that would not run here.
    """
    start = _start(form.question, form.gold)
    chosen = tuple(
        _card(letter, name, cards) for letter, name in zip(LETTERS, (form.model_a, form.model_b), strict=True)
    )
    plan = parse_schedule(form.schedule, len(chosen)) if form.mode == "schedule" else _rule(form)
    seed = _whole("seed", form.seed)
    return Setup(cards=chosen, start=start, plan=plan, params=_params(form), seed=seed)


@cache
def shipped() -> Mapping[str, Question]:
    """The shipped questions by id."""
    return {question.id: question for tier in TIERS for question in shipped_questions(tier)}


def _start(question: str, gold: str) -> Trajectory:
    if not question.strip():
        raise InvalidInput("The question is empty.", "Write a question or choose one.")
    if len(question) > LONGEST_QUESTION:
        raise InvalidInput(
            f"The question has {len(question):,} characters.", f"At most {LONGEST_QUESTION:,} are taken here."
        )
    known = next((item for item in shipped().values() if item.problem == question), None)
    wanted = gold.strip()
    if wanted and integer(wanted) is None:
        raise InvalidInput(
            f"The correct answer {wanted[:40]!r} is not an integer.", "Give an integer or leave it empty."
        )
    return Trajectory(question=question, gold=wanted or None, question_id=known.id if known else None)


def _card(letter: str, name: str | None, cards: Mapping[str, ModelCard]) -> ModelCard:
    if name is None or name not in cards:
        raise InvalidInput(f"Model {letter} is not chosen.", "Choose a model.")
    here = availability(cards[name])
    if not here.available:
        raise ModelUnavailable(f"Model {letter}, {name}, cannot run here: {here.why}.", "Choose another one.")
    return cards[name]


def _rule(form: Form) -> Rule:
    return Rule.parse(form.rule_kind if form.rule_kind == "close" else f"{form.rule_kind}:{form.rule_value.strip()}")


def _params(form: Form) -> SamplingParams:
    if form.temperature is None:
        raise InvalidInput("The temperature is empty.", "Give a number; 0 is greedy.")
    tokens = _whole("token limit", form.max_tokens)
    if tokens > MOST_TOKENS:
        raise InvalidInput(f"The token limit is {tokens:,}.", f"At most {MOST_TOKENS:,} are taken here.")
    return replace(SamplingParams(), temperature=float(form.temperature), max_tokens=tokens)


def _whole(name: str, value: float | None) -> int:
    if value is None or value != int(value):
        raise InvalidInput(f"The {name} is not a whole number.", "Give one.")
    return int(value)
