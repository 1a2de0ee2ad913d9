"""How accurate a tiny reasoner is on the shipped questions: Pass@1 with an interval.

`python -m playground.reasoners.measure FOLDER` prints it. Knows checkpoints and questions, not how they came about.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache, LlamaForCausalLM, PreTrainedTokenizerBase

from playground.errors import InvalidInput, PlaygroundError
from playground.reasoners.questions import TIERS, Question, shipped_questions
from playground.statistics import rate

BOXED = re.compile(r"\\boxed\{(-?\d+)\}")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Pass@1 on one tier."""

    tier: int
    questions: int
    samples: int
    pass_at_1: float
    low: float
    """Lower end of the 95 % interval, which is reckoned by questions."""
    high: float
    correct: tuple[int, ...]
    """Correct samples of each question, in the order of the shipped file."""


class Reasoner:
    """A checkpoint that is ready to be sampled from."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "config.json").is_file():
            raise InvalidInput(f"There is no checkpoint in {folder}.", "Give the folder of a trained reasoner.")
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


def is_correct(completion: str, question: Question) -> bool:
    """Whether the last boxed number of a completion is the gold answer."""
    found = BOXED.findall(completion)
    return bool(found) and found[-1] == question.answer


def measure(reasoner: Reasoner, tier: int, sampling: Sampling) -> Accuracy:
    """Pass@1 of a reasoner on all shipped questions of a tier."""
    questions = shipped_questions(tier)
    prompts = [reasoner.prompt(question.problem) for question in questions for _ in range(sampling.samples)]
    completions = reasoner.complete(prompts, sampling)
    correct = tuple(
        sum(is_correct(text, question) for text in completions[at * sampling.samples : (at + 1) * sampling.samples])
        for at, question in enumerate(questions)
    )
    return accuracy(tier, sampling.samples, correct)


def accuracy(tier: int, samples: int, correct: tuple[int, ...]) -> Accuracy:
    """Pass@1 with its interval from how many of its `samples` each question has right."""
    hits = [sample < count for count in correct for sample in range(samples)]
    found = rate(hits, [str(question) for question in range(len(correct)) for _ in range(samples)])
    return Accuracy(
        tier=tier,
        questions=len(correct),
        samples=samples,
        pass_at_1=found.value,
        low=found.low,
        high=found.high,
        correct=correct,
    )


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m playground.reasoners.measure", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of a checkpoint")
    parser.add_argument("--samples", type=int, default=8, help="completions of each question")
    options = parser.parse_args(arguments)
    try:
        if options.samples < 1:
            raise InvalidInput(f"--samples must be at least 1, not {options.samples}.")
        reasoner = Reasoner(options.folder)
        for tier in TIERS:
            found = measure(reasoner, tier, Sampling(samples=options.samples))
            print(json.dumps(asdict(found)), flush=True)
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
