"""The engines without a model: what they write, how fast, and how they stop."""

import time
from threading import Thread

import pytest

from playground.engine.base import Completion, Request
from playground.engine.replay import ReplayEngine
from playground.engine.scripted import ScriptedEngine
from playground.errors import InvalidInput
from playground.sampling import SamplingParams
from playground.thinking import NO_TAGS, QWEN3_TAGS

STORY = (
    "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers. "
    "How many stickers does Mia have now?<think>\n"
)
TRACE = "Okay, so 3 and 4.\nThat makes 7.\n</think>\n\n7"


def last(engine: ScriptedEngine | ReplayEngine, prompt: str, **params: object) -> Completion:
    *_, completion = engine.stream(Request(prompt=prompt, params=SamplingParams(**params)))
    assert isinstance(completion, Completion)
    return completion


@pytest.mark.parametrize("seed", range(5))
def test_the_script_solves_a_short_story(seed):
    assert last(ScriptedEngine(), STORY, seed=seed).text.endswith("</think>\n\nThe answer is \\boxed{27}.")


def test_the_script_goes_on_with_its_own_thinking():
    whole = last(ScriptedEngine(), STORY, seed=1).text
    assert whole[:30] + last(ScriptedEngine(), STORY + whole[:30], seed=1).text == whole


def test_the_script_turns_back_on_foreign_thinking():
    text = last(ScriptedEngine(), STORY + "Zoe has 3 shells.", seed=1).text
    assert text.startswith(("\nWait", "\nHold on"))
    assert text.endswith("\\boxed{27}.")


def test_many_short_requests_take_little_time():
    requests = [Request(prompt="1 + 1", params=SamplingParams(seed=seed, max_tokens=8)) for seed in range(10_000)]
    begin = time.process_time()
    assert len(list(ScriptedEngine(lambda prompt, seed: "It is 2.").generate(requests))) == 10_000
    assert time.process_time() - begin < 3


def test_the_trace_goes_on_where_the_prompt_ends():
    assert last(ReplayEngine(TRACE), f"What?<think>\n{TRACE[:9]}").text == TRACE[9:]


def test_another_prompt_gets_the_trace_from_its_beginning():
    assert last(ReplayEngine(TRACE), "What?<think>\nOkay, no.").text == TRACE
    assert last(ReplayEngine(TRACE, tags=QWEN3_TAGS), "What?").text == f"<think>\n{TRACE}"


@pytest.mark.parametrize("cut", range(len(TRACE) + 1))
def test_a_trace_without_tags_goes_on_after_its_longest_beginning(cut):
    assert last(ReplayEngine(TRACE, tags=NO_TAGS), "OkOkay, OOkay. " + TRACE[:cut]).text == TRACE[cut:]


def test_the_speed_is_kept():
    begin = time.perf_counter()
    completion = last(ReplayEngine(TRACE, tokens_per_second=100), "What?<think>\n")
    assert completion.completion_tokens / 100 <= time.perf_counter() - begin < 2


@pytest.mark.parametrize(
    "engine", [ReplayEngine("word " * 99, tokens_per_second=0.1), ScriptedEngine(lambda p, s: "a b", token_seconds=10)]
)
def test_a_close_wakes_an_engine_that_sleeps(engine):
    stream = engine.stream(Request(prompt="What?"))
    seen: list[object] = []
    reader = Thread(target=lambda: seen.extend(stream))
    reader.start()
    time.sleep(0.2)
    stream.close()
    reader.join(timeout=3)
    assert not reader.is_alive()
    assert [(step.text, step.finish_reason) for step in seen] == [("", "abort")]


@pytest.mark.parametrize("speed", [0, -1])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(InvalidInput):
        ReplayEngine(TRACE, tokens_per_second=speed)
