"""The contract of `playground.engine.base`, held by every engine. A further engine is one more entry in `SUBJECTS`."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from playground.engine.base import Completion, Delta, Request
from playground.errors import ContextTooLong, Unsupported
from playground.sampling import SamplingParams
from tests.engine_subjects import PROMPT, SUBJECTS, TRACE, Subject


@pytest.fixture(scope="module", params=SUBJECTS)
def subject(request: pytest.FixtureRequest, tiny_model: Path) -> Iterator[Subject]:
    made = SUBJECTS[request.param](tiny_model)
    with made.surroundings, made.engine:
        yield made


def asked(subject: Subject, prompt: str | None = None, **params: object) -> Request:
    return Request(prompt=prompt or subject.prompt, params=SamplingParams(**{"max_tokens": 40, "seed": 1, **params}))


def run(subject: Subject, request: Request) -> tuple[list[Delta], Completion]:
    *deltas, last = subject.engine.stream(request)
    assert isinstance(last, Completion)
    assert all(isinstance(delta, Delta) for delta in deltas)
    return deltas, last


def test_deltas_join_to_the_completion(subject):
    deltas, completion = run(subject, asked(subject))
    assert completion.text
    assert "".join(delta.text for delta in deltas) == completion.text
    assert all(delta.text == "".join(token.text for token in delta.tokens) for delta in deltas)


def test_token_texts_join_to_the_text(subject):
    _, completion = run(subject, asked(subject))
    assert "".join(token.text for token in completion.tokens) == completion.text
    assert completion.completion_tokens == len(completion.tokens) <= 40


def test_a_seed_repeats(subject):
    first, second = (run(subject, asked(subject, seed=5, temperature=1.0))[1] for _ in "12")
    assert (first.text, first.seed) == (second.text, 5)


def test_seeds_differ(subject):
    if not subject.samples:
        pytest.skip("always writes the same")
    texts = {run(subject, asked(subject, seed=seed, temperature=1.5))[1].text for seed in range(6)}
    assert len(texts) > 1


def test_a_drawn_seed_can_be_used_again(subject):
    drawn = run(subject, asked(subject, seed=None))[1]
    assert run(subject, asked(subject, seed=drawn.seed))[1].text == drawn.text


def test_temperature_0_ignores_the_seed(subject):
    assert len({run(subject, asked(subject, temperature=0, seed=seed))[1].text for seed in range(4)}) == 1


def test_max_tokens_ends_with_length(subject):
    _, completion = run(subject, asked(subject, max_tokens=3))
    assert (completion.finish_reason, completion.completion_tokens) == ("length", 3)


def test_a_stop_string_across_tokens_is_never_shown(subject):
    whole = run(subject, asked(subject))[1]
    stop = whole.tokens[4].text[-1:] + whole.tokens[5].text + whole.tokens[6].text[:1]
    deltas, completion = run(subject, asked(subject, stop=("never there", stop)))
    assert completion.text == whole.text[: whole.text.index(stop)]
    assert "".join(delta.text for delta in deltas) == completion.text
    assert (completion.finish_reason, completion.stop_string) == ("stop", stop)


def test_the_beginning_of_a_stop_string_is_shown_once_it_is_none(subject):
    whole = run(subject, asked(subject))[1]
    almost = whole.tokens[4].text + whole.tokens[5].text + "♠"
    deltas, completion = run(subject, asked(subject, stop=(almost,)))
    assert "".join(delta.text for delta in deltas) == completion.text == whole.text


def test_a_prompt_that_is_too_long_is_refused_before_any_work(subject):
    request = asked(subject, prompt=subject.too_long)
    with pytest.raises(ContextTooLong) as caught:
        subject.engine.stream(request)
    assert caught.value.needed == len(subject.engine.token_ends(subject.too_long)) + 1
    assert caught.value.available == subject.engine.capabilities.context_length
    with pytest.raises(ContextTooLong):
        subject.engine.generate([asked(subject), request])


def test_closing_ends_the_iterator(subject):
    with closing(subject.engine.stream(asked(subject))) as stream:
        next(stream)
    assert list(stream) == []


def test_closing_from_another_thread_stops_within_a_token(subject):
    stream = subject.engine.stream(asked(subject, max_tokens=200))
    seen = [next(stream)]
    reader = Thread(target=lambda: seen.extend(stream))
    reader.start()
    stream.close()
    reader.join(timeout=20)
    assert not reader.is_alive()
    if isinstance(seen[-1], Completion) and seen[-1].finish_reason == "abort":
        assert seen[-1].text == "".join(delta.text for delta in seen[:-1])


def test_a_closed_stream_leaves_the_engine_usable(subject):
    expected = run(subject, asked(subject))[1].text
    stream = subject.engine.stream(asked(subject))
    next(stream)
    stream.close()
    assert run(subject, asked(subject))[1].text == expected


def test_generate_gives_each_request_its_own_result_once(subject):
    requests = [asked(subject, seed=seed, max_tokens=5 + 3 * seed) for seed in range(8)]
    results = list(subject.engine.generate(requests))
    assert sorted(result.position for result in results) == list(range(8))
    for position, completion in results:
        assert completion.completion_tokens <= 5 + 3 * position
        assert completion.seed == position


def test_the_same_group_gives_the_same_completions(subject):
    requests = [asked(subject, seed=seed, temperature=1.0) for seed in range(7)]
    requests += [asked(subject, prompt=PROMPT, seed=seed) for seed in range(3)]
    first, second = ({p: c.text for p, c in subject.engine.generate(requests)} for _ in "12")
    assert first == second


def test_samples_of_one_prompt_are_what_streams_would_write(subject):
    requests = [asked(subject, seed=seed, temperature=0.8) for seed in range(5)]
    streamed = [run(subject, request)[1].text for request in requests]
    batched = [completion.text for _, completion in sorted(subject.engine.generate(requests))]
    assert batched == streamed


def test_generate_can_be_closed(subject):
    results = subject.engine.generate([asked(subject, seed=seed) for seed in range(9)])
    next(results)
    results.close()
    assert list(results) == []


def test_an_empty_group_has_no_results(subject):
    assert list(subject.engine.generate([])) == []


def test_logprobs_come_with_sorted_alternatives(subject):
    if not subject.engine.capabilities.logprobs:
        pytest.skip("has no log-probabilities")
    _, completion = run(subject, asked(subject, logprobs=3, temperature=0))
    for token in completion.tokens:
        values = [alternative.logprob for alternative in token.alternatives]
        assert len(values) == 3
        assert values == sorted(values, reverse=True)
        assert token.logprob <= values[0] <= 0


def test_more_alternatives_than_there_are_is_refused(subject):
    too_many = subject.engine.capabilities.logprobs + 1
    with pytest.raises(Unsupported):
        subject.engine.stream(asked(subject, logprobs=too_many))


def test_without_logprobs_tokens_have_none(subject):
    _, completion = run(subject, asked(subject))
    assert all(token.logprob is None and not token.alternatives for token in completion.tokens)


def test_scores_equal_those_of_generation(subject):
    """In float32, up to 10⁻⁴ a text: the arithmetic runs in other shapes."""
    if not subject.engine.capabilities.scoring:
        with pytest.raises(Unsupported):
            subject.engine.score(subject.prompt, " so")
        return
    _, completion = run(subject, asked(subject, logprobs=0, temperature=0, max_tokens=30))
    tokens = subject.engine.score(subject.prompt, completion.text)
    generated = [token.logprob for token in completion.tokens if token.text]
    assert "".join(token.text for token in tokens) == completion.text
    assert sum(token.logprob for token in tokens) == pytest.approx(sum(generated), abs=1e-4)


def test_scoring_a_text_that_does_not_fit_is_refused(subject):
    if not subject.engine.capabilities.scoring:
        pytest.skip("does not score")
    with pytest.raises(ContextTooLong):
        subject.engine.score(subject.prompt, subject.too_long)


def test_token_ends_cover_the_text(subject):
    for text in ("", "Leo has 7 shells. ☀️ 🦊 naïve\n\n 你好  ", TRACE):
        ends = subject.engine.token_ends(text)
        assert ends == sorted(ends)
        assert (ends[-1] if ends else 0) == len(text)


def test_characters_arrive_whole(subject):
    deltas, completion = run(subject, asked(subject, prompt="The sun", temperature=0, max_tokens=60))
    assert subject.several_tokens in completion.text
    assert not any("\ufffd" in delta.text for delta in deltas)


def test_two_threads_at_once_get_what_each_would_alone(subject):
    requests = [asked(subject), asked(subject, prompt=PROMPT, seed=2)]
    alone = [run(subject, request)[1].text for request in requests]
    together: dict[int, str] = {}
    threads = [
        Thread(target=lambda i=i, r=r: together.update({i: run(subject, r)[1].text})) for i, r in enumerate(requests)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [together[0], together[1]] == alone


def test_a_hand_back_prefills_only_what_is_new(subject):
    _, first = run(subject, asked(subject, temperature=0))
    back = subject.prompt + first.text + " Hm. "
    _, second = run(subject, asked(subject, prompt=back))
    if not subject.engine.capabilities.prefix_reuse:
        assert second.cached_tokens == 0
    else:
        new = len(subject.engine.token_ends(" Hm. ")) + 2
        assert second.prompt_tokens - second.cached_tokens <= new + subject.block - 1


def test_seconds_are_those_that_passed(subject):
    begin = time.perf_counter()
    _, completion = run(subject, asked(subject))
    assert 0 <= completion.seconds <= time.perf_counter() - begin


def test_an_engine_says_what_it_runs(subject):
    identity = subject.engine.identity
    assert all((identity.model, identity.revision, identity.engine, identity.engine_version, identity.device))
