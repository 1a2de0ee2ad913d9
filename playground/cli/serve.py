"""The command without a name: serve the page. Knows no page, only where it is served."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec

from playground.engine.pool import complete_card
from playground.errors import MissingExtra
from playground.models import find_card, known_cards


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the page's options on the main parser."""
    page = parser.add_argument_group("the page")
    page.add_argument("--host", default="127.0.0.1", help="address to listen on, this machine's own (%(default)s)")
    page.add_argument("--port", type=int, default=7860, help="port to listen on (%(default)s)")
    model_help = "a further model to choose from: a directory, replay:FILE, or URL#NAME of a server; may be repeated"
    page.add_argument("--model", action="append", default=[], metavar="NAME", help=model_help)
    page.add_argument("--base-url", metavar="URL", help="where server:NAME is served (OPENAI_BASE_URL)")
    page.add_argument("--inbrowser", action="store_true", help="open the page in a browser")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> None:
    """Serve the page until it is interrupted.

    Raises:
        MissingExtra: gradio is not installed.
        InvalidInput: the address is not this machine's own, or the port is taken; or a model that there is not.
        ModelUnavailable: a server that cannot be used.
    """
    if find_spec("gradio") is None:
        raise MissingExtra("gradio", "ui")
    from playground.app.server import serve  # gradio: seconds to import

    further = [complete_card(find_card(name, arguments.base_url), _tell) for name in arguments.model]
    models = (*known_cards(), *further)
    serve(host=arguments.host, port=arguments.port, open_browser=arguments.inbrowser, models=models)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)
