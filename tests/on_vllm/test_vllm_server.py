"""A real vLLM server: the contract of every engine, what the probe finds, aborts, and hand-overs exact to the byte."""

import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("vllm")

from served import VLLM_BLOCK, vllm_served
from test_engine_contract import *  # noqa: F403 – every test of the contract
from test_engine_contract import Subject

from playground.cli.probe import described
from playground.engine.base import Request
from playground.engine.pool import Pool, complete_card
from playground.engine.server.engine import ServerEngine
from playground.hand_over import Rule
from playground.model_report import report_on
from playground.models import ModelCard, find_card
from playground.prompting import render
from playground.reasoners.questions import shipped_questions
from playground.relay import Participant, TurnEnded, hand_off_turns, relay
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory
from tests.probe_document import documented

QUESTION = shipped_questions(1)[0].problem
LONG = SamplingParams(temperature=2.0, top_p=1.0, max_tokens=1900, seed=3)
"""As hot as vLLM allows: the text wanders, and the end is long in coming."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with vllm_served(Path(find_card("tiny-oak-plain").source)) as found:
        yield found


@pytest.fixture(scope="module")
def card(url) -> ModelCard:
    return complete_card(find_card(url))


@pytest.fixture(scope="module")
def engine(card) -> Iterator[ServerEngine]:
    with ServerEngine.load(card) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def subject(engine, card) -> Subject:
    prompt = render(Trajectory(question=QUESTION), card)
    return Subject(engine=engine, prompt=prompt, too_long="word " * 4000, block=VLLM_BLOCK, several_tokens="")


def running(url: str) -> float:
    """What the server itself counts."""
    with urllib.request.urlopen(f"{url.removesuffix('/v1')}/metrics") as response:
        text = response.read().decode()
    found = re.findall(r"^vllm:num_requests_(?:running|waiting)\{.*\} (\S+)$", text, re.MULTILINE)
    assert found
    return sum(map(float, found))


def comes(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true soon: the server counts with every step of its engine."""
    end = time.monotonic() + 20
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def test_vllm_can_do_everything(engine, card):
    can = engine.capabilities
    assert (can.raw_prompts, can.streaming, can.samples, can.top_k, can.token_counts, can.scoring) == (True,) * 6
    assert (can.context_length, can.logprobs) == (2048, 20)
    own = find_card("tiny-oak-plain")
    assert (card.template, card.think) == (own.template, own.think)


def test_probe_says_what_its_document_says(engine, card, url):
    told = [line.replace("127.0.0.1:8000", url.split("/")[2]) for line in documented()["http://127.0.0.1:8000/v1"]]
    assert len(told) >= 15
    assert [line for line in told if line not in described(report_on(card, engine))] == []


def test_closing_a_stream_ends_the_work_in_vllm(engine, url):
    with closing(engine.stream(Request(prompt="Mia", params=LONG))) as stream:
        next(stream)
        assert comes(lambda: running(url) == 1)
    assert comes(lambda: running(url) == 0)


def test_closing_a_batch_ends_the_work_in_vllm(engine, url):
    requests = [Request(prompt="Mia", params=SamplingParams(max_tokens=1)), *[Request(prompt="Leo", params=LONG)] * 40]
    with closing(engine.generate(requests)) as results:
        next(results)
        assert comes(lambda: running(url) > 4)
    assert comes(lambda: running(url) == 0)


def relayed(*cards: ModelCard) -> list[TurnEnded]:
    with closing(Pool()) as pool:
        params = SamplingParams(max_tokens=300, temperature=0)
        writers = [Participant(card=card, engine=pool.get(card), params=params) for card in cards]
        turns = hand_off_turns(writers, Rule.parse("steps:2"))
        return [event for event in relay(Trajectory(question=QUESTION), turns, 3) if isinstance(event, TurnEnded)]


@pytest.mark.parametrize("served_first", [True, False])
def test_a_hand_over_between_here_and_vllm_is_exact(card, served_first):
    here = find_card("tiny-oak-plain")
    ended = relayed(*((card, here) if served_first else (here, card)))
    alone = relayed(here, here)
    texts = [segment.text.encode() for segment in ended[-1].trajectory.segments]
    assert texts == [segment.text.encode() for segment in alone[-1].trajectory.segments]
    assert [render(event.trajectory, card) for event in ended] == [render(event.trajectory, here) for event in alone]
    assert {segment.provenance.engine for segment in ended[-1].trajectory.segments} == {"server", "transformers"}
