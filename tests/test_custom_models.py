"""Models that visitors name: what may be one, and what is not read, asked or told."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_server import FaultServer

from playground.app.offer import MOST_ADDED, Offer
from playground.assets import assets_dir
from playground.custom_models import custom_card
from playground.engine.options import EngineOptions
from playground.engine.server.engine import ServerEngine
from playground.errors import InvalidInput, ModelUnavailable, PlaygroundError
from playground.models import SCRIPTED, ModelCard, find_card
from playground.thinking import NO_TAGS

OAK = assets_dir() / "reasoners" / "tiny-oak-plain"


def added(name: str) -> ModelCard:
    return custom_card(name, EngineOptions())


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def test_a_checkpoints_directory_is_a_model_as_the_options_have_it_run(tmp_path: Path) -> None:
    folder = shutil.copytree(OAK, tmp_path / "own-oak")
    card = custom_card(f" {folder} ", EngineOptions(dtype="bfloat16"))
    assert (card.name, card.template, dict(card.options)) == (
        "own-oak",
        find_card("tiny-oak-plain").template,
        {"dtype": "bfloat16"},
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is not a model that can be added"),
        ("/etc/passwd", "is not a model that can be added"),
        ("/etc", "is not a model that can be added"),
        ("/no/such/folder", "is not a model that can be added"),
        ("../../etc", "is not a model that can be added"),
        ("replay:/etc/passwd", "is not a model that can be added"),
        ("/etc/passwd.gguf", "is not a model that can be added"),
        (SCRIPTED, "is not a model that can be added"),
        ("é" * 290, "is not a model that can be added"),
        ("x" * 301, "not the name of a model"),
        ("a\x1b[2J/b", "not the name of a model"),
        ("a\0b", "not the name of a model"),
        ("server:m", "on which server"),
        ("http://ann:secret@127.0.0.1/v1", "a user or a password"),
        ("http://127.0.0.1:1/v1?template=/etc#m", "has options"),
        ("file:///etc/passwd", "is not a model that can be added"),
        ("nobody/nothing", "nobody/nothing is not in the local cache, and HF_HUB_OFFLINE is set"),
    ],
)
def test_what_is_no_model_is_refused_in_one_line(name: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(PlaygroundError) as refused:
        added(name)
    assert says in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_directory_that_may_not_be_looked_into_is_as_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(InvalidInput, match="is not a model that can be added"):
        added("/root/secret")


def test_a_server_that_a_visitor_names_gets_no_key_and_no_directory_is_read_for_it(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-operator")
    server.root = str(OAK)
    card = added(server.url)
    ServerEngine.load(card).close()
    assert card.name == f"m@127.0.0.1:{server.server_port}"
    assert (card.template, set(server.keys)) == (None, {None})


@pytest.mark.parametrize("name", ["m\x1b[2J", "m" * 301])
def test_a_server_names_no_model_what_is_no_name(server: FaultServer, name: str) -> None:
    server.model = name
    with pytest.raises(InvalidInput, match="name that the model gives itself"):
        added(server.url)


def test_a_server_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.engine.server.connection.CONNECT_PATIENCE", 0.0)
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1:1"):
        added("http://127.0.0.1:1/v1#m")


def card(name: str) -> ModelCard:
    return ModelCard(name=name, engine="scripted", source="", think=NO_TAGS)


def test_without_the_operators_leave_nothing_is_added() -> None:
    with pytest.raises(InvalidInput, match="Visitors cannot add models here"):
        Offer([card("a")]).add("b")


def test_a_model_is_added_once_and_never_in_the_place_of_another_one() -> None:
    offer = Offer([card("a")], card)
    assert offer.add("b") == offer["b"]
    for name in ("a", "b"):
        with pytest.raises(InvalidInput, match=f"a model called '{name}' already"):
            offer.add(name)
    assert list(offer) == ["a", "b"]


def test_only_so_many_are_added() -> None:
    offer = Offer([], card)
    for number in range(MOST_ADDED):
        offer.add(str(number))
    with pytest.raises(InvalidInput, match=f"{MOST_ADDED} models were added"):
        offer.add("one more")


def test_a_name_that_cannot_be_added_leaves_room_for_others() -> None:
    offer = Offer([card("a")], card)
    for _ in range(MOST_ADDED):
        with pytest.raises(InvalidInput, match="already"):
            offer.add("a")
    assert offer.add("b").name == "b"
