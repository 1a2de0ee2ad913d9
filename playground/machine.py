"""The memory that this machine has for models. Loads no model library."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where models run that no card puts elsewhere."""

    device: Literal["cpu", "cuda"]
    memory_bytes: int
    """Of the device: all of it, whoever uses it now."""


@cache
def this_machine() -> Machine:
    """The first CUDA device, if there is one that torch can use; otherwise the processor."""
    cuda = _cuda_bytes()
    return Machine(device="cuda", memory_bytes=cuda) if cuda else Machine(device="cpu", memory_bytes=cpu_bytes())


@cache
def cpu_bytes() -> int:
    """The machine's memory, or the limit of the container that this process runs in."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [path.read_text(encoding="ascii").strip() for path in _LIMITS if path.is_file()]
    return min([physical, *(int(limit) for limit in limits if limit.isdigit())])


def _cuda_bytes() -> int:
    """Asked of the driver's own tool, for torch takes seconds to import."""
    try:
        if version("torch").endswith("+cpu") or shutil.which("nvidia-smi") is None:
            return 0
        words = ("nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits")
        said = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    except (PackageNotFoundError, subprocess.TimeoutExpired):
        return 0
    first = (said.stdout.splitlines() or [""])[0].strip()
    return int(first) << 20 if said.returncode == 0 and first.isdigit() else 0
