"""Runs a command, turning errors into one line and an exit code. Knows no command.

Every command of the project runs behind it: `raise SystemExit(run(main))`.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from playground.errors import PlaygroundError
from playground.visible import has_half, visible_line

INTERRUPTED = 130
"""128 + SIGINT, as shells write it."""
PIPE_CLOSED = 141
"""128 + SIGPIPE: whoever read the output has seen enough."""
PATH_FAULTS = (errno.ENAMETOOLONG, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENOTDIR)
"""What is wrong with a path that was given, whoever looks at it first."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line and whose options are never abbreviated."""

    def __init__(self, **options: object) -> None:
        defaults = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}
        super().__init__(**{**defaults, **options})  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        print(f"error: {visible_line(message)} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


def utf8_text(value: str) -> str:
    """An argument that can be written anywhere, as the `type` of an option: half a character is refused."""
    if has_half(value):
        raise argparse.ArgumentTypeError("this is not UTF-8 text")
    return value


def run(main: Callable[[], None]) -> int:
    """Run a command and return its exit code.

    An expected error (`PlaygroundError`) becomes one line on standard error, and so does a path that the system
    refuses; any other is a defect of this program and keeps its traceback.
    """
    try:
        main()
        sys.stdout.flush()
    except PlaygroundError as error:
        print(f"error: {visible_line(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.errno in PATH_FAULTS and error.filename is not None:
            print(f"error: {visible_line(f'{error.filename}: {error.strerror}')}. Check the path.", file=sys.stderr)
            return 2
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter's last flush complains
        if error.errno == errno.EPIPE:
            return PIPE_CLOSED
        print(f"error: The output cannot be written: {error.strerror}. Send it to another place.", file=sys.stderr)
        return 2
    return 0
