"""The parts of the server engine that need no server: events, pauses, limits, chunks and tokens."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.loop_thread import LoopThread, Produced
from playground.engine.server.chunks import MalformedAnswer, chunk_of, texts_of, usage_of
from playground.engine.server.concurrency import AdaptiveLimit
from playground.engine.server.event_stream import EventParser, MalformedStream
from playground.engine.server.faults import context_fault
from playground.engine.server.reading import Reading
from playground.engine.server.retry import Patience, retry_after
from playground.engine.server.tokens import ends_told
from playground.errors import ServerError
from playground.sampling import SamplingParams

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def busy(seconds: float | None = None) -> ServerError:
    return ServerError("here", "busy", "is busy", retry_after=seconds)


@given(st.lists(TEXTS, max_size=5), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.integers(1, 9))
def test_events_survive_any_cut(texts, end, size):
    data = b"".join(
        b": ping" + end + b"data: " + json.dumps(text, ensure_ascii=False).encode() + 2 * end for text in texts
    )
    data += b":"  # a last carriage return may be half of a line end, until something follows
    parser = EventParser()
    events = [event for at in range(0, len(data), size) for event in parser.feed(data[at : at + size])]
    assert [json.loads(event) for event in events] == texts


def test_an_event_of_several_lines_is_one():
    assert EventParser().feed(b"event: x\ndata: a\ndata:b\nid: 1\n\n") == ["a\nb"]


def test_a_byte_order_mark_takes_no_event_with_it():
    parser = EventParser()
    blocks = [b"\xef\xbb", b"\xbfdata: a\n", b"\n", b"data: \xef\xbb\xbfb\n\n"]
    assert [event for block in blocks for event in parser.feed(block)] == ["a", "\ufeffb"]


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(MalformedStream):
        EventParser().feed(b"data: \xff\n\n")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("Tue, 24 Nov 2026 00:00:09 GMT", 9.0), ("Mon, 23 Nov 2026 00:00:00 GMT", 0.0)],
)
def test_a_server_asks_to_wait_in_seconds_or_until_a_date(value, seconds):
    assert retry_after(value, datetime(2026, 11, 24, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", f"Tue, {10**20} Nov 2026 00:00:00 GMT"])
def test_what_is_neither_says_nothing(value):
    assert retry_after(value) is None


def test_pauses_double_with_jitter_and_end_with_the_budget():
    patience = Patience(budget=60, first_pause=1, draw=lambda: 0.0)
    assert [patience.pause(busy()) for _ in range(4)] == [0.5, 1.0, 2.0, 4.0]
    assert patience.pause(busy(20)) == 20
    with pytest.raises(ServerError, match="tried 6 times"):
        patience.pause(busy(61))


def test_time_that_was_no_waiting_for_the_server_costs_no_budget():
    patience = Patience(budget=1, first_pause=1, draw=lambda: 0.0)
    patience.excuse(60)  # nothing has gone wrong yet
    assert patience.pause(busy()) == 0.5
    with pytest.raises(ServerError):
        patience.pause(busy(2))
    patience.excuse(2)
    assert patience.pause(busy(2)) == 2


def test_a_refusal_is_final():
    with pytest.raises(ServerError) as caught:
        Patience(budget=60, first_pause=1).pause(ServerError("here", "refused", "answered 400"))
    assert "tried" not in caught.value.message


@pytest.mark.parametrize(
    ("said", "needed", "available"),
    [
        ("maximum context length is 2048 tokens. However, you requested 1 output tokens and your prompt contains at "
         "least 2049 input tokens, for a total of at least 2050 tokens", 2050, 2048),
        ("This model's maximum context length is 4097 tokens, however you requested 5000 tokens (1000 in your prompt; "
         "4000 for the completion)", 5000, 4097),
        ("request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it", 5000, 4096),
        ("the prompt is too long", 101, 100),
        ("maximum context length is 2048 tokens. However, your prompt contains 9000 characters (more than 8188 "
         "characters, which is the upper bound for 2047 input tokens)", 2049, 2048),
        ("The input (5000 tokens) is longer than the context length (4096 tokens). (request 2026112400)", 5000, 4096),
    ],
)  # fmt: skip
def test_servers_say_in_many_ways_that_a_prompt_does_not_fit(said, needed, available):
    found = context_fault(ServerError("here", "refused", f"answered 400: {said}"), 100)
    assert (found.needed, found.available) == (needed, available)
    assert context_fault(ServerError("here", "refused", "answered 400: no such model 7"), 100) is None


def test_a_round_of_busy_answers_halves_the_limit_once():
    limit = AdaptiveLimit(32)
    for _ in range(5):
        limit.back_off(0)
    assert limit.allowed == 16
    limit.back_off(limit.round)
    for _ in range(9):
        limit.recover()
    assert limit.allowed == 9


@given(TEXTS, st.lists(st.integers(0, 12), max_size=4))
def test_the_texts_of_tokens_join_whatever_a_server_calls_them(text, cuts):
    told = [text[:cut] or "\ufffd" for cut in cuts]
    assert "".join(texts_of(text, told)) == (text if told else "")


def test_tokens_that_are_parts_of_a_character_add_it_when_it_is_whole():
    assert texts_of("a 🦊!", ["a", " ", "\ufffd", "\ufffd", "!"]) == ["a", " ", "", "", "🦊!"]


@pytest.mark.parametrize(
    "told",
    [
        {"token_strs": ["ĠLeo", "ðŁ", "¦Ĭ", "ĠÃ©"]},
        {"token_strs": ["▁Leo", "<0xF0>", "<0x9F>", "<0xA6>", "<0x8A>", "▁é"]},
        {"tokens": [{"id": 1, "piece": " Leo"}, {"id": 2, "piece": [0xF0, 0x9F]}, {"id": 3, "piece": [0xA6, 0x8A]}]},
    ],
)
def test_the_ends_of_tokens_are_read_in_every_form(told):
    text = " Leo🦊" + (" é" if "token_strs" in told else "")
    ends = ends_told(told, text)
    assert ends[0] == 4
    assert ends[-1] == len(text)
    assert ends == sorted(ends)


def test_tokens_of_another_text_say_nothing():
    assert ends_told({"token_strs": ["no"]}, "yes") is None
    assert ends_told({"tokens": [1, 2]}, "yes") is None


@pytest.mark.parametrize(
    "choice",
    [
        {"text": 3},
        {"text": "\ud83e"},
        {"text": "a", "finish_reason": 1},
        {"delta": "a"},
        {"delta": {"content": "", "reasoning_content": "hm"}},
        {"text": "a", "logprobs": {"tokens": 1}},
    ],
)
def test_what_is_no_answer_is_refused(choice):
    with pytest.raises(MalformedAnswer):
        chunk_of({"choices": [choice]}, alternatives=1)


def test_log_probabilities_are_read_in_both_forms():
    lists = {"tokens": ["a"], "token_logprobs": [-1.0], "top_logprobs": [{"b": -2.0, "a": -1.0}]}
    tops = [{"token": "b", "logprob": -2.0}, {"token": "a", "logprob": -1.0}]
    objects = {"content": [{"token": "a", "logprob": -1.0, "top_logprobs": tops}]}
    first, second = (
        chunk_of({"choices": [{"text": "a", "logprobs": form}]}, alternatives=1) for form in (lists, objects)
    )
    assert first == second
    assert [(other.text, other.logprob) for other in first.tokens[0].alternatives] == [("a", -1.0)]


@pytest.mark.parametrize("reason", ["content_filter", "tool_calls", "abort", "error"])
def test_an_answer_that_ends_for_another_reason_is_none(reason):
    reading = Reading(SamplingParams(), seed=0, room=9)
    with pytest.raises(MalformedAnswer, match=reason):
        reading.take(chunk_of({"choices": [{"text": "a", "finish_reason": reason}]}, alternatives=None))
    assert not reading.finished


def test_a_server_has_counted_no_more_tokens_than_it_was_asked_for():
    reading = Reading(SamplingParams(), seed=0, room=9)
    usage = {"prompt_tokens": 1, "completion_tokens": 10**15}
    reading.take(chunk_of({"choices": [{"text": "a", "finish_reason": "stop"}], "usage": usage}, alternatives=None))
    assert reading.completion().completion_tokens == 9


@pytest.mark.parametrize("count", [10**30, -1, True, 1.5, "3", None])
def test_what_is_no_number_of_tokens_is_not_read_as_one(count):
    assert usage_of({"prompt_tokens": count}) is None
    assert usage_of({"prompt_tokens": 1, "prompt_tokens_details": {"cached_tokens": count}}).cached_tokens is None
    assert chunk_of({"choices": [{"text": "a", "token_ids": [count]}]}, alternatives=None).tokens is None


@pytest.mark.parametrize(("said", "read"), [(10**400, None), (float("nan"), None), (True, None), (7, 0.0), (-2, -2.0)])
def test_what_is_no_log_probability_is_not_read_as_one(said, read):
    choice = {"text": "a", "logprobs": {"tokens": ["a"], "token_logprobs": [said]}}
    assert chunk_of({"choices": [choice]}, alternatives=1).tokens[0].logprob == read


def test_an_iterator_that_is_closed_cancels_its_work():
    thread = LoopThread()
    ended: list[str] = []

    async def produce(emit):
        emit(1)
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("cancelled")

    items = Produced(thread, produce)
    assert next(items) == 1
    items.close()
    assert list(items) == []
    thread.close()
    assert ended == ["cancelled"]
    thread.close()
