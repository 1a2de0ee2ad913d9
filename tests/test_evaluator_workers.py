"""Several processes that share a batch: dealt, gathered, killed, with a real model in each of them."""

import os
import signal
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.command import prepare
from evaluator.options import parser, request
from evaluator.running.opening import OneAtATime, opening
from evaluator.running.participants import participants
from evaluator.running.workers import Workers, deal, devices
from playground.engine.base import Request
from playground.engine.scripted import ScriptedEngine
from playground.engine.transformers.engine import TransformersEngine
from playground.errors import EngineError, InvalidInput, ModelUnavailable
from playground.models import ModelCard, find_card
from playground.records import TWIN_TESTS
from playground.sampling import SamplingParams
from playground.thinking import NO_TAGS


@pytest.fixture(scope="module")
def card(tiny_model):
    return ModelCard(name="tiny", engine="transformers", source=str(tiny_model), think=NO_TAGS)


@given(st.integers(0, 2000), st.integers(1, 9))
def test_every_request_is_dealt_once_and_evenly(count, hands):
    dealt = deal(count, hands)
    assert sorted(position for hand in dealt for position in hand) == list(range(count))
    lengths = [len(hand) for hand in dealt]
    assert max(lengths) - min(lengths) <= 64
    assert count < hands or min(lengths) > 0


def test_each_process_has_gpus_of_its_own():
    assert [devices(None, index, 2, 2) for index in range(2)] == ["0,1", "2,3"]
    assert devices("4,5,7", 1, 3, 1) == "5"
    assert devices("", 1, 2, 1) == ""
    with pytest.raises(InvalidInput, match="need 4; CUDA_VISIBLE_DEVICES names 2"):
        devices("0,1", 0, 2, 2)


def test_two_processes_give_what_one_engine_gives(card):
    requests = [Request(prompt="Mia", params=SamplingParams(temperature=0, max_tokens=n)) for n in range(1, 20)]
    with Workers(card, 2) as workers, TransformersEngine.load(card) as engine:
        assert len(set(workers.pids)) == 2
        assert workers.identity == engine.identity
        assert workers.token_ends("Mia has 7") == engine.token_ends("Mia has 7")
        ours, theirs = (sorted(each.generate(requests)) for each in (workers, engine))
        assert [c.text for _, c in ours] == [c.text for _, c in theirs]
        assert list(workers.generate([])) == []


@pytest.mark.parametrize("long_dead", [False, True])
def test_a_killed_process_is_named_and_none_is_left(card, long_dead):
    requests = [Request(prompt="Mia", params=SamplingParams(seed=n, max_tokens=200)) for n in range(400)]
    with Workers(card, 2) as workers:
        pids = workers.pids
        os.kill(pids[1], signal.SIGKILL)
        if long_dead:
            os.waitid(os.P_PID, pids[1], os.WEXITED | os.WNOWAIT)
        with pytest.raises(EngineError, match=r"Worker process 2 of tiny was killed by signal 9 .* goes on from"):
            list(workers.generate(requests))
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def test_an_error_in_a_process_is_told(card):
    with Workers(card, 1) as workers, pytest.raises(EngineError, match="context holds 256"):
        list(workers.generate([Request(prompt="Mia " * 400)]))


def test_a_model_that_cannot_be_loaded_is_told(card):
    with pytest.raises(ModelUnavailable, match="There is no dtype 'int3'"):
        Workers(replace(card, options={"dtype": "int3"}), 2)


def test_several_processes_are_for_vllm():
    with pytest.raises(InvalidInput, match="--engine vllm"):
        opening([find_card("tiny-oak-plain")], 2)
    with pytest.raises(InvalidInput, match="--data-parallel is 0"):
        opening([], 0)


def test_one_model_is_loaded_at_a_time_and_once_for_consecutive_stages():
    told = []

    @contextmanager
    def opened(card):
        told.append(f"load-{card.name}")
        with ScriptedEngine(name=card.name) as engine:
            yield engine
        told.append(f"close-{card.name}")

    with OneAtATime(opened) as models:
        for name in ("A", "B", "B", "A"):
            with models.open(ModelCard(name=name, engine="scripted", source="", think=NO_TAGS)) as engine:
                told.append(engine.identity.model)
    assert told == ["load-A", "A", "close-A", "load-B", "B", "B", "close-B", "load-A", "A", "close-A"]


def test_the_likelihood_probe_is_refused_for_several_processes_before_any_work():
    words = ["--engine", "vllm", "--data-parallel", "2", "--likelihood", "--dry-run"]
    with pytest.raises(InvalidInput, match="one process"):
        prepare(request(parser("full", "", "", TWIN_TESTS).parse_args(words), TWIN_TESTS))


def test_engine_options_reach_the_models():
    words = ["--models", "tiny-oak-plain", "--dtype", "bfloat16"]
    asked = request(parser("full", "", "", TWIN_TESTS).parse_args(words), TWIN_TESTS)
    assert participants(asked).cards[0].options == {"dtype": "bfloat16"}
