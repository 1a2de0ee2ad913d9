"""Plans how several models share one device's memory. Pure: knows sizes, no device and no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.errors import ModelUnavailable

GIB = 1 << 30
OVERHEAD_BYTES = GIB
"""What an engine takes on a GPU besides weights, keys and values: its context, activations, graphs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSize:
    """What a model takes, in bytes."""

    name: str
    weights: int
    token: int
    """Keys and values of one token."""
    context: int
    """Tokens that one request may have."""

    @property
    def request(self) -> int:
        """Keys and values of one request that fills the context."""
        return self.token * self.context


def gpu_shares(models: Sequence[ModelSize], total: int, utilization: float) -> tuple[float, ...]:
    """The share of a GPU's `total` bytes for each model: what it needs, and an equal part of the rest.

    Together the shares are `utilization`.

    Raises:
        ModelUnavailable: the models do not fit together; the message has the numbers.
    """
    needs = [model.weights + model.request + OVERHEAD_BYTES for model in models]
    spare = _spare(models, needs, int(total * utilization))
    return tuple((need + spare / len(models)) / total for need in needs)


def cpu_spaces(models: Sequence[ModelSize], available: int, usual: int) -> tuple[int, ...]:
    """The bytes for keys and values of each model on a CPU: `usual`, or more where one request needs more.

    Raises:
        ModelUnavailable: with their weights the models need more than is `available`.
    """
    spaces = tuple(max(usual, model.request) for model in models)
    needs = [model.weights + space for model, space in zip(models, spaces, strict=True)]
    _spare(models, needs, available)
    return spaces


def _spare(models: Sequence[ModelSize], needs: Sequence[int], room: int) -> int:
    """The bytes that are left when every model has what it needs."""
    if sum(needs) > room:
        each = ", ".join(f"{model.name} {need / GIB:.1f}" for model, need in zip(models, needs, strict=True))
        raise ModelUnavailable(
            f"The models need {sum(needs) / GIB:.1f} GiB together ({each}), and {room / GIB:.1f} GiB are available.",
            "Choose smaller models, a smaller --max-model-len, or more --tensor-parallel-size.",
        )
    return room - sum(needs)
