"""An act as the page sends it, with the session, form and models it needs. Does nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from playground.app.loading import participant
from playground.app.questions import QuestionList, shipped
from playground.app.relay.desk import Desk
from playground.app.relay.form import Form, Setup, read
from playground.app.room import Place
from playground.branches import Branch
from playground.engine.pool import Pool
from playground.errors import InvalidInput
from playground.models import ModelCard
from playground.relay import Participant
from playground.sampling import SamplingParams
from playground.serialization import STRICT
from playground.trajectory import Trajectory

Solo = tuple[str, str, SamplingParams]
"""Model, question, and how it is sampled, with its seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was pressed, and where."""

    __pydantic_config__ = STRICT

    verb: str
    start: int = 0
    """Where the step that was clicked begins, in characters of the trajectory."""
    offset: int = 0
    """Where it ends."""
    writer: int = 0
    """The place among the models."""
    number: int = 0
    """Of a branch."""
    text: str = ""
    cut: bool = False
    """Whether what follows is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """An act with all that it needs."""

    act: Act
    desk: Desk
    form: Form
    cards: Mapping[str, ModelCard]
    pool: Pool
    solos: dict[Solo, Trajectory]
    """What models have written alone: a steer is cut from it."""
    free_place: Callable[[], AbstractContextManager[Place]]
    """A place for what a model writes before the act returns. Raises as `Room.free_place`."""
    questions: QuestionList = field(default_factory=shipped)

    @property
    def setup(self) -> Setup:
        """What the form asks for. Raises as `read` does."""
        return read(self.form, self.cards, self.questions)

    def participant(self, place: int) -> Participant:
        """The chosen model at a place.

        Raises:
            InvalidInput: there is none at this place.
            ModelUnavailable: it cannot be loaded.
        """
        setup = self.setup
        if not 0 <= place < len(setup.cards):
            raise InvalidInput(f"There is no model at place {place}.", "Choose one of those there are.")
        return participant(self.pool, setup.cards[place], setup.params[place])

    @property
    def branch(self) -> Branch:
        """The branch one looks at.

        Raises:
            InvalidInput: there is none yet.
        """
        if self.desk.tree.current is None:
            raise InvalidInput("Nothing is written yet.", "Press Run.")
        return self.desk.tree.current
