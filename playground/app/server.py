"""Serves the page on this machine. Knows no model but the cards it is given, and nothing of what the page shows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

import gradio as gr
from starlette.middleware import Middleware

from playground.app.address import check_address
from playground.app.layout import build_app
from playground.app.origin import OwnOrigin
from playground.app.questions import with_folder
from playground.app.theme import styles, theme
from playground.engine.pool import Pool
from playground.errors import ModelUnavailable
from playground.models import SCRIPTED, ModelCard, availability, shipped_cards
from playground.run_folders import RunFolders
from playground.store import Store

QUEUE = 64
"""Visitors who may wait at once."""
SESSIONS = 256
"""Pages of which Gradio keeps what it knows."""


def serve(
    *,
    host: str,
    port: int,
    open_browser: bool,
    models: Sequence[ModelCard],
    runs: RunFolders | None = None,
    data_dir: Path | None = None,
) -> None:
    """Load what can run here and serve the page until it is interrupted.

    `runs` are what the runs page reads, `data_dir` holds further questions.

    Raises:
        InvalidInput: an address that others could reach, a port that cannot be had, or no questions in the folder.
        RunError: the sessions cannot be kept.
        KeyboardInterrupt: somebody stopped it.
    """
    check_address(host, port)
    questions = None if data_dir is None else with_folder(data_dir)
    with closing(Pool()) as pool, closing(Store(sessions_file())) as store:
        _load(pool, models)
        listen(build_app(pool, models, store, runs, questions), host, port, open_browser)


def listen(page: gr.Blocks, host: str, port: int, open_browser: bool = False) -> None:
    """Serve a page until the process is interrupted.

    Raises:
        KeyboardInterrupt: somebody stopped it.
    """
    name = f"[{host}]" if ":" in host else host
    page.queue(max_size=QUEUE, api_open=False)
    page.launch(
        server_name=name,
        server_port=port,
        inbrowser=open_browser,
        theme=theme(),
        css=styles(),
        app_kwargs={"middleware": [Middleware(OwnOrigin)]},
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        run_history=False,
        footer_links=[],
        max_file_size="1mb",
        enable_monitoring=False,
        state_session_capacity=SESSIONS,
    )
    print(f"The page is at http://{name}:{port} (Ctrl-C ends it)", flush=True)
    try:
        Event().wait()
    finally:
        page.close()


def sessions_file() -> Path:
    """Where sessions are kept: the folder for an application's data of whoever serves the page."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "off-trajectory" / "sessions.sqlite"


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
