"""`python -m tests.bench.vllm_batches`: `generate` of the vLLM engine against bare `vllm.LLM.generate`.

Both get the same prompts, parameters, seeds and settings of vLLM, in processes of their own that are loaded all the
time. Runs where vLLM is installed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import vllm

from playground.engine.base import Request
from playground.engine.options import EngineOptions
from playground.engine.vllm.engine import VllmEngine
from playground.engine.vllm.memory import fitted
from playground.engine.vllm.options import arguments, prepare_environment
from playground.models import ModelCard, card_from_directory, find_card
from playground.prompting import render
from playground.reasoners.questions import shipped_questions
from playground.trajectory import Trajectory
from tests.bench.questions import REASONER, SAMPLES, generated, prompts, requests
from tests.bench.rounds import HEADER, alternated, row
from tests.bench.smollm2 import smollm2


def bare_settings(card: ModelCard) -> Mapping[str, Any]:
    """The settings of our engine, its memory among them, with vLLM's own tokenizer."""
    (placed,) = fitted([card])
    return {name: value for name, value in arguments(placed).items() if name != "skip_tokenizer_init"}


def bare_params(request: Request) -> vllm.SamplingParams:
    given = request.params
    return vllm.SamplingParams(
        temperature=given.temperature, top_p=given.top_p, max_tokens=given.max_tokens, seed=given.seed
    )


def bare_generated(model: vllm.LLM, work: list[Request]) -> int:
    """Tokens that vLLM writes, called as its documentation does."""
    params = [bare_params(request) for request in work]
    outputs = model.generate([request.prompt for request in work], params, use_tqdm=False)
    return sum(len(sample.token_ids) for output in outputs for sample in output.outputs)


def compared(name: str, card: ModelCard, work: list[Request], rounds: int) -> str:
    """A row of the table."""
    ours, theirs = VllmEngine.load(card), vllm.LLM(**bare_settings(card))
    try:
        generated(ours, work[:32])
        bare_generated(theirs, work[:32])
        return row(name, alternated(lambda: generated(ours, work), lambda: bare_generated(theirs, work), rounds))
    finally:
        ours.close()
        theirs.llm_engine.engine_core.shutdown()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.vllm_batches", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    options = parser.parse_args()
    prepare_environment()
    settings = EngineOptions(engine="vllm", max_model_len=1024)
    tiny, large = settings.applied(find_card(REASONER)), settings.applied(card_from_directory(smollm2()))
    questions = [render(Trajectory(question=question.problem), large) for question in shipped_questions(1)[:64]]
    print(HEADER)
    print(compared(f"{REASONER}, 200 × 8", tiny, requests(prompts(), SAMPLES), options.rounds), flush=True)
    print(compared("SmolLM2-135M, 64 × 2", large, requests(questions, 2, 64), options.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
