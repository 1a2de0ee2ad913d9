"""Checks that an extra's optional packages are installed before a command needs them. Imports none of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from playground.errors import MissingExtra

PACKAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "hf": ("torch", "transformers", "tokenizers", "safetensors"),
    "ui": ("gradio",),
    "eval": ("numpy", "pandas", "matplotlib", "tabulate", "scipy", "statsmodels", "pyarrow"),
}
"""What is imported of an extra, by the extra's name."""


def require(extra: str) -> None:
    """See that an extra is installed.

    Raises:
        MissingExtra: it is not; the hint is the line that installs it.
    """
    for package in PACKAGES[extra]:
        if find_spec(package) is None:
            raise MissingExtra(package, extra)
