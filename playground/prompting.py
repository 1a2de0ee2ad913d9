"""Turns a trajectory and a model card into the exact prompt. The only place where a prompt is composed.

The prompt is the model's chat template with the question as the user turn, the open think tag, and what stands in
the trajectory (protocol of the paper, section 4). The tag is written here if the template does not write it, also
for an empty trajectory: every continuation begins inside the thinking, alone and steered alike.
"""

from __future__ import annotations

from playground.errors import InvalidInput
from playground.models import ModelCard
from playground.trajectory import Trajectory


def render(trajectory: Trajectory, card: ModelCard) -> str:
    """The prompt after which the model continues the trajectory: its thinking, or its answer if that is closed.

    Raises:
        InvalidInput: the question is empty, or the model's chat template fails.
    """
    if not trajectory.question.strip():
        raise InvalidInput("The question is empty.", "Write a question.")
    close = (card.think.close or "") + trajectory.answer if trajectory.closed else ""
    return opening(trajectory.question, card) + trajectory.thinking + close


def opening(question: str, card: ModelCard) -> str:
    """The prompt up to the first character of the thinking."""
    turn = question + card.user_suffix
    prompt = card.template.render(turn) if card.template else f"{turn}\n\n"
    tags = card.think
    if tags.open is None or tags.template_opens:
        return prompt
    return prompt + tags.open + tags.after_open
