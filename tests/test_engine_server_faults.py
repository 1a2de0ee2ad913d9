"""Whatever a server does wrong, no answer is made up and none is lost."""

import random
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from fault_server import CHUNK_FAULTS, HEAD_FAULTS, FaultServer, text_of
from faulty import FAST, asked, batch, both, card, connected

from playground.engine.base import Completion, Delta
from playground.engine.server.connection import Probes, place_of
from playground.engine.server.engine import ServerEngine
from playground.errors import ContextTooLong, EngineError, InvalidInput, ModelUnavailable, ServerError
from playground.models import ModelCard, find_card
from playground.relay import Participant, Signals, Turn, TurnEnded, continue_with
from playground.thinking import NO_TAGS
from playground.trajectory import Trajectory

__all__ = ["both"]

KINDS = {
    "busy": "busy",
    "failed": "failed",
    "error event": "failed",
    "stall": "timeout",
    "pings": "timeout",
    "silent": "timeout",
    "slow head": "timeout",
    "slow refusal": "timeout",
    "endless line": "malformed",
    "garbage": "malformed",
    "not utf-8": "malformed",
    "half a surrogate": "malformed",
    "html": "malformed",
}


@pytest.mark.parametrize("fault", [*CHUNK_FAULTS, *HEAD_FAULTS])
def test_a_fault_that_passes_costs_nothing(both, fault):
    server, engine = both
    server.plan.append(fault)
    (completion,) = batch(engine, asked(fault))
    assert (completion.text, completion.finish_reason) == (text_of(fault, 3), "stop")
    assert [what for what, prompt in server.journal if prompt == fault] == ["asked", "asked", "finished"]


@pytest.mark.parametrize("fault", CHUNK_FAULTS)
def test_a_stream_that_breaks_off_is_an_error_and_not_an_answer(both, fault):
    server, engine = both
    server.plan.append(fault)
    shown: list[Delta | Completion] = []
    with pytest.raises(ServerError) as caught:
        shown.extend(engine.stream(asked(fault)))
    assert shown
    assert all(isinstance(item, Delta) for item in shown)
    assert text_of(fault, 3).startswith("".join(item.text for item in shown))
    assert caught.value.kind == KINDS.get(fault, caught.value.kind)
    assert f"127.0.0.1:{server.server_port}" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("fault", HEAD_FAULTS)
def test_a_stream_is_begun_again_as_long_as_nothing_was_shown(both, fault):
    server, engine = both
    server.plan.append(fault)
    *_, last = engine.stream(asked(fault))
    assert last.text == text_of(fault, 3)


@pytest.mark.parametrize("fault", [*CHUNK_FAULTS, *HEAD_FAULTS])
def test_a_fault_that_stays_is_an_error_with_server_and_fix(fault):
    with connected(retry_seconds=0.02, timeout=1.0) as (server, engine):
        server.plan.extend([fault] * 50)
        with pytest.raises(ServerError) as caught:
            batch(engine, asked())
        assert caught.value.kind == KINDS.get(fault, caught.value.kind)
        assert caught.value.server in caught.value.message
        assert caught.value.hint


@pytest.mark.parametrize("fault", ["cut after the end", "garbage after the end", "nothing after the end"])
def test_what_goes_wrong_after_the_end_of_an_answer_does_not_matter(both, fault):
    server, engine = both
    server.plan.append(fault)
    (completion,) = batch(engine, asked(fault))
    assert completion.text == text_of(fault, 3)
    assert [what for what, prompt in server.journal if prompt == fault] == ["asked", "finished"]


def test_random_faults_lose_nothing_and_make_nothing_up(both):
    server, engine = both
    server.journal.clear()
    draw = random.Random(0)
    faults = ("", "", "", "cut after the end", "split", *CHUNK_FAULTS, *HEAD_FAULTS)
    server.plan.extend(draw.choices(faults, k=150))
    requests = [asked(f"prompt {number}", number) for number in range(120)]
    results = list(engine.generate(requests))
    server.plan.clear()
    assert Counter(position for position, _ in results) == Counter(range(120))
    assert all(completion.text == text_of(f"prompt {p}", p) for p, completion in results)
    for number in range(120):
        journal = [what for what, prompt in server.journal if prompt == f"prompt {number}"]
        assert (journal.count("finished"), journal[-1]) == (1, "finished")


def test_characters_may_be_cut_anywhere_on_the_way(both):
    server, engine = both
    server.plan.append("split")
    *deltas, last = engine.stream(asked())
    assert last.text == text_of("p", 3) == "".join(delta.text for delta in deltas)


def test_a_server_that_never_ends_is_cut_at_max_tokens(both):
    server, engine = both
    server.plan.append("endless")
    (completion,) = batch(engine, asked(max_tokens=60))
    assert (completion.finish_reason, completion.completion_tokens) == ("length", 60)
    assert server.settled()


def test_events_without_end_and_without_text_are_an_error(both):
    server, engine = both
    server.plan.append("endless and empty")
    with pytest.raises(ServerError, match="without end"):
        batch(engine, asked(max_tokens=20))
    assert server.settled()


def test_a_line_without_end_is_an_error():
    with connected(timeout=60, retry_seconds=0) as (server, engine):
        server.plan.append("endless line")
        with pytest.raises(ServerError, match="MiB"):
            batch(engine, asked())


def test_what_a_broken_stream_wrote_stays_in_the_relay_as_unfinished(both):
    server, engine = both
    server.plan.append("cut")
    writer = Participant(card=card(server), engine=engine, params=asked().params)
    events = []
    with pytest.raises(ServerError):
        events.extend(continue_with(Trajectory(question="q"), Turn(writer), Signals()))
    ended = events[-1]
    assert isinstance(ended, TurnEnded)
    assert ended.completion is None
    (segment,) = ended.trajectory.segments
    assert text_of("q\n\n", 3).startswith(segment.text)
    assert (segment.provenance.finish_reason, ended.trajectory.closed) == ("abort", False)


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_not_tried_again(both, status):
    server, engine = both
    server.journal.clear()
    server.plan.append(f"status {status}")
    with pytest.raises(ServerError, match=str(status)) as caught:
        batch(engine, asked())
    assert caught.value.kind == "refused"
    assert len(server.journal) == 1


@pytest.mark.parametrize("counted", ["5000 input tokens, which exceeds this limit", "5200 tokens in total"])
def test_a_prompt_that_does_not_fit_is_told_however_it_was_counted(both, counted):
    server, engine = both
    said = f"status 400 This model's maximum context length is 4096 tokens. However, your prompt contains {counted}."
    server.plan.extend([said, said])
    with pytest.raises(ContextTooLong) as caught:
        batch(engine, asked(max_tokens=1000))
    server.plan.clear()
    assert caught.value.available == 4096
    assert caught.value.needed >= 5000


def test_no_server_is_one_clear_line():
    with FaultServer() as server:
        gone = card(server, retry_seconds=0)
    with pytest.raises(ModelUnavailable, match="cannot be reached") as caught:
        ServerEngine.load(gone)
    assert "Start the server" in caught.value.hint


def test_a_server_that_does_not_speak_tls_is_told():
    with FaultServer() as server:
        secure = ModelCard(
            name="m", engine="server", source=server.url.replace("http", "https"), think=NO_TAGS, options=FAST
        )
        with pytest.raises(ModelUnavailable, match="TLS"):
            ServerEngine.load(secure)


def test_a_certificate_that_nobody_trusts_is_told(tmp_path: Path, monkeypatch):
    file = tmp_path / "both.pem"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -keyout {file} -out {tmp_path / 'c.pem'} -subj /CN=x"
    subprocess.run([*words.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    with file.open("a") as both_parts:
        both_parts.write((tmp_path / "c.pem").read_text())
    with FaultServer(certificate=file) as server:
        with pytest.raises(ModelUnavailable, match="not trusted"):
            ServerEngine.load(card(server))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "c.pem"))
        with ServerEngine.load(card(server)) as engine:
            assert batch(engine, asked())[0].text == text_of("p", 3)


def test_a_model_that_is_not_served_is_told_with_those_that_are():
    with FaultServer() as server, pytest.raises(InvalidInput, match="It has: m"):
        ServerEngine.load(find_card(f"{server.url}#other"))


def test_a_fault_while_probing_is_not_taken_for_a_missing_capability():
    with FaultServer() as server:
        server.plan.extend(["failed", "reset", "", "cut", "", "busy"])
        disturbed = Probes().findings(place_of(card(server))).capabilities
        assert not server.plan
        assert Probes().findings(place_of(card(server))).capabilities == disturbed


@pytest.mark.parametrize("path", ["/v1/models", "/props", "/tokenize"])
@pytest.mark.parametrize("fault", ["busy", "failed", "reset", "silent", "slow head"])
def test_a_fault_of_what_a_server_tells_of_itself_passes_too(path, fault):
    with FaultServer() as server:
        server.props, server.counts_tokens = {"chat_template": "{{ messages[0].content }}"}, True
        undisturbed = Probes().findings(place_of(card(server)))
        server.elsewhere[path] = fault
        assert Probes().findings(place_of(card(server))) == undisturbed
        assert not server.elsewhere


def test_an_answer_is_kept_where_its_prompt_can_no_longer_be_counted():
    with FaultServer() as server:
        server.counts_tokens = True
        with ServerEngine.load(card(server)) as engine:
            server.journal.clear()
            server.plan.append("cut after the end")
            server.elsewhere["/tokenize"] = "failed"
            (completion,) = batch(engine, asked("one two"))
            assert (completion.text, completion.prompt_tokens) == (text_of("one two", 3), 2)
            assert [what for what, _ in server.journal] == ["asked", "finished"]


def test_who_waits_for_others_loses_no_patience():
    with connected(max_connections=1, retry_seconds=0.3) as (server, engine):
        server.pause = 0.03
        server.plan.extend(["", "busy"])
        first, second = engine.stream(asked("first", max_tokens=20)), engine.stream(asked("second", max_tokens=5))
        next(first)
        second._start()  # and waits for the only connection, longer than its patience
        assert list(first)[-1].completion_tokens == 20
        assert list(second)[-1].completion_tokens == 5


def test_what_a_server_refuses_is_a_missing_capability_and_no_end():
    with FaultServer() as server:
        server.highest_temperature = 1.0
        can = Probes().findings(place_of(card(server))).capabilities
    assert (can.seeds, can.top_k, can.samples) == (False, False, True)
    assert can.why["seeds"] == "answered 400: temperature is above 1.0"


@pytest.mark.parametrize(
    "answer", [{"a": 1}, {"choices": [3]}, {"choices": [{"logprobs": {"tokens": 3}}]}, {"choices": {"0": 1}}]
)
def test_an_echo_that_is_none_is_an_error(answer):
    with FaultServer() as server:
        lists = {"tokens": ["a", "b"], "token_logprobs": [None, -1.0]}
        server.echo_answer = {"choices": [{"logprobs": lists}]}
        with ServerEngine.load(card(server, retry_seconds=0)) as engine:
            assert [token.logprob for token in engine.score("a", "b")] == [-1.0]
            server.echo_answer = answer
            with pytest.raises(EngineError):
                engine.score("a", "b")


def test_a_server_without_models_is_told():
    with FaultServer() as server:
        server.model = None
        with pytest.raises(InvalidInput, match="serves no models"):
            ServerEngine.load(card(server))
