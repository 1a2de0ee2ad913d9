"""The contract that every engine keeps, kept by vLLM on a real reasoner."""

import pytest
from test_engine_contract import *  # noqa: F403 – every test of the contract
from test_engine_contract import Subject

from playground.engine.vllm_options import CPU_BLOCK
from playground.prompting import render
from playground.reasoners.questions import shipped_questions
from playground.trajectory import Trajectory


@pytest.fixture(scope="module")
def subject(cards, oak):
    prompt = render(Trajectory(question=shipped_questions(1)[0].problem), cards[0])
    return Subject(engine=oak, prompt=prompt, too_long="word " * 4000, block=CPU_BLOCK, several_tokens="")
