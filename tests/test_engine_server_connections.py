"""How the server engine treats a server's connections: how many at once, used again, and closed with their work."""

import time
from contextlib import closing

import pytest
from fault_server import text_of
from faulty import FAST, asked, batch, both, card, connected

from playground.engine.server.engine import ServerEngine
from playground.errors import EngineError, InvalidInput, ModelUnavailable, ServerError
from playground.models import ModelCard
from playground.thinking import NO_TAGS

__all__ = ["both"]


def test_a_server_says_how_long_to_wait():
    with connected(first_pause=0.001) as (server, engine):
        server.plan.append("busy until")
        begin = time.monotonic()
        batch(engine, asked())
        assert 0.0 < time.monotonic() - begin < 10
        server.plan.append("busy until")
        with connected(retry_seconds=0) as (other, impatient):
            other.plan.append("busy until")
            with pytest.raises(ServerError) as caught:
                batch(impatient, asked())
        assert caught.value.kind == "busy"
        assert caught.value.retry_after <= 1


def test_a_busy_server_gets_fewer_requests_at_once_and_then_more_again():
    with connected(max_connections=32) as (server, engine):
        server.capacity, server.pause = 4, 0.003
        texts = [c.text for c in batch(engine, *[asked(f"{n}", n) for n in range(60)])]
        assert texts == [text_of(f"{n}", n) for n in range(60)]
        halved = engine._exchange.limit.allowed
        assert halved < 32
        server.capacity, server.pause = 100, 0.0
        batch(engine, *[asked(f"{n}", n) for n in range(120)])
        assert engine._exchange.limit.allowed > halved


def test_no_more_requests_run_at_once_than_allowed():
    with connected(max_connections=3) as (server, engine):
        server.pause = 0.005
        batch(engine, *[asked(f"{n}", max_tokens=5) for n in range(12)])
        assert server.most_running == 3


def test_connections_are_used_again(both):
    server, engine = both
    before = server.connections
    for number in range(5):
        list(engine.stream(asked(f"{number}")))
    assert server.connections - before <= 1


def test_closing_a_stream_closes_the_request(both):
    server, engine = both
    server.pause = 0.05
    with closing(engine.stream(asked())) as stream:
        next(stream)
        assert server.running == 1
    server.pause = 0.0
    assert server.settled()


def test_closing_a_batch_closes_its_requests():
    with connected(max_connections=6) as (server, engine):
        server.pause = 0.05
        requests = [asked(f"{n}", max_tokens=1 if n == 0 else 200) for n in range(20)]
        results = engine.generate(requests)
        assert next(results).position == 0
        results.close()
        assert server.settled()
        assert len([1 for what, _ in server.journal if what == "asked"]) <= 8


def test_a_server_that_is_silent_is_left_at_once_when_the_stream_is_closed():
    with connected(timeout=60) as (server, engine):
        server.plan.append("silent")
        stream = engine.stream(asked())
        stream._start()
        while not server.running:
            time.sleep(0.01)
        begin = time.monotonic()
        stream.close()
        assert list(stream) == []
        assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("HTTP_PROXY", "ftp://127.0.0.1:1", "proxy in the environment cannot be used"),
        ("SSL_CERT_FILE", "/nowhere/at/all.pem", "SSL_CERT_DIR names cannot be read: No such file"),
    ],
)
def test_an_environment_that_cannot_be_is_told(both, monkeypatch, variable, value, problem):
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidInput, match=problem):
        ServerEngine.load(card(both[0], timeout=0.5))


def test_a_proxy_that_refuses_is_told_as_one(both, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", both[0].url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    options = {**FAST, "retry_seconds": 0}
    secure = ModelCard(name="m", engine="server", source="https://model.example/v1", think=NO_TAGS, options=options)
    with pytest.raises(ModelUnavailable, match=r"model\.example cannot be reached through the proxy: 501"):
        ServerEngine.load(secure)


def test_a_closed_engine_says_so():
    with connected() as (_server, engine):
        pass
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        list(engine.stream(asked()))
