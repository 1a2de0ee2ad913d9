"""Reads the relay page's form into a setup that can run. Knows no component and no engine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle
from typing import Literal

from playground.app.offer import told_availability
from playground.app.questions import QuestionList, shipped
from playground.app.relay.cast import LETTERS
from playground.errors import InvalidInput, ModelUnavailable
from playground.hand_over import Rule, ScheduleEntry, check_quick, parse_schedule
from playground.models import ModelCard
from playground.relay import Participant, Turn, check_budget, hand_off_turns, schedule_turns
from playground.sampling import SamplingParams
from playground.steering import Protocol
from playground.steers import Steering
from playground.thinking_budget import AtBudget, ThinkingBudget
from playground.trajectory import Trajectory

Mode = Literal["hand-off", "schedule"]
Number = float | str | None
"""A number that may be left out: Gradio's own number field cannot be empty, a text field can."""

MODEL_FIELDS = ("model_a", "model_b", "model_c", "model_d")
LONGEST_QUESTION = 20_000
"""Characters."""
LONGEST_GOLD = 2_000
MOST_TOKENS = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form's fields as the page sends them; a cleared number is None, or empty where it is written as text."""

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
    """Of the models that have none of their own."""
    max_tokens: float | None
    model_c: str | None = None
    model_d: str | None = None
    temperature_a: Number = None
    temperature_b: Number = None
    temperature_c: Number = None
    temperature_d: Number = None
    top_p_a: Number = None
    """Empty for what the model's authors recommend, or else the paper's."""
    top_p_b: Number = None
    top_p_c: Number = None
    top_p_d: Number = None
    thinking_budget: Number = None
    """Tokens that all may think together; empty for no limit but `max_tokens`."""
    at_budget: AtBudget = "answer"
    steer_question: str = ""
    """The id of the question a distractor comes from; empty for the next one with another answer."""
    steer_model: Literal["own", "other"] = "own"
    """Who wrote the distractor: the model under test, or the next one."""
    steer_share: float | None = 20
    """Percent of the other thinking."""
    steer_position: Number = None
    """Percent of the thinking that stands there; empty for the step that was clicked."""
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
        percent = _optional("steer's position", self.steer_position)
        position = None if percent is None else percent / 100
        named = self.steer_transition.strip()
        transition = None if not named else "\n" if named == "none" else f"\n{named} "
        return Steering(self.steer_share / 100, position, self.steer_protocol, transition)

    @property
    def models(self) -> tuple[str | None, ...]:
        """The names of the chosen models, up to the last one; a gap is no name."""
        further = (self.model_c, self.model_d) if self.model_d else (self.model_c,) if self.model_c else ()
        return (self.model_a, self.model_b, *further)

    def own_sampling(self, letter: str) -> tuple[float | None, float | None]:
        """The temperature and the top-p that were asked of one model; None for what was not."""
        place = letter.lower()
        temperature, top_p = getattr(self, f"temperature_{place}"), getattr(self, f"top_p_{place}")
        return _optional(f"temperature of {letter}", temperature), _optional(f"top-p of {letter}", top_p)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A relay that can be run once its models are loaded."""

    cards: tuple[ModelCard, ...]
    start: Trajectory
    plan: Rule | tuple[ScheduleEntry, ...]
    params: tuple[SamplingParams, ...]
    """Of each model."""
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


def read(form: Form, cards: Mapping[str, ModelCard], questions: QuestionList | None = None) -> Setup:
    """The setup that a form asks for; a question of the list, by default the shipped one, keeps its id.

    Raises:
        InvalidInput: a field makes no sense; says which.
        ModelUnavailable: a model that would not run here.
    """
    start = _start(form.question, form.gold, questions or shipped())
    chosen = tuple(_card(letter, name, cards) for letter, name in zip(LETTERS, form.models, strict=False))
    plan = parse_schedule(form.schedule, len(chosen)) if form.mode == "schedule" else _rule(form)
    seed = _whole("seed", form.seed)
    budget = _budget(form, chosen)
    params = tuple(_params(form, letter, card) for letter, card in zip(LETTERS, chosen, strict=False))
    return Setup(cards=chosen, start=start, plan=plan, params=params, seed=seed, budget=budget)


def _start(question: str, gold: str, questions: QuestionList) -> Trajectory:
    if not question.strip():
        raise InvalidInput("The question is empty.", "Write a question or choose one.")
    if len(question) > LONGEST_QUESTION:
        raise InvalidInput(
            f"The question has {len(question):,} characters.", f"At most {LONGEST_QUESTION:,} are allowed here."
        )
    known = questions.asking(question)
    wanted = gold.strip()
    if len(wanted) > LONGEST_GOLD:
        raise InvalidInput(f"The correct answer has {len(wanted):,} characters.", "Give the answer alone.")
    return Trajectory(question=question, gold=wanted or None, question_id=known.id if known else None)


def _card(letter: str, name: str | None, cards: Mapping[str, ModelCard]) -> ModelCard:
    if name is None or name not in cards:
        raise InvalidInput(f"Model {letter} is not chosen.", "Choose a model.")
    here = told_availability(cards[name])
    if not here.available:
        raise ModelUnavailable(f"Model {letter}, {name}, cannot run here: {here.why}.", "Choose another one.")
    return cards[name]


def _rule(form: Form) -> Rule:
    rule = Rule.parse(form.rule_kind if form.rule_kind == "close" else f"{form.rule_kind}:{form.rule_value.strip()}")
    check_quick(rule)
    return rule


def _params(form: Form, letter: str, card: ModelCard) -> SamplingParams:
    """How one model is sampled: as asked of it, else as asked of all, else as its authors recommend."""
    own, top_p = form.own_sampling(letter)
    temperature = form.temperature if own is None else own
    if temperature is None:
        raise InvalidInput("The temperature is empty.", "Give a number; 0 is greedy.")
    tokens = _whole("token limit", form.max_tokens)
    if tokens > MOST_TOKENS:
        raise InvalidInput(f"The token limit is {tokens:,}.", f"At most {MOST_TOKENS:,} are allowed here.")
    asked = replace(card.sampling, temperature=float(temperature), max_tokens=tokens)
    return asked if top_p is None else replace(asked, top_p=top_p)


def _budget(form: Form, cards: Sequence[ModelCard]) -> ThinkingBudget | None:
    tokens = _optional("thinking budget", form.thinking_budget)
    if tokens is None:
        return None
    budget = ThinkingBudget(tokens=_whole("thinking budget", tokens), then=form.at_budget)
    for card in cards:
        check_budget(budget, card)
    return budget


def _whole(name: str, value: float | None) -> int:
    if value is None or value != int(value):
        raise InvalidInput(f"The {name} is not a whole number.", "Give one.")
    return int(value)


def _optional(name: str, value: Number) -> float | None:
    """A number that may be left out."""
    if value is None or not str(value).strip():
        return None
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise InvalidInput(f"The {name} is not a number: {str(value)[:20]!r}.", "Give one, or leave it empty.")
    return found
