"""Turns a card's options into vLLM's arguments, and sets the environment it reads. Starts nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vllm.platforms import current_platform

from playground.engine.vllm.plan import GIB
from playground.errors import ModelUnavailable
from playground.models import ModelCard

CPU_KV_BYTES = GIB
"""Memory for keys and values of one model on a CPU, where nobody says otherwise."""
CPU_DTYPE = "float32"
"""Exact, and for small models faster; as the transformers engine does."""
CPU_BLOCK = 32
"""Tokens that the prefix cache keeps or drops together, on a CPU; it is vLLM's smallest fast one there."""
CPU_KV_SPACE = "VLLM_CPU_KVCACHE_SPACE"

_ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",  # a fork would copy this process with the threads it has
}


def prepare_environment() -> None:
    """Set what vLLM reads from the environment, where the user has set nothing; its telemetry is always off."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ.update(VLLM_NO_USAGE_STATS="1", DO_NOT_TRACK="1")


def arguments(card: ModelCard) -> dict[str, Any]:
    """The arguments of vLLM for a card."""
    given: dict[str, Any] = {
        "model": card.source,
        "skip_tokenizer_init": True,  # tokens go in and tokens come out
        "generation_config": "vllm",  # what a request does not say is not taken from the checkpoint
        "disable_log_stats": True,
        "enable_prefix_caching": True,
        "use_tqdm_on_load": False,
    }
    if current_platform.is_cpu():
        given |= {"dtype": CPU_DTYPE, "enforce_eager": True, "block_size": CPU_BLOCK}
        given |= {"enable_chunked_prefill": False}  # it ends the process where a request has a seed
    return given | dict(card.options)


@contextmanager
def starting_errors(source: str) -> Iterator[None]:
    """While vLLM starts.

    Raises:
        ModelUnavailable: it does not; the reason is in the message, or stands above it on standard error.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, ImportError, TypeError, RuntimeError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelUnavailable(
            f"{source} cannot be loaded by vLLM: {lines[-1].rstrip('.')}.", "vLLM's own messages stand above."
        ) from error


def take_part(index: int, count: int) -> None:
    """Let this process, one of `count` that do the same, use its part of the processor cores if they do the work."""
    cores = sorted(os.sched_getaffinity(0))
    if current_platform.is_cpu() and len(cores) >= count:
        os.sched_setaffinity(0, cores[index::count])
