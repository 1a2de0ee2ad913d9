"""The options that say where the page is served, to whom, and what each visitor may use. Serves nothing."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.app.network.address import Network


def add_network_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options; `network` reads them."""
    group = parser.add_argument_group("the network")
    given = os.environ.get
    host = given("GRADIO_SERVER_NAME") or "127.0.0.1"
    group.add_argument("--host", default=host, help="address to listen on (%(default)s; GRADIO_SERVER_NAME)")
    port = given("GRADIO_SERVER_PORT") or "7860"
    group.add_argument("--port", type=int, default=port, help="port to listen on (%(default)s; GRADIO_SERVER_PORT)")
    who = "who may log in: USER:PASSWORD, which other users of this machine can see in the list of processes, or @FILE"
    who += " of such lines; may be repeated (OFF_TRAJECTORY_AUTH)"
    group.add_argument("--auth", action="append", default=[], metavar="USER:PASSWORD|@FILE", help=who)
    unsafe = "ask for no login, even where other machines can reach the page"
    group.add_argument("--no-auth-unsafe", action="store_true", help=unsafe)
    operator = "a user who may load and unload models where others can reach the page; may be repeated"
    group.add_argument("--operator", action="append", default=[], metavar="USER", help=operator)
    named = "a further name under which the page answers, such as that of a proxy; may be repeated"
    group.add_argument("--allowed-host", action="append", default=[], metavar="NAME", help=named)
    root = "the path or the whole address under which a proxy serves the page (GRADIO_ROOT_PATH)"
    group.add_argument("--root-path", default=given("GRADIO_ROOT_PATH", ""), metavar="PATH", help=root)
    share = "also a temporary address on the internet, through Gradio's tunnel; needs --auth"
    group.add_argument("--share", action="store_true", help=share)
    group.add_argument("--ssl-keyfile", type=Path, metavar="FILE", help="key for https (PEM)")
    group.add_argument("--ssl-certfile", type=Path, metavar="FILE", help="certificate for https (PEM)")
    group.add_argument("--inbrowser", action="store_true", help="open the page in a browser")
    _add_limits(parser.add_argument_group("what visitors may use"))


def _add_limits(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--relays-at-once", type=int, metavar="N", help="relays that write at once; others wait (16)")
    group.add_argument("--relays-per-visitor", type=int, metavar="N", help="of one visitor, writing or waiting (3)")
    group.add_argument("--tokens-per-hour", type=int, metavar="N", help="tokens written for one visitor (1,000,000)")


def network(arguments: argparse.Namespace) -> Network:
    """The network settings that a command line gives.

    Raises:
        InvalidInput: an account that makes no sense, or a limit that lets nobody write.
    """
    from playground.app.network.accounts import read_accounts  # not before it is known that Gradio is installed
    from playground.app.network.address import Network
    from playground.app.room import Limits

    limits = {
        "at_once": arguments.relays_at_once,
        "visitor_at_once": arguments.relays_per_visitor,
        "tokens_per_hour": arguments.tokens_per_hour,
    }
    return Network(
        host=arguments.host,
        port=arguments.port,
        allowed_hosts=tuple(arguments.allowed_host),
        accounts=read_accounts(arguments.auth),
        operators=tuple(arguments.operator),
        no_auth_unsafe=arguments.no_auth_unsafe,
        share=arguments.share,
        root_path=arguments.root_path,
        ssl_keyfile=arguments.ssl_keyfile,
        ssl_certfile=arguments.ssl_certfile,
        open_browser=arguments.inbrowser,
        limits=Limits(**{name: value for name, value in limits.items() if value is not None}),
    )
