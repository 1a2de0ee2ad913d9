"""The entry point `python -m playground`: serves the page or runs a command. Knows only which command is which."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from playground.cli import border, inspect, models, outcomes, probe, relay, serve

EXAMPLES = """\
examples:
  python -m playground                                    serve the page on http://127.0.0.1:7860
  python -m playground models                             the models that can be asked for by name
  python -m playground relay --model tiny-oak-plain --model tiny-elm-reflective --question-id t1-0001
  python -m playground outcomes --model tiny-oak-plain --model tiny-elm-reflective --question-id t1-0001 --n 20
  python -m playground probe tiny-oak-plain               what a model can do here, and its exact prompts
  python -m playground inspect trajectory.json            its steps, marks and candidate answers as JSON lines
"""


def command(words: Sequence[str] | None = None) -> None:
    """Do what the words of a command line say, by default those of this process.

    Raises:
        PlaygroundError: whatever the command raises.
    """
    parser = border.Parser(
        prog="python -m playground",
        description="Reasoning models that think together on one shared trajectory.",
        epilog=EXAMPLES,
    )
    serve.add_options(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for module in (relay, outcomes, models, probe, inspect):
        module.add_parser(commands)
    arguments = parser.parse_args(words)
    arguments.main(arguments)


def run() -> int:
    """The command behind the border; returns the exit code."""
    return border.run(command)


if __name__ == "__main__":
    sys.exit(run())
