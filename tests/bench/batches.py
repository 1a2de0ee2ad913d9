"""`python -m tests.bench.batches`: `generate` of the transformers engine against the bare library's `generate`.

Both answer 200 shipped questions 8 times each. The bare library gets the prompts sorted by length, in batches of the
size that suits it best; padding after the end of a text is not counted.
"""

from __future__ import annotations

import argparse
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from playground.engine.transformers.engine import TransformersEngine
from playground.models import find_card
from tests.bench.questions import MAX_TOKENS, REASONER, SAMPLES, generated, prompts, requests
from tests.bench.rounds import HEADER, alternated, row, timed

BATCHES = (16, 32, 64, 128, 256)


class Bare:
    """The library's own generation."""

    def __init__(self, folder: str) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self._model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)

    def generated(self, texts: list[str], batch: int) -> int:
        """Tokens that are written for the texts."""
        ordered = sorted(texts, key=len)
        return sum(self._written(ordered[start : start + batch]) for start in range(0, len(ordered), batch))

    def _written(self, texts: list[str]) -> int:
        end = self._tokenizer.eos_token_id
        inputs = self._tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        written = self._model.generate(
            input_ids=inputs.input_ids,
            attention_mask=inputs.attention_mask,
            do_sample=True,
            temperature=0.6,
            top_p=0.95,
            top_k=0,
            max_new_tokens=MAX_TOKENS,
            eos_token_id=end,
            pad_token_id=self._tokenizer.pad_token_id,
        )[:, inputs.input_ids.shape[1] :]
        self._tokenizer.batch_decode(written, skip_special_tokens=True)
        ended = (written == end).int().cumsum(-1)
        return int(((ended == 0) | ((ended == 1) & (written == end))).sum())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.batches", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    options = parser.parse_args()
    card = find_card(REASONER)
    texts = [text for text in prompts() for _ in range(SAMPLES)]
    bare, ours = Bare(card.source), TransformersEngine.load(card)
    sizes = {size: timed(lambda size=size: bare.generated(texts[::5], size)).rate for size in BATCHES}
    best = max(sizes, key=lambda size: sizes[size])
    print("| bare library, batches of | tokens/s (a fifth of the load) |\n|---|---|")
    print(*(f"| {size} | {rate:,.0f} |" for size, rate in sizes.items()), sep="\n")
    work = requests(prompts(), SAMPLES)
    pairs = alternated(lambda: generated(ours, work), lambda: bare.generated(texts, best), options.rounds)
    print(f"\n{HEADER}\n{row(f'{REASONER}, 200 × 8, theirs in batches of {best}', pairs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
