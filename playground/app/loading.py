"""Loads the model that a visitor chose; what goes wrong is told in words for visitors. Knows no page."""

from __future__ import annotations

from playground.app.offer import told
from playground.engine.pool import Pool
from playground.errors import ModelUnavailable, PlaygroundError
from playground.models import ModelCard
from playground.sampling import SamplingParams
from playground.turn import Participant


def participant(pool: Pool, card: ModelCard, params: SamplingParams) -> Participant:
    """The model with its engine, which is loaded if nobody has.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    try:
        return Participant(card=card, engine=pool.get(card), params=params)
    except PlaygroundError as error:
        raise ModelUnavailable(told(error.message, card), error.hint) from error
