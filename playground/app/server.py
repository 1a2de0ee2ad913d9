"""Serves the pages. Knows no model but the cards it is given, and nothing of what a page shows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import gradio as gr
from gradio.routes import App, ORJSONResponse

from playground.app.layout import build_app
from playground.app.network.address import Network
from playground.app.network.guard import Application, Guard
from playground.app.network.origin import Hosts
from playground.app.questions import with_folder
from playground.app.theme import styles, theme
from playground.engine.pool import Pool
from playground.errors import ModelUnavailable
from playground.models import SCRIPTED, ModelCard, availability, shipped_cards
from playground.runs.folders import RunFolders
from playground.store import Store

SESSIONS = 256
"""Pages of which Gradio keeps what it knows."""


def serve(
    network: Network,
    models: Sequence[ModelCard],
    runs: RunFolders | None = None,
    data_dir: Path | None = None,
    find: Callable[[str], ModelCard] | None = None,
) -> None:
    """Load what can run here and serve the page until it is interrupted.

    `runs` are what the runs page reads, `data_dir` holds further questions; `find` makes the card of
    a model that a visitor names, and without it visitors add none.

    Raises:
        InvalidInput: an address that others could reach without a login, a port that is not available, or no questions
            in the folder.
        RunError: the sessions cannot be kept.
        KeyboardInterrupt: somebody stopped it.
    """
    network.check()
    questions = None if data_dir is None else with_folder(data_dir)
    with closing(Pool()) as pool, closing(Store(sessions_file())) as store:
        _load(pool, models)
        print(*warnings(network, custom_models=find is not None), sep="", end="", flush=True)
        listen(build_app(pool, models, store, runs, questions, network=network, find=find), network)


class _GuardedApp(App):  # type: ignore[misc]
    """Gradio's application behind the guard, which stands before all other middleware."""

    def __init__(self, hosts: Hosts, pages: Sequence[str]) -> None:
        super().__init__(default_response_class=ORJSONResponse)
        self._hosts = hosts
        self._pages = pages

    def build_middleware_stack(self) -> Application:
        return Guard(super().build_middleware_stack(), self._hosts, self._pages)


def listen(page: gr.Blocks, network: Network) -> None:
    """Serve the pages until the process is interrupted.

    Raises:
        KeyboardInterrupt: somebody stopped it.
    """
    hosts = network.hosts
    page.queue(max_size=network.limits.waiting, api_open=False)
    _, _, shared = page.launch(
        server_name=f"[{network.host}]" if ":" in network.host else network.host,
        server_port=network.port,
        inbrowser=network.open_browser,
        auth=network.accounts.admit if network.accounts else None,
        share=network.share,
        root_path=network.root_path,
        ssl_keyfile=str(network.ssl_keyfile) if network.ssl_keyfile else None,
        ssl_certfile=str(network.ssl_certfile) if network.ssl_certfile else None,
        ssl_verify=False,  # asked of itself alone
        theme=theme(),
        css=styles(),
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        mcp_server=False,
        num_workers=0,
        run_history=False,
        footer_links=[],
        max_file_size="1mb",
        enable_monitoring=False,
        state_session_capacity=SESSIONS,
        _frontend=False,  # or a server that is busy from the first second on takes itself for unreachable
        _app=_GuardedApp(hosts, [f"/{path}" for path, *_ in page.pages]),
    )
    if shared:
        hosts.named.add(urlsplit(shared).hostname or "")
    _tell(network, shared)
    try:
        Event().wait()
    finally:
        page.close()


def sessions_file() -> Path:
    """Where sessions are kept: the folder for an application's data of whoever serves the page."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "off-trajectory" / "sessions.sqlite"


def warnings(network: Network, *, custom_models: bool) -> list[str]:
    """What an operator should know whose page others can reach, a line each."""
    if network.local:
        return []
    lines = []
    if network.accounts and not network.ssl_certfile:
        lines.append("Passwords travel unencrypted, unless a proxy sees to it: --ssl-keyfile and --ssl-certfile.\n")
    if custom_models:
        lines.append("Visitors can make this machine fetch models and ask any address: --allow-custom-models.\n")
    return lines


def _tell(network: Network, shared: str | None) -> None:
    also = f" and {shared}" if shared else ""
    print(f"The page is at {network.address}{also} (Ctrl-C ends it)", flush=True)


def _load(pool: Pool, models: Sequence[ModelCard]) -> None:
    """Load the shipped models; one that fails is said here, and again where somebody asks for it."""
    shipped = {SCRIPTED, *(card.name for card in shipped_cards())}
    for card in models:
        if card.name not in shipped or not availability(card).available:
            continue
        try:
            pool.get(card)
            print(f"loaded {card.name}", flush=True)
        except ModelUnavailable as error:
            print(f"not loaded: {card.name}: {error}", flush=True)
