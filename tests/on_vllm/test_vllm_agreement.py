"""vLLM and transformers on the same reasoners: the same texts, the same log-probabilities, the same relay."""

import pytest

from playground.engine.base import Completion, Request
from playground.engine.options import EngineOptions
from playground.engine.transformers.engine import TransformersEngine
from playground.errors import InvalidInput
from playground.hand_over import Rule
from playground.models import find_card
from playground.prompting import render
from playground.reasoners.questions import shipped_questions
from playground.relay import Participant, TurnEnded, hand_off_turns, relay
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory

TOLERANCE = 1e-4
"""Between log-probabilities of a token, in float32 on a CPU."""
QUESTIONS = [question.problem for tier in (1, 2) for question in shipped_questions(tier)[:3]]


@pytest.fixture(scope="module")
def plain(cards):
    """The same reasoners in transformers."""
    return [TransformersEngine.load(find_card(card.name)) for card in cards]


def prompts(card):
    return [render(Trajectory(question=question), card) for question in QUESTIONS]


def greedy(engine, prompt, **params):
    request = Request(prompt=prompt, params=SamplingParams(temperature=0, max_tokens=500, **params))
    *_, completion = engine.stream(request)
    assert isinstance(completion, Completion)
    return completion


@pytest.fixture(scope="module")
def written(cards, plain, oak, elm):
    """What each model writes on every prompt, in vLLM and in transformers."""
    return [
        (greedy_batch(ours, prompts(card)), greedy_batch(theirs, prompts(card)))
        for card, ours, theirs in zip(cards, (oak, elm), plain, strict=True)
    ]


def greedy_batch(engine, prompts):
    params = SamplingParams(temperature=0, max_tokens=500, logprobs=3)
    results = engine.generate([Request(prompt=prompt, params=params) for prompt in prompts])
    return [completion for _, completion in sorted(results)]


def test_greedy_texts_are_equal(written):
    for ours, theirs in written:
        assert [each.text for each in ours] == [each.text for each in theirs]


def test_a_stream_writes_what_a_batch_does(cards, oak, written):
    prompt = prompts(cards[0])[2]
    assert greedy(oak, prompt).text == written[0][0][2].text


def test_log_probabilities_agree(written):
    pairs = [pair for ours, theirs in written for both in zip(ours, theirs, strict=True) for pair in tokens(*both)]
    assert all((a.id, a.text) == (b.id, b.text) for a, b in pairs)
    values = [[(t.logprob, *(each.logprob for each in t.alternatives)) for t in pair] for pair in pairs]
    largest = max(abs(a - b) for left, right in values for a, b in zip(left, right, strict=True))
    print(f"{len(pairs)} tokens, largest difference {largest:.1e}")
    assert largest < TOLERANCE
    assert all(a.alternatives[0].text == b.alternatives[0].text for a, b in pairs)


def tokens(ours, theirs):
    return zip(ours.tokens, theirs.tokens, strict=True)


def test_scores_agree(cards, plain, oak):
    prompt = prompts(cards[0])[0]
    text = greedy(oak, prompt).text
    left, right = oak.score(prompt, text), plain[0].score(prompt, text)
    assert [token.text for token in left] == [token.text for token in right]
    assert [token.logprob for token in left] == pytest.approx([token.logprob for token in right], abs=TOLERANCE)


def test_a_text_that_fills_the_context_is_scored(cards, oak):
    prompt = prompts(cards[0])[0]
    room = oak.capabilities.context_length - len(oak.token_ends(prompt))
    text = (" stickers" * room)[: oak.token_ends(" stickers" * room)[room - 1]]
    assert len(oak.score(prompt, text)) == room


def test_a_relay_between_two_families_is_the_same(cards, plain, oak, elm):
    ended = [_relayed(cards, engines) for engines in ((oak, elm), plain)]
    texts = [[(segment.author.name, segment.kind, segment.text) for segment in each.segments] for each in ended]
    assert texts[0] == texts[1]
    assert {name for name, _, _ in texts[0]} == {card.name for card in cards}
    assert ended[0].closed


def _relayed(cards, engines):
    params = SamplingParams(temperature=0, max_tokens=500)
    writers = [Participant(card=c, engine=e, params=params) for c, e in zip(cards, engines, strict=True)]
    turns = hand_off_turns(writers, Rule.parse("steps:2"))
    events = relay(Trajectory(question=QUESTIONS[0]), turns, seed=0)
    return [event for event in events if isinstance(event, TurnEnded)][-1].trajectory


def test_a_hand_back_prefills_only_what_is_new(cards, oak):
    prompt = prompts(cards[0])[-1]
    first = greedy(oak, prompt)
    back = greedy(oak, prompt + first.text[: len(first.text) // 2] + "\nWait, that is not right.\n")
    assert back.cached_tokens >= first.prompt_tokens // 32 * 32 > 0
    assert oak.counters.hit_rate > 0


def test_options_of_vllm_are_refused_for_transformers():
    with pytest.raises(InvalidInput, match="--engine vllm"):
        EngineOptions(max_model_len=100).applied(find_card("tiny-oak-plain"))
