"""`python -m tests.bench.harness`: answering and grading 200 questions, 8 samples each, against lm-evaluation-harness.

The harness gets a task file with the exact prompts and an exact match after a regular expression; ours are requests
to the engine and the verdicts of the grader. Models are loaded before the clock starts. Runs where vLLM and `lm-eval`
are installed.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

import lm_eval
import vllm
from lm_eval.api.model import LM
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from transformers import AutoTokenizer

from playground.engine.base import Engine
from playground.engine.options import EngineOptions
from playground.engine.pool import engine_class
from playground.engine.vllm.options import prepare_environment
from playground.grading import grade
from playground.models import ModelCard, find_card
from playground.reasoners.questions import shipped_questions
from tests.bench.questions import MAX_TOKENS, QUESTIONS, REASONER, SAMPLES, prompts, requests
from tests.bench.rounds import HEADER, alternated, row
from tests.bench.vllm_batches import bare_settings

TASK = "stories"
BATCH = 128
"""Rows side by side with the harness's back end `hf`, which is the size that suits it here."""


def task(folder: Path) -> dict[str, Any]:
    """The task, its documents in a file."""
    golds = [question.answer for question in shipped_questions(1)[:QUESTIONS]]
    lines = [json.dumps({"prompt": text, "gold": str(gold)}) for text, gold in zip(prompts(), golds, strict=True)]
    (folder / "documents.jsonl").write_text("\n".join(lines))
    return {
        "task": TASK,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(folder / "documents.jsonl")}},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "{{prompt}}",
        "doc_to_target": "{{gold}}",
        "repeats": SAMPLES,
        "generation_kwargs": {
            "until": [],
            "do_sample": True,
            "temperature": 0.6,
            "top_p": 0.95,
            "max_gen_toks": MAX_TOKENS,
        },
        "filter_list": [
            {
                "name": "boxed",
                "filter": [
                    {"function": "regex", "regex_pattern": r"\\boxed\{(.*?)\}"},
                    {"function": "take_first"},
                ],
            }
        ],
        "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
    }


class Harness:
    """The harness with a model of its own."""

    def __init__(self, model: LM, card: ModelCard, described: dict[str, Any]) -> None:
        self._model = model
        self._task = described
        self._tokenizer = AutoTokenizer.from_pretrained(card.source)
        self.scores: list[float] = []

    def evaluated(self) -> int:
        """Tokens that the model wrote, of an evaluation from the task to the score."""
        results = lm_eval.simple_evaluate(
            model=self._model,
            tasks=[self._task],
            task_manager=TaskManager(include_defaults=False),
            bootstrap_iters=0,
            log_samples=True,
        )
        assert results is not None
        self.scores.append(float(results["results"][TASK]["exact_match,boxed"]))
        texts = [text for sample in results["samples"][TASK] for text in sample["resps"][0]]
        assert len(texts) == QUESTIONS * SAMPLES
        return sum(len(ids) + 1 for ids in self._tokenizer(texts, add_special_tokens=False).input_ids)


class Ours:
    """Our engine and grader."""

    def __init__(self, engine: Engine, card: ModelCard) -> None:
        self._engine = engine
        self._card = card
        self._golds = [str(question.answer) for question in shipped_questions(1)[:QUESTIONS]]
        self.scores: list[float] = []

    def evaluated(self) -> int:
        tokens, correct = 0, 0
        for index, completion in self._engine.generate(requests(prompts(), SAMPLES)):
            gold = self._golds[index // SAMPLES]
            verdict = grade(completion.text, completion.finish_reason, self._card.think, gold)
            correct += verdict.outcome == "correct"
            tokens += completion.completion_tokens
        self.scores.append(correct / (QUESTIONS * SAMPLES))
        return tokens


def on_transformers(card: ModelCard) -> LM:
    return HFLM(pretrained=card.source, device="cpu", dtype="float32", batch_size=BATCH)


def on_vllm(card: ModelCard) -> LM:
    """The harness asks for the version of a distribution `vllm`, which on a CPU bears another name."""
    with mock.patch("importlib.metadata.version", lambda name: vllm.__version__ if name == "vllm" else version(name)):
        from lm_eval.models.vllm_causallms import VLLM
    settings = {name: value for name, value in bare_settings(card).items() if name not in ("model", "dtype")}
    return VLLM(pretrained=card.source, dtype="float32", batch_size="auto", **settings)


BACK_ENDS: dict[str, tuple[str, Callable[[ModelCard], LM]]] = {
    "hf": ("transformers", on_transformers),
    "vllm": ("vllm", on_vllm),
}


def compared(back_end: str, folder: Path, rounds: int) -> Sequence[str]:
    """A row of the table, and what both scored."""
    engine, open_theirs = BACK_ENDS[back_end]
    options = EngineOptions(engine="vllm", max_model_len=1024) if engine == "vllm" else EngineOptions()
    card = options.applied(find_card(REASONER))
    ours = Ours(engine_class(engine).load(card), card)
    theirs = Harness(open_theirs(card), card, task(folder))
    pairs = alternated(ours.evaluated, theirs.evaluated, rounds)
    scores = " and ".join(f"{100 * statistics.mean(side.scores):.1f} %" for side in (ours, theirs))
    return row(f"{REASONER}, 200 × 8, back end {back_end}", pairs), f"{back_end}: correct {scores}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.harness", description=__doc__)
    parser.add_argument("--back-end", choices=tuple(BACK_ENDS), required=True)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    options = parser.parse_args()
    os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")
    logging.disable(logging.WARNING)
    prepare_environment()
    with tempfile.TemporaryDirectory() as folder:
        found, scores = compared(options.back_end, Path(folder), options.rounds)
    print(f"{HEADER}\n{found}\n\n{scores}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
