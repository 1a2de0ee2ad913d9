"""How a served model is named."""

import pytest

from playground.engine.server.client import ServerClient, ServerSettings
from playground.engine.server.connection import place_of
from playground.errors import InvalidInput
from playground.models import find_card
from tests.commands import run


def test_an_address_names_server_model_and_options():
    card = find_card("http://127.0.0.1:8000/v1/?timeout=5&max_connections=2#org/name")
    assert (card.name, card.engine, card.source) == ("org/name@127.0.0.1:8000", "server", "http://127.0.0.1:8000/v1")
    place = place_of(card)
    assert (place.address.model, place.address.root) == ("org/name", "http://127.0.0.1:8000")
    assert (place.settings.timeout, place.settings.max_connections) == (5.0, 2)


def test_a_path_on_the_servers_machine_is_not_shown():
    assert find_card("http://host/v1#/home/somebody/model").name == "model@host"


def test_a_base_url_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "https://one.example/v1")
    assert find_card("server:m").source == "https://one.example/v1"
    assert find_card("server:m", "https://two.example/v1").source == "https://two.example/v1"
    assert find_card("server:").name == "one.example"


@pytest.mark.parametrize("words", ["relay --model scripted --question Why?", "probe scripted", "--model scripted"])
def test_a_base_url_that_no_model_goes_with_is_refused(words, capsys):
    assert run(*words.split(), "--base-url", "https://one.example/v1") == 2
    assert "none of the models is named like that" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("http://", "not one that can be used"),
        ("http://host:99999/v1", "not one that can be used"),
        ("http://user:secret@host/v1", "a user or a password"),
        ("server:x", "on which server"),
    ],
)
def test_an_address_that_cannot_be_is_refused(name, problem, monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(InvalidInput, match=problem) as caught:
        find_card(name)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["http://ü..x/v1", "http://xn--/v1", "http://host/v\x01"])
def test_an_address_that_no_request_can_have_is_refused(name):
    with pytest.raises(InvalidInput, match="cannot be the address of a server"):
        ServerClient(place_of(find_card(name)).address, ServerSettings())


@pytest.mark.parametrize(
    "query",
    ["colour=red", "timeout=soon", "timeout=nan", "max_connections=0", "max_connections=inf", "context_length=0"],
)
def test_an_option_that_cannot_be_is_refused(query):
    with pytest.raises(InvalidInput):
        place_of(find_card(f"http://127.0.0.1:1/v1?{query}#m"))
