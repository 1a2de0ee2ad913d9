"""Ends vLLM's processes when the process that started them is gone, however it went. Knows no engine.

vLLM ends its processes when it is asked to; where the asking process is killed they would keep their memory for ever.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

_WATCH = 'read -r _; kill -KILL "$@" 2>/dev/null'


class Guard:
    """A shell that waits for the end of its input, which comes when this process ends."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "guard", *map(str, pids)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # a signal to this process's group must not end it first
        )

    def dismiss(self) -> None:
        """The processes have ended, or are about to."""
        self._shell.kill()
        self._shell.wait()
        if self._shell.stdin is not None:
            self._shell.stdin.close()
