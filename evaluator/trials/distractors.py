"""Finds the trajectories that can distract a model, on questions outside the tested set. Pure; builds no trial.

Source: protocol of arXiv 2510.06410, section 2; the release takes long ones only, and cuts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evaluator.trials.attempts import Attempts
from evaluator.trials.subject import Subject
from playground.records import Question, Variant
from playground.sampling import derive_seed
from playground.steering import beginning, split_chunks

OTHER_MODELS = 5
"""How many other models lend their trajectories (paper, section 2)."""
LEAST_PERCENTILE, MOST_PERCENTILE = 80, 90
"""Release: a distractor has at least as many chunks as this share of the tested traces, and is cut at the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distractor:
    """A model's trajectory for a question that is not tested."""

    model: str
    question: Question
    thinking: str
    sample: int = 0
    """Which of the model's trajectories for that question."""


def distractor_pools(
    subject: Subject, pool: Sequence[Question], tries: Mapping[str, Attempts], tested: Sequence[str]
) -> dict[Variant, list[Distractor]]:
    """The distractors of each variant of the run; `tested` are the traces whose lengths the release compares with."""
    name, seed = subject.card.name, subject.config.seed
    others = [model for model in tries if model != name and _whole([model], pool, tries)]
    lent = sorted(others, key=lambda model: derive_seed(seed, "other models", name, model))[:OTHER_MODELS]
    sources: dict[Variant, list[str]] = {"own": [name], "first-paragraph": [name], "other-models": sorted(lent)}
    return {
        variant: distractors(subject, _whole(models, pool, tries), tested)
        for variant, models in sources.items()
        if variant in subject.config.variants
    }


def _whole(models: Iterable[str], pool: Sequence[Question], tries: Mapping[str, Attempts]) -> list[Distractor]:
    """Trajectories that were ended. They need not be right."""
    return [
        Distractor(model=model, question=question, thinking=attempt.thinking, sample=attempt.sample)
        for model in models
        for question in pool
        for attempt in tries[model].get(question.id, ())
        if attempt.closed
    ]


def distractors(subject: Subject, found: Sequence[Distractor], tested: Sequence[str]) -> list[Distractor]:
    """Those that can distract: their longest first share is not empty, and in the release they are long enough."""
    config = subject.config
    if config.protocol == "release":
        found = long_enough(found, [len(split_chunks(trace)) for trace in tested])
    share = max(config.steers)
    return [item for item in found if beginning(item.thinking, share, config.protocol, subject.token_ends).strip()]


def long_enough(found: Sequence[Distractor], tested: Sequence[int]) -> list[Distractor]:
    """Those with at least the 80th percentile of the tested traces' chunks, cut at the 90th (release)."""
    if not tested:
        return list(found)
    import numpy as np  # the commands see that it is there

    least, most = np.percentile(tested, [LEAST_PERCENTILE, MOST_PERCENTILE])
    chunked = [(item, split_chunks(item.thinking)) for item in found]
    return [
        replace(item, thinking="\n\n".join(chunks[: int(most)])) for item, chunks in chunked if len(chunks) >= least
    ]
