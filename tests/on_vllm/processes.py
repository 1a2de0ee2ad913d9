"""Waiting for what other processes do, and which of them are there."""

import time
from collections.abc import Callable
from pathlib import Path


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    return bool(stat := _stat(pid)) and stat[0] != "Z"


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    others = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return [other for other in others if (stat := _stat(other)) and int(stat[1]) == pid]


def _stat(pid: int) -> list[str]:
    """What the system says of a process after its name: its state, its parent …; nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
