"""Joins the pages into one application with a common header. Knows no page's components.

Each page has an address of its own, so that a link leads to it, and is loaded alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Final, NamedTuple

import gradio as gr

from playground.app.models.catalogue import Catalogue
from playground.app.models.page import models_page
from playground.app.network.address import Network
from playground.app.offer import Offer
from playground.app.outcomes.handlers import OutcomesHandlers
from playground.app.outcomes.page import outcomes_page
from playground.app.questions import QuestionList, shipped
from playground.app.relay.handlers import Handlers
from playground.app.relay.page import relay_page
from playground.app.room import Room
from playground.app.runs.page import runs_page
from playground.app.runs.reader import RunReader
from playground.app.theme import static
from playground.engine.pool import Pool
from playground.models import ModelCard
from playground.runs.folders import RunFolders
from playground.store import Store

TITLE: Final = "Off-Trajectory"


class Tab(NamedTuple):
    """A page of the application."""

    name: str
    path: str
    """What follows the application's address; empty for the page that opens first."""
    draw: Callable[[], None]
    tools: str = ""
    """Buttons at the right end of its header, as HTML."""


def build_app(
    pool: Pool,
    cards: Iterable[ModelCard],
    store: Store,
    runs: RunFolders | None = None,
    questions: QuestionList | None = None,
    *,
    network: Network | None = None,
    find: Callable[[str], ModelCard] | None = None,
) -> gr.Blocks:
    """All pages, on which the cards' models write; engines stay in the pool, never in the pages' state.

    `questions` are those to choose from, by default the shipped ones; `find` makes the card of a model that a visitor
    names, and without it visitors add none.
    """
    network, offer = network or Network(), Offer(cards, find)
    room, known = Room(network.limits), questions or shipped()
    handlers = Handlers(pool, offer, store, known, room)
    outcomes = OutcomesHandlers(pool, offer, store, known, room)
    catalogue = Catalogue(pool, offer, network, lambda model: handlers.busy(model) or outcomes.busy(model))
    reader = RunReader(runs, offer, store)
    tabs = [
        Tab("Relay", "", lambda: relay_page(handlers, offer), tools=static("tools.html")),
        Tab("Outcomes", "outcomes", lambda: outcomes_page(outcomes, offer)),
        Tab("Runs", "runs", lambda: runs_page(reader)),
        Tab("Models", "models", lambda: models_page(catalogue)),
    ]
    app = gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False)
    for tab in tabs:
        with app.route(tab.name, tab.path) if tab.path else app:
            gr.HTML(html_template=_header(tabs, tab), apply_default_css=False, js_on_load=None)
            tab.draw()
    return app


def _header(tabs: Sequence[Tab], shown: Tab) -> str:
    """The header of a page, with links to the others."""
    links = "".join(
        f'<a href="./{tab.path}"{" aria-current=page" if tab is shown else ""}>{escape(tab.name)}</a>' for tab in tabs
    )
    return static("header.html").replace("<!-- tabs -->", links).replace("<!-- tools -->", shown.tools)
