"""Estimates how much a run will generate and how long that takes. Writes nothing; loads each model that is here.

The trials are an upper bound: how large the subsets become is known only when the models have answered alone.
The speed is measured on a small group of the run's own prompts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace

from evaluator.config import RunConfig
from evaluator.running.participants import Participants
from evaluator.trials.attempts import solo_trials
from evaluator.trials.subject import Subject
from playground.engine.base import Engine, Request
from playground.models import ModelCard
from playground.records import RunQuestion

SAMPLE = 8
"""Prompts that the speed is measured on."""
SAMPLE_TOKENS = 1024
"""New tokens of each, at most."""
CALLS = 2
"""Of a judge for each steer (`evaluator.running.leakage`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a run for one model."""

    model: str
    stage: str
    trials: int
    tokens: int
    """Of all trials: at their measured mean, or at most what a continuation may have."""
    hours: float | None
    """At the measured speed; None where there is none and something is to be generated."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What a model did in a small group."""

    tokens_per_trial: float
    tokens_per_second: float
    trials: int
    cut_off: bool
    """Whether a continuation reached its limit: a mean of tokens says nothing then."""


def plan(
    config: RunConfig,
    questions: Sequence[RunQuestion],
    people: Participants,
    open_engine: Callable[[ModelCard], AbstractContextManager[Engine]],
) -> list[Stage]:
    """The stages in the order in which a run makes them."""
    judge = (people.judge,) if people.judge else ()
    speeds = {
        name: measure(card, config, questions, open_engine)
        for name, card in {card.name: card for card in (*judge, *people.cards, *people.guides)}.items()
        if name not in people.silent and name not in people.lacking
    }
    stages = []
    for card in people.cards:
        for name, trials in _most_trials(config, questions, people, card.name).items():
            stages.append(_stage(config, card.name, (name, trials), people, speeds.get(card.name)))
    tested = sum(item.role == "tested" for item in questions)
    for card in people.guides:
        count = 0 if card.name in people.recorded else tested * config.n
        stages.append(_stage(config, card.name, ("solo as a guide", count), people, speeds.get(card.name)))
    steers = sum(stage.trials for stage in stages if stage.stage == "guidability")
    for card in judge:
        stages.append(_stage(config, card.name, ("leakage", CALLS * steers), people, speeds.get(card.name)))
    return stages


def _most_trials(
    config: RunConfig, questions: Sequence[RunQuestion], people: Participants, model: str
) -> dict[str, int]:
    """How many trials each stage of a model has at most."""
    tested = sum(item.role == "tested" for item in questions)
    counts = {"solo": 0 if model in people.recorded else tested * config.n + len(questions) - tested}
    if "recoverability" in config.tests:
        subset = min(config.shared + config.individual, tested)
        counts["recoverability"] = subset * len(config.cuts) * len(config.variants)
    if "guidability" in config.tests:
        helpers = len(config.guides) or max(len(config.models) - 1, 0)
        subset = min(2 * config.guided, tested) + config.control
        counts["guidability"] = subset * len(config.lengths) * helpers
    return {stage: 0 if model in people.silent else count for stage, count in counts.items()}


def _stage(config: RunConfig, model: str, work: tuple[str, int], people: Participants, speed: Speed | None) -> Stage:
    stage, trials = work
    each = config.max_tokens if speed is None or speed.cut_off else speed.tokens_per_trial
    tokens = round(trials * each)
    hours = tokens / speed.tokens_per_second / 3600 if speed else None if trials else 0.0
    note = _note(model, people, speed)
    return Stage(model=model, stage=stage, trials=trials, tokens=tokens, hours=hours, note=note)


def _note(model: str, people: Participants, speed: Speed | None) -> str:
    if model in people.lacking:
        return "not here"
    if speed is None:
        return "recorded responses"
    pace = f"{speed.tokens_per_second:,.0f} tokens/s measured on {speed.trials} prompts"
    return f"{pace}, tokens at most" if speed.cut_off else pace


def measure(
    card: ModelCard,
    config: RunConfig,
    questions: Sequence[RunQuestion],
    open_engine: Callable[[ModelCard], AbstractContextManager[Engine]],
) -> Speed:
    """How fast a model answers a few of the questions alone.

    Raises:
        EngineError: it cannot.
    """
    limited = replace(config, max_tokens=min(config.max_tokens, SAMPLE_TOKENS), n=1)
    step = max(len(questions) // SAMPLE, 1)
    with open_engine(card) as engine:
        subject = Subject(card=card, revision="", token_ends=engine.token_ends, config=limited)
        trials = solo_trials(subject, questions[::step][:SAMPLE])
        requests = [Request(prompt=trial.prompt, params=trial.params) for trial in trials]
        begun = time.perf_counter()
        done = [completion for _, completion in engine.generate(requests)]
        seconds = time.perf_counter() - begun
    tokens = sum(completion.completion_tokens for completion in done)
    return Speed(
        tokens_per_trial=tokens / len(done),
        tokens_per_second=tokens / max(seconds, 1e-6),
        trials=len(done),
        cut_off=any(completion.finish_reason == "length" for completion in done)
        and limited.max_tokens < config.max_tokens,
    )


def plan_text(stages: Sequence[Stage], people: Participants, *, as_json: bool) -> str:
    """The plan to be printed, as a table or as JSON, with what is lacking here."""
    known = [stage.hours for stage in stages if stage.hours is not None]
    hours = sum(known) if len(known) == len(stages) else None
    totals = {"trials": sum(stage.trials for stage in stages), "tokens": sum(stage.tokens for stage in stages)}
    if as_json:
        data = {"stages": [asdict(stage) for stage in stages], **totals, "hours": hours, "lacking": people.lacking}
        return json.dumps(data, indent=2, default=dict)
    lines = [f"{'model':<42} {'stage':<16} {'trials':>9} {'tokens':>15} {'hours':>8}  note"]
    lines += [_line(stage) for stage in stages]
    lines.append(f"At most {totals['trials']:,} trials of {totals['tokens']:,} tokens; {_duration(hours)}.")
    lines += [f"Not here: {name}. {why}" for name, why in people.lacking.items()]
    return "\n".join(lines)


def _line(stage: Stage) -> str:
    hours = "–" if stage.hours is None else f"{stage.hours:.3f}"
    counts = f"{stage.trials:>9,} {stage.tokens:>15,} {hours:>8}"
    return f"{stage.model:<42} {stage.stage:<16} {counts}  {stage.note}"


def _duration(hours: float | None) -> str:
    return "the hours are unknown where a model is not here" if hours is None else f"{hours:.2f} hours on this machine"
