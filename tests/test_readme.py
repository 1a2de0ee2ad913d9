"""The README's commands and its example, run as they stand."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from layout import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    command
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for command in block.splitlines()
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def run(*command: str, cwd: Path) -> str:
    return subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True, check=True).stdout


def test_the_python_example_hands_over_a_trajectory(tmp_path: Path) -> None:
    (example,) = blocks("python")
    written = run("-c", example, cwd=tmp_path)
    authors = [line.split()[0] for line in written.splitlines()]
    assert authors == ["tiny-oak-plain", "tiny-elm-reflective", "tiny-elm-reflective"]  # thinking, thinking, answer
    assert len([line for line in example.splitlines() if line.strip()]) <= 10


def test_the_terminal_commands_work_in_their_order(tmp_path: Path) -> None:
    ours = [shlex.split(command, comments=True) for command in COMMANDS if " playground relay " in command]
    for later in (" playground inspect ", " playground outcomes "):
        ours += [shlex.split(command, comments=True) for command in COMMANDS if later in command]
    assert len(ours) == 4
    written = [run(*command[1:], cwd=tmp_path) for command in ours]
    assert all(text.strip() for text in written)


@pytest.mark.parametrize("target", re.findall(r"^make ([\w-]+)", "\n".join(COMMANDS), re.MULTILINE))
def test_make_knows_its_targets(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_evaluator_commands_take_their_options() -> None:
    ours = [shlex.split(command, comments=True) for command in COMMANDS if " evaluator." in command]
    assert {command[2] for command in ours} == {
        "evaluator.full",
        "evaluator.report",
        "evaluator.compare",
        "evaluator.grade",
        "evaluator.review",
    }
    for command in ours:
        shown = run("-m", command[2], "--help", cwd=ROOT)
        assert all(option in shown for option in command if option.startswith("--"))


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []
