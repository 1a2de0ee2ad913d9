"""Finds the files that ship with the project. Does not know what is in them."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def assets_dir() -> Path:
    """The `assets` folder of the checkout, or its copy inside an installed wheel."""
    installed = PACKAGE / "_assets"
    return installed if installed.is_dir() else PACKAGE.parent / "assets"
