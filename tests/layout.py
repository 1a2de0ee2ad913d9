"""The files of the project as a tree: what the README shows, and what there is. `python -m tests.layout` prints it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("playground", "evaluator")


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the packages, relative to the root."""
    found = (path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return tuple(sorted(found))


def shown() -> set[Path]:
    """The files of the packages that the README's tree names."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^```\w*\n(playground/.*?)^```", readme, re.MULTILINE | re.DOTALL)
    files: set[Path] = set()
    parents: list[tuple[int, str]] = []
    for line in block[1].splitlines() if block else ():
        indent = len(line) - len(line.lstrip())
        name = line.split()[0] if line.strip() else ""
        parents = [parent for parent in parents if parent[0] < indent]
        if name.endswith("/"):
            parents.append((indent, name))
        elif name.endswith(".py"):
            files.add(Path("".join(parent for _, parent in parents), name))
    return files


def expected() -> set[Path]:
    """The files that the README's tree has to name: all but the packages' `__init__.py`."""
    return {path for path in modules() if path.name != "__init__.py"}


def drawn() -> str:
    """The tree with the first sentence of each docstring."""
    lines: list[str] = []
    folder = Path()
    for path in sorted(expected(), key=lambda path: (path.parts[0] != "playground", path.parent.parts, path.name)):
        if path.parent != folder:
            folder = path.parent
            lines.append(f"{'  ' * (len(folder.parts) - 1)}{folder.name + '/':<20} {phrase(folder / '__init__.py')}")
        lines.append(f"{'  ' * len(folder.parts)}{path.name:<18} {phrase(path)}")
    return "\n".join(lines)


def phrase(path: Path) -> str:
    """What a file says of itself, as far as the first full stop or colon."""
    docstring = ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))) or ""
    return re.split(r"[.:] |[.:]?\n|[.:]$", docstring)[0]


if __name__ == "__main__":
    print(drawn())
