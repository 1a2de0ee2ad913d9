"""Fits several models into the memory of the device that vLLM uses. The arithmetic is in `plan`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vllm.platforms import current_platform

from playground.engine.vllm.checkpoint_size import model_size
from playground.engine.vllm.options import CPU_DTYPE, CPU_KV_BYTES, CPU_KV_SPACE
from playground.engine.vllm.plan import GIB, cpu_spaces, gpu_shares
from playground.errors import InvalidInput
from playground.models import ModelCard

_SHARE = "gpu_memory_utilization"
_SPACE = "kv_cache_memory_bytes"
UTILIZATION = 0.9
"""The share of a GPU that vLLM takes by default."""


def fitted(cards: Sequence[ModelCard]) -> tuple[ModelCard, ...]:
    """The cards, which are to be loaded beside each other, each with the memory it may take.

    Raises:
        ModelUnavailable: they do not fit together; the message has the numbers.
        InvalidInput: `VLLM_CPU_KVCACHE_SPACE` is no whole number.
    """
    if current_platform.is_cpu():
        models = [model_size(card, str(card.options.get("dtype", CPU_DTYPE))) for card in cards]
        if all(_SPACE in card.options for card in cards):
            return tuple(cards)
        spaces = cpu_spaces(models, _available(), _usual())
        return tuple(_with(card, _SPACE, space) for card, space in zip(cards, spaces, strict=True))
    models = [model_size(card, str(card.options.get("dtype", "auto"))) for card in cards]
    room = float(next((card.options[_SHARE] for card in cards if _SHARE in card.options), UTILIZATION))
    shares = gpu_shares(models, current_platform.get_device_total_memory(), room)
    return tuple(_with(card, _SHARE, share) for card, share in zip(cards, shares, strict=True))


def _with(card: ModelCard, name: str, value: float) -> ModelCard:
    return replace(card, options={**card.options, name: value})


def _usual() -> int:
    """What the user gave each model on a CPU, or our default; in bytes."""
    given = os.environ.get(CPU_KV_SPACE)
    if not given:
        return CPU_KV_BYTES
    if not given.isdigit():
        raise InvalidInput(f"{CPU_KV_SPACE} is {given!r}.", "Give whole gibibytes, such as 2.")
    return int(given) * GIB


def _available() -> int:
    """Bytes of main memory that are available."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    found = next(line for line in lines if line.startswith("MemAvailable:"))
    return int(found.split()[1]) * 1024
