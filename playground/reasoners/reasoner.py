"""Samples a tiny reasoner's checkpoint, many completions side by side. Knows no question and no answer.

Smaller than the transformers engine, and seeded as the model cards' figures were measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache, LlamaForCausalLM, PreTrainedTokenizerBase

from playground.engine.vendor_errors import loading_errors
from playground.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How completions are sampled."""

    samples: int = 8
    """Completions for each prompt."""
    temperature: float = 0.6
    top_p: float = 0.95
    max_tokens: int = 900
    batch: int = 128
    """Completions sampled together."""
    seed: int = 0


class Reasoner:
    """A checkpoint that is ready to be sampled from."""

    def __init__(self, folder: Path) -> None:
        """Loads it.

        Raises:
            InvalidInput: there is no checkpoint in the folder.
            ModelUnavailable: it is damaged.
        """
        if not (folder / "config.json").is_file():
            raise InvalidInput(f"There is no checkpoint in {folder}.", "Give the folder of a trained reasoner.")
        with loading_errors(str(folder)):
            self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder, padding_side="left")
            self.model: LlamaForCausalLM = AutoModelForCausalLM.from_pretrained(folder).eval()

    def prompt(self, problem: str) -> str:
        """The chat template's text for a question, up to where the model writes."""
        turns = [{"role": "user", "content": problem}]
        text = self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        return str(text)

    def complete(self, prompts: Sequence[str], sampling: Sampling) -> list[str]:
        """One completion for each prompt, without the end-of-sequence token."""
        torch.manual_seed(sampling.seed)
        order = sorted(range(len(prompts)), key=lambda at: len(prompts[at]))
        texts = [""] * len(prompts)
        for first in range(0, len(order), sampling.batch):
            chunk = order[first : first + sampling.batch]
            for at, text in zip(chunk, self._batch([prompts[at] for at in chunk], sampling), strict=True):
                texts[at] = text
        return texts

    @torch.inference_mode()
    def _batch(self, prompts: list[str], sampling: Sampling) -> list[str]:
        """Samples side by side; finished rows leave the batch as soon as they are a quarter of it."""
        given = self.tokenizer(prompts, return_tensors="pt", padding=True, add_special_tokens=False)
        newest, mask = given["input_ids"], given["attention_mask"]
        cache = DynamicCache(config=self.model.config)
        rows, running = torch.arange(len(prompts)), torch.ones(len(prompts), dtype=torch.bool)
        written: list[list[int]] = [[] for _ in prompts]
        for _ in range(sampling.max_tokens):
            out = self.model(newest, attention_mask=mask, past_key_values=cache, logits_to_keep=1)
            newest = draw(out.logits[:, -1].float(), sampling)
            running &= newest[:, 0] != self.tokenizer.eos_token_id
            for row, token in zip(rows[running].tolist(), newest[running, 0].tolist(), strict=True):
                written[row].append(token)
            if not running.any():
                break
            if running.float().mean() <= 0.75:
                kept = running.nonzero()[:, 0]
                cache.batch_select_indices(kept)
                rows, newest, mask, running = rows[kept], newest[kept], mask[kept], running[kept]
            mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)
        return [str(text) for text in self.tokenizer.batch_decode(written)]


def draw(logits: torch.Tensor, sampling: Sampling) -> torch.Tensor:
    """One token for each row of `logits` (rows, vocabulary), by temperature and top-p; the shape is (rows, 1)."""
    likely, tokens = (logits / sampling.temperature).softmax(-1).sort(dim=-1, descending=True)
    likely[likely.cumsum(-1) - likely > sampling.top_p] = 0
    return tokens.gather(1, torch.multinomial(likely, 1))
