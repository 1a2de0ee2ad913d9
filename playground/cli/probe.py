"""The command `probe`, which shows what a model can do here and the exact prompts it gets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from playground.cards.server_address import check_base_url
from playground.cli.engine_options import add_engine_options, engine_options
from playground.cli.models import add_models_file, tell
from playground.cli.terminal import Terminal
from playground.engine.pool import Pool, complete_card
from playground.model_report import ModelReport, report_on, report_unloaded
from playground.models import availability, find_card
from playground.visible import visible_json

EXAMPLES = """\
examples:
  python -m playground probe tiny-oak-plain
  python -m playground probe Qwen/Qwen3-0.6B --json
  python -m playground probe ./checkpoint --engine vllm --max-model-len 8192
  python -m playground probe http://127.0.0.1:8000/v1

assets/probes.md has an example for each engine.
"""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("probe", help="what a model can do here, and its exact prompts", epilog=EXAMPLES)
    help_line = "a model's name, a checkpoint's directory, .gguf file or hub id, replay:FILE, or URL#NAME on a server"
    parser.add_argument("model", metavar="MODEL", help=help_line)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--base-url", metavar="URL", help="where server:NAME is served (OPENAI_BASE_URL)")
    add_models_file(parser)
    add_engine_options(parser)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> None:
    """Print a model's report; one that cannot be loaded here is reported as far as its files say.

    Raises:
        InvalidInput: no such model, a models file that cannot be read, a chat template that fails, or an engine option
            that cannot be.
        ModelUnavailable: nothing of the model is here, or its files are broken.
    """
    check_base_url(arguments.base_url, [arguments.model])
    found = find_card(arguments.model, arguments.base_url, models_file=arguments.models_file)
    card = engine_options(arguments).applied(found)
    here = availability(card)
    if here.available:
        card = complete_card(card, tell)
    with closing(Pool()) as pool:
        report = report_on(card, pool.get(card, tell)) if here.available else report_unloaded(card, here.why)
    if arguments.json:
        print(visible_json(report.to_dict()), end="")
        return
    terminal = Terminal(sys.stdout, colour=False)
    for line in described(report):
        terminal.line(line, "")
    for stage, prompt in report.prompts.items():
        terminal.heading(f"prompt, {stage}", "")
        terminal.write(prompt, "")
        terminal.end_line()


def described(report: ModelReport) -> Iterator[str]:
    """The report in lines, but for the prompts."""
    card, think, drawn = report.card, report.card.think, report.card.sampling
    yield f"model: {card.name}"
    identity = asdict(report.identity) if report.identity else {}
    yield f"engine: {card.engine} {identity.get('engine_version', '')}".rstrip()
    if identity:
        yield f"runs: revision {identity['revision']}, {identity['dtype']} on {identity['device']}"
    abilities = asdict(report.capabilities) if report.capabilities else {}
    reasons = abilities.pop("why", {})
    for name, value in abilities.items():
        reason = f" ({reasons[name]})" if name in reasons else ""
        yield f"{name.replace('_', ' ')}: {_worded(value)}{reason}"
    if report.why:
        yield f"not loaded: {report.why}"
    if think.open is None:
        yield "think tags: none; thinking and answer are one text"
    else:
        writes = "the chat template" if think.template_opens else "the playground"
        yield f"think tags: {think.open} … {think.close}; {writes} writes the open tag and then {think.after_open!r}"
    yield f"think tags from: {card.think_from or 'the engine'}"
    yield f"contradictions: {'; '.join(card.contradictions) or 'none'}"
    limit = drawn.top_k or "none"
    yield f"sampling: temperature {drawn.temperature:g}, top_p {drawn.top_p:g}, top_k {limit}"


def _worded(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
