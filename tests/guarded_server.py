"""Serves the page where others could reach it, with a login: `python guarded_server.py PORT SESSIONS`."""

import sys
from pathlib import Path

from playground.app.layout import build_app
from playground.app.network.accounts import Accounts
from playground.app.network.address import Network
from playground.app.server import listen
from playground.engine.pool import Pool
from playground.models import ModelCard
from playground.store import Store
from playground.thinking import QWEN3_TAGS

USER, PASSWORD = "ann", "correct horse"
OTHER, OTHERS_PASSWORD = "ben", "battery staple"
NAME = "lab.example"

if __name__ == "__main__":
    network = Network(
        host="0.0.0.0",
        port=int(sys.argv[1]),
        accounts=Accounts([f"{USER}:{PASSWORD}", f"{OTHER}:{OTHERS_PASSWORD}"]),
        allowed_hosts=(NAME,),
        operators=(USER,),
    )
    card = ModelCard(name="scripted", engine="scripted", source="", think=QWEN3_TAGS)
    listen(build_app(Pool(), [card], Store(Path(sys.argv[2]))), network)
