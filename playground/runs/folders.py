"""Finds the runs in one directory, by name. Hands out no other path: no way up, no link that leads elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import lexists
from pathlib import Path

from playground.errors import InvalidInput
from playground.grading.reviews import OPINIONS_FILE, OVERRIDES_FILE
from playground.runs.ledger import LEDGER_FILE

FIGURES = "figures"
MOST_FIGURE_BYTES = 2_000_000
"""Larger pictures are left out."""


@dataclass(frozen=True, slots=True)
class RunFolders:
    """A directory whose folders are runs."""

    root: Path

    def names(self) -> list[str]:
        """The folders with a ledger, the one written to last first; those that are links are left out."""
        try:
            found = [folder for folder in self.root.iterdir() if _is_run(folder)]
            return [folder.name for folder in sorted(found, key=_changed, reverse=True)]
        except OSError:
            return []

    def folder(self, name: str) -> Path:
        """The folder of a run.

        Raises:
            InvalidInput: there is no run of this name, or the verdicts beside its ledger lie elsewhere.
        """
        if name not in self.names():
            raise InvalidInput(f"There is no run called {name[:60]!r}.", "Choose one from the list.")
        folder = self.root / name
        for beside in (OPINIONS_FILE, OVERRIDES_FILE):
            if lexists(folder / beside) and not _is_own_file(folder / beside):
                raise InvalidInput(f"{beside} of {name[:60]!r} is a link, or no file.", "Put the file itself there.")
        return folder

    def figures(self, name: str) -> dict[str, Path]:
        """The run's figures by name, each an SVG file, or a PNG where there is no SVG. Raises as `folder` does."""
        folder = self.folder(name) / FIGURES
        if folder.is_symlink() or not folder.is_dir():
            return {}
        paths = [path for form in ("*.png", "*.svg") for path in sorted(folder.glob(form)) if _is_own_file(path)]
        return {path.stem: path for path in paths if path.stat().st_size <= MOST_FIGURE_BYTES}


def _is_run(folder: Path) -> bool:
    return not folder.is_symlink() and folder.is_dir() and _is_own_file(folder / LEDGER_FILE)


def _is_own_file(path: Path) -> bool:
    return not path.is_symlink() and path.is_file()


def _changed(folder: Path) -> float:
    return (folder / LEDGER_FILE).stat().st_mtime
