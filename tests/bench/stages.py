"""`python -m tests.bench.stages`: a run of two stages, ours against a loop of small calls that reloads for each stage.

The stages are those of a robustness study: a model alone on 200 questions, 8 samples each, then on the same questions
with the first half of a trace after them. The loop gives vLLM 4 prompts with `n=8` a call and starts it anew for
each stage, as pipelines of one script a stage do; ours loads once and hands each stage over whole. Runs where vLLM is
installed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import vllm

from playground.engine.options import EngineOptions
from playground.engine.vllm.engine import VllmEngine
from playground.engine.vllm.options import prepare_environment
from playground.models import ModelCard, find_card
from tests.bench.questions import MAX_TOKENS, REASONER, SAMPLES, generated, prompts, requests
from tests.bench.rounds import Measured, timed
from tests.bench.vllm_batches import bare_settings

PROMPTS_A_CALL = 4


def stages(card: ModelCard) -> list[list[str]]:
    """The prompts of both stages; the second's traces are the model's own."""
    alone = prompts()
    engine = VllmEngine.load(card)
    try:
        work = [replace(each, params=replace(each.params, seed=0)) for each in requests(alone, 1)]
        traces = {position: completion.text for position, completion in engine.generate(work)}
    finally:
        engine.close()
    return [alone, [prompt + traces[index][: len(traces[index]) // 2] for index, prompt in enumerate(alone)]]


def ours(card: ModelCard, work: list[list[str]]) -> tuple[Measured, ...]:
    """Loading, and each stage."""
    engines: list[VllmEngine] = []
    loading = timed(lambda: engines.append(VllmEngine.load(card)) or 0)
    try:
        return loading, *(timed(lambda texts=texts: generated(engines[0], requests(texts, SAMPLES))) for texts in work)
    finally:
        engines[0].close()


def loop(card: ModelCard, texts: list[str]) -> tuple[Measured, Measured]:
    """Loading and one stage."""
    models: list[vllm.LLM] = []
    loading = timed(lambda: models.append(vllm.LLM(**bare_settings(card))) or 0)
    params = vllm.SamplingParams(n=SAMPLES, temperature=0.6, top_p=0.95, max_tokens=MAX_TOKENS)
    try:
        return loading, timed(lambda: sum(_call(models[0], each, params) for each in _calls(texts)))
    finally:
        models[0].llm_engine.engine_core.shutdown()


def _calls(texts: list[str]) -> list[list[str]]:
    return [texts[start : start + PROMPTS_A_CALL] for start in range(0, len(texts), PROMPTS_A_CALL)]


def _call(model: vllm.LLM, texts: list[str], params: vllm.SamplingParams) -> int:
    outputs = model.generate(texts, params, use_tqdm=False)
    return sum(len(sample.token_ids) for output in outputs for sample in output.outputs)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="runs of each side")
    options = parser.parse_args()
    prepare_environment()
    card = EngineOptions(engine="vllm", max_model_len=1024).applied(find_card(REASONER))
    work = stages(card)
    print("| round | ours: loading, stages, s | loop: loadings, stages, s | whole | without loading |")
    print("|---|---|---|---|---|")
    for index in range(options.rounds):
        loading, *written = ours(card, work)
        looped = [loop(card, texts) for texts in work]
        print(_row(index + 1, loading, written, looped), flush=True)
    return 0


def _row(number: int, loading: Measured, written: list[Measured], looped: list[tuple[Measured, Measured]]) -> str:
    """Ratios are of tokens a second, so that a side that happens to write shorter texts gains nothing."""
    tokens = sum(each.tokens for each in written), sum(each.tokens for _, each in looped)
    seconds = sum(each.seconds for each in written), sum(each.seconds for _, each in looped)
    loads = loading.seconds, sum(each.seconds for each, _ in looped)
    whole = (tokens[0] / (loads[0] + seconds[0])) / (tokens[1] / (loads[1] + seconds[1]))
    bare = (tokens[0] / seconds[0]) / (tokens[1] / seconds[1])
    return (
        f"| {number} | {loads[0]:.1f} + {seconds[0]:.1f} | {loads[1]:.1f} + {seconds[1]:.1f} "
        f"| {whole:.1f}× | {bare:.1f}× |"
    )


if __name__ == "__main__":
    sys.exit(main())
