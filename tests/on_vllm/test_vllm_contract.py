"""The contract that every engine keeps, kept by vLLM on a real reasoner."""

import pytest
from test_engine_contract import *  # noqa: F403 – every test of the contract
from test_engine_contract import Subject

from playground.cli.probe import described
from playground.engine.vllm.options import CPU_BLOCK
from playground.model_report import report_on
from playground.prompting import render
from playground.reasoners.questions import shipped_questions
from playground.trajectory import Trajectory
from tests.probe_document import documented


@pytest.fixture(scope="module")
def subject(cards, oak):
    prompt = render(Trajectory(question=shipped_questions(1)[0].problem), cards[0])
    return Subject(engine=oak, prompt=prompt, too_long="word " * 4000, block=CPU_BLOCK, several_tokens="")


def test_probe_says_what_its_document_says(cards, oak):
    told = documented()["tiny-oak-plain --engine vllm"]
    assert len(told) >= 15
    assert [line for line in told if line not in described(report_on(cards[0], oak))] == []
