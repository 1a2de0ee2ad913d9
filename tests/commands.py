"""Commands run as a shell runs them."""

import json
import subprocess
import sys

from playground.__main__ import command
from playground.cli import border
from playground.trajectory import Trajectory

MIA = "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers. How many does Mia have?"
TWO = ("relay", "--model", "scripted", "--model", "scripted", "--question", MIA)
"""A relay of two that costs nothing."""


def run(*words: str) -> int:
    return border.run(lambda: command(words))


def saved(path) -> Trajectory:
    return Trajectory.from_dict(json.loads(path.read_text()))


def process(*words: str, **options) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, *words], **{**pipes, **options})
