"""How work in vLLM ends: closed, dropped, killed. vLLM's own counters and the process table tell.

These tests end an engine that others share, so they come last.
"""

import os
import signal
from contextlib import closing
from dataclasses import replace
from threading import Thread

import pytest
from processes import alive, within

from playground.engine.base import Request
from playground.errors import EngineError, Unsupported
from playground.sampling import SamplingParams

LONG = SamplingParams(temperature=2.0, top_p=1.0, max_tokens=1900, seed=3)
"""So hot that most texts have hundreds of tokens."""


def requests(count):
    return [Request(prompt="Mia", params=replace(LONG, seed=seed)) for seed in range(count)]


def test_closing_a_stream_ends_the_work(oak):
    with closing(oak.stream(Request(prompt="Mia", params=LONG))) as stream:
        next(stream)
        assert within(1, lambda: oak.counters.running == 1)
    assert within(1, lambda: oak.counters.running == 0)


def test_closing_a_batch_ends_the_work(oak):
    with closing(oak.generate(requests(300))) as results:
        next(results)
        assert oak.counters.running > 10
    assert within(1, lambda: oak.counters.running + oak.counters.waiting == 0)


def test_the_death_of_a_reader_ends_the_work(oak):
    def read():
        for _ in oak.stream(Request(prompt="Mia", params=LONG)):
            raise SystemExit

    reader = Thread(target=read)
    reader.start()
    reader.join(20)
    assert within(1, lambda: oak.counters.running == 0)


def test_a_stream_goes_on_while_another_is_closed(oak):
    other = oak.stream(Request(prompt="Leo", params=LONG))
    next(other)
    with closing(oak.stream(Request(prompt="Mia", params=LONG))) as stream:
        next(stream)
    assert next(other).text
    other.close()


def test_what_vllm_does_not_take_is_refused_before_any_work(oak):
    with pytest.raises(Unsupported, match="temperatures up to 2"):
        oak.stream(Request(prompt="Mia", params=SamplingParams(temperature=2.5)))


def test_a_stop_string_in_a_batch_ends_the_work(oak):
    stopping = [Request(prompt="Mia", params=SamplingParams(max_tokens=500, seed=n, stop=(".",))) for n in range(20)]
    for _, completion in oak.generate(stopping):
        assert completion.finish_reason in ("stop", "length")
        assert "." not in completion.text
    assert within(1, lambda: oak.counters.running == 0)


def test_an_engine_killed_in_mid_stream_and_mid_batch_is_told_and_loaded_anew(pool, cards, elm):
    works = [elm.stream(Request(prompt="Mia", params=LONG)), elm.generate(requests(100))]
    for work in works:
        next(work)
    os.kill(elm.pids[0], signal.SIGKILL)
    for work in works:
        with pytest.raises(EngineError, match=r"tiny-elm-plain has ended .* Try again"):
            list(work)
    assert not elm.usable
    with pytest.raises(EngineError, match="has ended"):
        list(elm.generate(requests(2)))
    assert pool.get(cards[1]) is not elm


def test_a_closed_engine_says_so_and_is_gone(pool, cards):
    engine = pool.get(cards[1])
    pool.unload(cards[1])
    with pytest.raises(EngineError, match="unloaded"):
        next(engine.stream(Request(prompt="Mia")))
    assert within(20, lambda: not any(alive(pid) for pid in engine.pids))
