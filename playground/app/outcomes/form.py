"""Reads the outcomes page's form into a comparison that can be drawn. Knows no engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from playground.app.questions import QuestionList
from playground.app.relay.form import Form, Number, Setup, read
from playground.errors import InvalidInput
from playground.hand_over import Rule
from playground.models import ModelCard
from playground.outcomes.arms import Arm, parse_arms
from playground.outcomes.comparison import Comparison, check
from playground.outcomes.starting_point import starting_point, steer_source
from playground.outcomes.steered_start import SteerRequest, steered_start
from playground.serialization import STRICT
from playground.steers import Steering
from playground.store import Store
from playground.thinking_budget import AtBudget
from playground.trajectory import Trajectory
from playground.turn import Participant, Spend

MOST_SAMPLES = 100
"""Of each arm."""
MOST_TOKENS = 2_000_000
"""That all samples together might take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPlace:
    """Where a session of the relay page is cut."""

    __pydantic_config__ = STRICT

    work: str
    branch: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomesForm:
    """The form's fields as the page sends them; a cleared number is None."""

    model_a: str | None
    model_b: str | None
    question: str
    gold: str
    rule_kind: str
    rule_value: str
    n: float | None
    arms: Sequence[str]
    """Those without a steer; each is meant with it as well, as `with_steer` says. None means all."""
    seed: float | None
    temperature: float | None
    max_tokens: float | None
    thinking_budget: Number = None
    at_budget: AtBudget = "answer"
    with_steer: Literal["both", "with", "without"] = "both"
    """Where there is a steer: the arms with it, without it, or both."""
    steer: Literal["", "distractor", "guide", "text"] = ""
    """Empty: none but what stands there."""
    steer_by: Literal["A", "B"] = "A"
    steer_question: str = ""
    """The id of the question a distractor thinks about; empty for the next one with another answer."""
    steer_share: float | None = 20
    steer_text: str = ""

    @property
    def relay_form(self) -> Form:
        """The form of the relay page that asks for the same."""
        shared = {field.name for field in fields(Form)} & {field.name for field in fields(self)}
        given = {name: getattr(self, name) for name in shared}
        return Form(**given, mode="hand-off", schedule="A:2,B:1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A comparison that can be drawn once its models are loaded."""

    setup: Setup
    here: Trajectory
    arms: tuple[Arm, ...]
    n: int
    steer: SteerRequest | None
    steer_by: int
    steer_gold: str | None
    """The correct answer to the question of the distractor that stands there, where it is known."""

    def comparison(self, participants: Sequence[Participant], spend: Spend) -> Comparison:
        """What is drawn; a steer that is still to be made is written now, and `spend` is told its tokens.

        Raises:
            InvalidInput: it cannot be drawn.
            EngineError: a model fails.
            Exception: whatever `spend` raises.
        """
        if not isinstance(self.setup.plan, Rule):
            raise InvalidInput("Outcomes have one hand-over.", "Choose a rule.")
        start = starting_point(self.here, self.steer_gold)
        if self.steer is not None:
            author = participants[self.steer_by]
            start = steered_start(self.here, self.steer, author, self.setup.seed, spend)
        comparison = Comparison(
            start=start,
            arms=self.arms,
            rule=self.setup.plan,
            n=self.n,
            seed=self.setup.seed,
            budget=self.setup.budget,
        )
        check(comparison, participants)
        return comparison


def order(
    form: OutcomesForm, here: Trajectory | None, cards: Mapping[str, ModelCard], questions: QuestionList
) -> Order:
    """The comparison that a form asks for, from a trajectory or else from the form's question.

    Raises:
        InvalidInput: a field makes no sense, or more is asked for than one visitor may have.
        ModelUnavailable: a model that would not run here.
    """
    if here is not None:
        form = replace(form, question=here.question, gold="")
    setup = read(form.relay_form, cards, questions)
    start = setup.start if here is None else here
    steer = _steer(form, start, questions)
    arms = _arms(form, steered=steer is not None or starting_point(start).steered is not None)
    if form.n is None or form.n != int(form.n) or not 1 <= form.n <= MOST_SAMPLES:
        raise InvalidInput("The number of samples is out of range.", f"Give 1 to {MOST_SAMPLES}.")
    most = int(form.n) * len(arms) * setup.params[0].max_tokens
    if most > MOST_TOKENS:
        raise InvalidInput(
            f"That might take {most:,} tokens.", f"At most {MOST_TOKENS:,}: fewer samples, arms or tokens."
        )
    return Order(
        setup=setup,
        here=start,
        arms=arms,
        n=int(form.n),
        steer=steer,
        steer_by="AB".index(form.steer_by),
        steer_gold=_known_gold(start, questions),
    )


def _known_gold(here: Trajectory, questions: QuestionList) -> str | None:
    source = steer_source(here)
    known = questions.by_id.get(source.question_id) if source is not None and source.kind == "distractor" else None
    return known.gold if known is not None else None


def _arms(form: OutcomesForm, *, steered: bool) -> tuple[Arm, ...]:
    chosen = parse_arms(form.arms, 2, steered=False)
    if not steered:
        return chosen
    kinds = {"both": (False, True), "with": (True,), "without": (False,)}[form.with_steer]
    return tuple(replace(arm, steered=kind) for arm in chosen for kind in kinds)


def _steer(form: OutcomesForm, here: Trajectory, questions: QuestionList) -> SteerRequest | None:
    if not form.steer:
        return None
    how = Steering(share=_share(form.steer_share), position=None, protocol="paper")
    if form.steer != "distractor":
        return SteerRequest(kind=form.steer, how=how, text=form.steer_text)
    chosen = questions.by_id.get(form.steer_question) or questions.after(here.question_id, here.gold)
    if chosen is None:
        raise InvalidInput("There is no other question to think about.", "Choose another steer.")
    question = Trajectory(question=chosen.text, gold=chosen.gold, question_id=chosen.id)
    return SteerRequest(kind="distractor", how=how, question=question)


def _share(percent: float | None) -> float:
    if percent is None or not 0 < percent <= 100:
        raise InvalidInput("The steer's share is not between 0 and 100 %.", "Give a number such as 20.")
    return percent / 100


def cut_trajectory(place: CutPlace, store: Store) -> Trajectory:
    """What stands in a session before the place where it is cut.

    Raises:
        InvalidInput: there is no such session, branch or place.
    """
    work = store.load(place.work)
    if work is None or not 0 <= place.branch < len(work.tree.branches):
        raise InvalidInput("The session or its branch no longer exists.", "Open it in Relay and choose a step.")
    return work.tree.branches[place.branch].trajectory.cut(place.offset)


def fields_of(place: CutPlace, store: Store) -> dict[str, Any]:
    """The fields of the form as the session has them that is cut: its models, rule and sampling."""
    work = store.load(place.work)
    names = {field.name for field in fields(OutcomesForm)} - {"steer_question", "steer_share"}
    return {name: value for name, value in (work.form if work else {}).items() if name in names}


def relay_fields(form: OutcomesForm, seed: int) -> dict[str, Any]:
    """The relay page's form for a sample: with its seed a relay writes the same."""
    return {**asdict(form.relay_form), "seed": seed}
