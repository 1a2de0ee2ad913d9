"""A key is sent, and seen nowhere: in no error, log, repr, output or saved file."""

import logging
import traceback

import pytest
from fault_server import FaultServer

from playground.__main__ import command
from playground.cli import border
from playground.engine.base import Request
from playground.engine.server.connection import place_of
from playground.engine.server.engine import ServerEngine
from playground.errors import InvalidInput, ServerError
from playground.models import ModelCard
from playground.thinking import NO_TAGS

KEY = "sk-never-to-be-seen-0123456789"


@pytest.mark.parametrize("fault", ["status 401", "status 400", "status 500", "error event", "reset"])
def test_a_key_is_sent_and_seen_nowhere(fault, monkeypatch, caplog, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with FaultServer() as server:
        card = ModelCard(
            name="m", engine="server", source=server.url, think=NO_TAGS, options={"retry_seconds": 0, "timeout": 1}
        )
        with ServerEngine.load(card) as engine:
            server.plan.append(fault)
            with pytest.raises(ServerError) as caught:
                list(engine.stream(Request(prompt="p")))
            shown = [repr(engine), repr(engine._client), repr(vars(engine._client)), repr(vars(engine)), repr(card)]
            shown += [repr(engine.capabilities), repr(engine.identity), repr(place_of(card)), str(caught.value)]
    assert set(server.keys) == {f"Bearer {KEY}"}
    shown += traceback.format_exception(caught.value)
    shown += [caplog.text, *capsys.readouterr()]
    assert KEY not in "".join(shown)


def test_a_key_is_in_no_saved_file(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with FaultServer() as server:
        words = ["relay", "--question", "Why?", "--model", server.url, "--json", str(tmp_path / "t.json")]
        assert border.run(lambda: command(words)) == 0
        server.plan.extend(["status 401"])
        assert border.run(lambda: command(words)) == 1
        assert f"Bearer {KEY}" in server.keys
    output = capsys.readouterr()
    assert "[key]" in output.err
    assert KEY not in (tmp_path / "t.json").read_text() + output.out + output.err


def test_a_key_that_no_header_can_hold_is_refused(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "ключ")
    with FaultServer() as server, pytest.raises(InvalidInput) as caught:
        ServerEngine.load(ModelCard(name="m", engine="server", source=server.url, think=NO_TAGS))
    assert "ключ" not in str(caught.value)
