"""Translates errors of torch and transformers into ours. Knows no model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from safetensors import SafetensorError

from playground.errors import EngineError, ModelUnavailable

_LOADING = (OSError, ValueError, KeyError, ImportError, AttributeError, TypeError, RuntimeError, SafetensorError)


@contextmanager
def vendor_errors() -> Iterator[None]:
    """While a model works.

    Raises:
        EngineError: out of memory, or any other failure of the device.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise EngineError("The device is out of memory.", "Use a smaller batch_size or a smaller model.") from error
    except RuntimeError as error:
        raise EngineError(f"The model failed: {_line(error)}.", "Try again, or reload the model.") from error


@contextmanager
def loading_errors(source: str) -> Iterator[None]:
    """While a model is loaded from `source`.

    Raises:
        ModelUnavailable: the library cannot load it, whatever the reason; the reason is in the message.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise ModelUnavailable(f"{source} does not fit the device's memory.", "Choose a smaller model.") from error
    except _LOADING as error:
        raise ModelUnavailable(f"{source} cannot be loaded: {_line(error)}.", "Check the model's files.") from error


def _line(error: Exception) -> str:
    """The first line of an error's message."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
