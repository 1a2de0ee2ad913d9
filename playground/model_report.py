"""Reports what a model can do here, how it marks its thinking, and its exact prompts. Knows no particular engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from playground.engine.base import Capabilities, Engine, Identity
from playground.engine.pieces import piece_ends
from playground.models import ModelCard
from playground.prompting import render
from playground.steering import Cut, TokenEnds, compose
from playground.trajectory import Author, Segment, Trajectory

QUESTION: Final = "Mia has 24 stickers. She gives away 9 of them. How many stickers does Mia have now?"
OWN: Final = "Mia starts with 24 stickers. She gives away 9, so 24 - 9 = 15.\nSo Mia has 15 stickers now.\n"
FOREIGN: Final = "Leo has 7 shells. He buys 12 more, so 7 + 12 = 19.\nSo Leo has 19 shells now.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """A model as it is here."""

    card: ModelCard
    prompts: Mapping[str, str]
    """The exact prompt at each stage of a sample trajectory."""
    capabilities: Capabilities | None = None
    """None where the model was not loaded; `why` says why not."""
    identity: Identity | None = None
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "name": self.card.name,
            "engine": self.card.engine,
            "source": self.card.source,
            "identity": asdict(self.identity) if self.identity else None,
            "capabilities": asdict(self.capabilities) if self.capabilities else None,
            "why": self.why,
            "think": {**asdict(self.card.think), "from": self.card.think_from},
            "contradictions": list(self.card.contradictions),
            "sampling": asdict(self.card.sampling),
            "prompts": dict(self.prompts),
        }


def report_on(card: ModelCard, engine: Engine) -> ModelReport:
    """The report of a loaded model.

    Raises:
        InvalidInput: its chat template fails.
    """
    return ModelReport(
        card=card,
        prompts=sample_prompts(card, engine.token_ends),
        capabilities=engine.capabilities,
        identity=engine.identity,
    )


def report_unloaded(card: ModelCard, why: str) -> ModelReport:
    """The report of a model that cannot be loaded here: its prompts are known all the same.

    Raises:
        InvalidInput: its chat template fails.
    """
    return ModelReport(card=card, prompts=sample_prompts(card, piece_ends), why=why)


def sample_prompts(card: ModelCard, token_ends: TokenEnds) -> dict[str, str]:
    """The prompt of each stage: nothing written, a foreign steer, a hand-over to this model, the thinking closed."""
    return {stage: render(trajectory, card) for stage, trajectory in _stages(card, token_ends).items()}


def _stages(card: ModelCard, token_ends: TokenEnds) -> dict[str, Trajectory]:
    start = Trajectory(question=QUESTION)
    steered = compose(OWN, FOREIGN, Cut(own=0.4, steer=0.4), token_ends)
    first, *_ = OWN.splitlines(keepends=True)
    other = _wrote("another model", first)
    return {
        "no steer": start,
        "steer": start.extend(_wrote(card.name, steered.own + steered.transition), _wrote("steer", steered.steer)),
        "hand-over": start.extend(other),
        "answer": start.extend(other).close(),
    }


def _wrote(name: str, text: str) -> Segment:
    return Segment(text=text, author=Author(kind="model", name=name))
