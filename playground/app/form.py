"""What a visitor asks for: the form as filled in, read into a setup that can run. Knows no component and no engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, cycle
from typing import Literal

from playground.answers import integer
from playground.app.cast import LETTERS
from playground.errors import InvalidInput, ModelUnavailable
from playground.hand_over import Rule, ScheduleEntry, parse_schedule
from playground.models import ModelCard, availability
from playground.reasoners.questions import TIERS, Question, shipped_questions
from playground.relay import Participant, Turn, check_budget, hand_off_turns, schedule_turns
from playground.sampling import SamplingParams
from playground.steering import Protocol
from playground.steers import Steering
from playground.thinking_budget import AtBudget, ThinkingBudget
from playground.trajectory import Trajectory

Mode = Literal["hand-off", "schedule"]

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
    thinking_budget: float | None = None
    """Tokens that both may think together; None for no limit but `max_tokens`."""
    at_budget: AtBudget = "answer"
    steer_question: str = ""
    """The id of the question a distractor comes from; empty for the next one with another answer."""
    steer_model: Literal["own", "other"] = "own"
    """Who wrote the distractor: the model under test, or the other one."""
    steer_share: float | None = 20
    """Percent of the other thinking."""
    steer_position: float | None = None
    """Percent of the thinking that stands there; None for the step that was clicked."""
    steer_protocol: Protocol = "paper"
    steer_transition: str = ""
    """What stands before the steer, on a line of its own; empty for the protocol's phrase, `none` for nothing."""

    def steering(self) -> Steering:
        """How a steer is cut and where it goes.

        Raises:
            InvalidInput: a share or a position that makes no sense.
        """
        if self.steer_share is None or not 0 < self.steer_share <= 100:
            raise InvalidInput("The steer's share is not between 0 and 100 %.", "Give a number such as 20.")
        position = None if self.steer_position is None else self.steer_position / 100
        named = self.steer_transition.strip()
        transition = None if not named else "\n" if named == "none" else f"\n{named} "
        return Steering(self.steer_share / 100, position, self.steer_protocol, transition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A relay that can be run once its models are loaded."""

    cards: tuple[ModelCard, ...]
    start: Trajectory
    plan: Rule | tuple[ScheduleEntry, ...]
    params: SamplingParams
    seed: int
    budget: ThinkingBudget | None = None

    def turns(self, participants: Sequence[Participant], first: int = 0) -> Iterator[Turn]:
        """Who writes, in order, where the model at place `first` is to begin."""
        if isinstance(self.plan, Rule):
            begun = hand_off_turns(participants, self.plan)[first:]
            again = (Turn(participant) for participant in cycle(participants))  # where a visitor hands over once more
            return chain(begun, again)
        return schedule_turns(participants, self._schedule(first))

    def writers(self, first: int = 0) -> Iterator[int]:
        """The place among the models of each turn's writer, in order: two models may have the same name."""
        if isinstance(self.plan, Rule):
            places = range(len(self.cards))
            return chain(places[first:], cycle(places))
        return cycle([entry.writer for entry in self._schedule(first)])

    def _schedule(self, first: int) -> tuple[ScheduleEntry, ...]:
        """The schedule from the first entry of a writer on; a writer without one writes a step before it begins."""
        if isinstance(self.plan, Rule):
            return ()
        at = next((place for place, entry in enumerate(self.plan) if entry.writer == first), 0)
        return self.plan[at:] + self.plan[:at]


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
    budget = _budget(form, chosen)
    return Setup(cards=chosen, start=start, plan=plan, params=_params(form), seed=seed, budget=budget)


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


def _budget(form: Form, cards: Sequence[ModelCard]) -> ThinkingBudget | None:
    if form.thinking_budget is None:
        return None
    budget = ThinkingBudget(tokens=_whole("thinking budget", form.thinking_budget), then=form.at_budget)
    for card in cards:
        check_budget(budget, card)
    return budget


def _whole(name: str, value: float | None) -> int:
    if value is None or value != int(value):
        raise InvalidInput(f"The {name} is not a whole number.", "Give one.")
    return int(value)
