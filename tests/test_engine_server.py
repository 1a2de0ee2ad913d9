"""The engine on served models: what it finds out, what it refuses, and hand-overs that are exact to the byte."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import served

from playground.__main__ import command
from playground.cli import border
from playground.engine.base import Engine, Request
from playground.engine.pool import Pool, complete_card
from playground.engine.server.engine import ServerEngine
from playground.errors import ContextTooLong, InvalidInput, Unsupported
from playground.hand_over import Rule
from playground.models import ModelCard, find_card, shipped_cards
from playground.prompting import render
from playground.relay import Participant, TurnEnded, hand_off_turns, relay
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory

QUESTION = "Mia has 3 apples. She buys 4 more apples. How many apples does Mia have?"
KEY = "sk-never-to-be-seen-0123456789"


@pytest.fixture(scope="module")
def oak() -> Path:
    return Path(next(card.source for card in shipped_cards() if card.name == "tiny-oak-plain"))


@pytest.fixture(scope="module")
def urls(oak) -> Iterator[dict[str, str]]:
    with served(oak) as found:
        yield found


@pytest.fixture
def url(urls) -> str:
    return urls["full"]


@pytest.fixture
def bare(urls) -> str:
    return urls["bare"]


def engine_of(name: str, **options: str | int) -> ServerEngine:
    card = find_card(name)
    return ServerEngine.load(ModelCard(**{**_fields(card), "options": {**card.options, **options}}))


def _fields(card: ModelCard) -> dict[str, object]:
    return {name: getattr(card, name) for name in ("name", "engine", "source", "think")}


def greedy(prompt: str, **params: object) -> Request:
    return Request(prompt=prompt, params=SamplingParams(**{"temperature": 0, "max_tokens": 8, **params}))


def test_a_card_is_completed_by_what_the_server_says(url, oak):
    card = complete_card(find_card(url))
    own = find_card(str(oak))
    assert card.name == f"tiny@{url.split('/')[2]}"
    assert (card.think, card.template) == (own.think, own.template)


def test_a_template_can_be_that_of_another_model(bare):
    said: list[str] = []
    unknown = complete_card(find_card(bare), said.append)
    assert unknown.template is None
    assert any("no chat template is known" in line for line in said)
    like = complete_card(find_card(f"{bare}?template=tiny-elm-plain#tiny"))
    assert like.template == find_card("tiny-elm-plain").template


def test_what_is_off_is_named_with_the_reason(url, bare):
    assert not capabilities_of(url).why
    off = capabilities_of(bare)
    assert (off.top_k, off.scoring, off.token_counts) == (False, False, False)
    assert "echo is not supported" in off.why["scoring"]
    assert "Unrecognized request argument" in off.why["top_k"]
    assert "the server does not say" in off.why["context_length"]


def capabilities_of(name: str):
    with engine_of(name) as engine:
        return engine.capabilities


def test_what_is_off_is_refused(bare):
    with engine_of(bare) as engine:
        with pytest.raises(Unsupported, match="top_k"):
            engine.stream(greedy("Mia", top_k=5))
        with pytest.raises(Unsupported, match="does not score"):
            engine.score("Mia", " has")
        with pytest.raises(Unsupported, match="alternatives"):
            engine.generate([greedy("Mia", logprobs=21)])


def test_a_bare_server_writes_the_same_text(url, bare):
    with engine_of(url) as one, engine_of(bare) as other:
        for request in (greedy("Mia has 3", max_tokens=30), greedy("Leo", stop=(" and",), max_tokens=30)):
            full, plain = [list(engine.stream(request))[-1] for engine in (one, other)]
            assert (plain.text, plain.finish_reason, plain.stop_string) == (
                full.text,
                full.finish_reason,
                full.stop_string,
            )
            assert plain.completion_tokens == full.completion_tokens


def test_a_prompt_that_does_not_fit_is_told_by_servers_that_do_not_count(bare):
    with engine_of(bare) as engine, pytest.raises(ContextTooLong) as caught:
        list(engine.stream(greedy("word " * 3000)))
    assert caught.value.available == 2048
    assert caught.value.needed > 2048


def test_the_end_of_the_context_ends_a_text(url, bare):
    prompt = "Mia has 3 apples.\n" * 250
    with engine_of(url) as engine, engine_of(bare) as other:
        room = engine.capabilities.context_length - len(engine.token_ends(prompt))
        assert 0 < room < 100
        results = [next(one.generate([greedy(prompt, max_tokens=4000)])).completion for one in (engine, other)]
        assert results[0].completion_tokens <= room
        assert results[0].text == results[1].text


@pytest.mark.parametrize(
    ("mode", "why"), [("chat", "answered 404"), ("wrapping", "puts a template of its own around prompts")]
)
def test_chat_is_an_announced_fallback_and_continues_the_thinking(urls, mode, why):
    said: list[str] = []
    card = complete_card(find_card(f"{urls[mode]}?template=tiny-oak-plain"), said.append)
    assert any(f"raw_prompts is off: /completions {why}" in line for line in said)
    own = find_card("tiny-oak-plain")
    begun = Trajectory(question=QUESTION)
    with loaded(card) as engine, loaded(own) as direct:
        expected = list(direct.stream(greedy(render(begun, own), max_tokens=20)))[-1].text
        assert list(engine.stream(greedy(render(begun, card), max_tokens=20)))[-1].text == expected
        with pytest.raises(InvalidInput, match="turns"):
            list(engine.stream(greedy("no border")))


def test_a_chat_that_begins_a_new_turn_is_told(urls):
    off = capabilities_of(urls["turns"]).why["raw_prompts"]
    assert re.search(r"adds \d+ tokens to a text that is to be continued", off)
    assert "continued" not in capabilities_of(urls["chat"]).why["raw_prompts"]


def loaded(card: ModelCard) -> Engine:
    return Pool().get(card)


def relayed(*cards: ModelCard) -> list[TurnEnded]:
    pool = Pool()
    params = SamplingParams(max_tokens=200)
    writers = [Participant(card=card, engine=pool.get(card), params=params) for card in cards]
    turns = hand_off_turns(writers, Rule.parse("steps:2"))
    ended = [event for event in relay(Trajectory(question=QUESTION), turns, 3) if isinstance(event, TurnEnded)]
    pool.close()
    return ended


@pytest.mark.parametrize("served_first", [True, False])
def test_a_hand_over_between_here_and_there_is_exact(url, served_first):
    here, there = find_card("tiny-oak-plain"), complete_card(find_card(url))
    ended = relayed(*((there, here) if served_first else (here, there)))
    alone = relayed(here, here)
    texts = [segment.text.encode() for segment in ended[-1].trajectory.segments]
    assert texts == [segment.text.encode() for segment in alone[-1].trajectory.segments]
    prompts = [render(event.trajectory, card) for event, card in zip(ended, (here, there), strict=True)]
    assert prompts == [render(event.trajectory, here) for event in alone]
    assert {segment.provenance.engine for segment in ended[-1].trajectory.segments} == {"server", "transformers"}


def test_the_command_line_takes_a_served_model(url, tmp_path, capsys, monkeypatch):
    words = ["relay", "--question", QUESTION, "--model", "server:tiny", "--max-tokens", "20"]
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert border.run(lambda: command(words)) == 2
    assert "--base-url" in capsys.readouterr().err
    assert border.run(lambda: command([*words, "--base-url", url, "--json", str(tmp_path / "t")])) == 0
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    assert border.run(lambda: command([*words, "--json", str(tmp_path / "again")])) == 0
    first, again = (json.loads((tmp_path / name).read_text())["segments"] for name in ("t", "again"))
    assert [segment["text"] for segment in first] == [segment["text"] for segment in again]
