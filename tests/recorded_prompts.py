"""Prompts of both tests built from recorded traces, and three of them as a document.

`PYTHONPATH=.:tests python -m tests.recorded_prompts TRACES TEMPLATE` prints the document: TRACES holds
math200_*.jsonl, TEMPLATE is the chat template of R1-Distill-Qwen.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluator_models import small

from evaluator.config import RunConfig
from evaluator.trials.attempts import Attempts, attempts, solo_trials
from evaluator.trials.distraction import recoverability_trials
from evaluator.trials.distractors import distractor_pools
from evaluator.trials.guidance import guidability_trials, guides
from evaluator.trials.recorded_responses import RecordedPool, read_pools, recorded_outcomes
from evaluator.trials.subject import Subject
from playground.cards.chat_template import ChatTemplate
from playground.engine.pieces import piece_ends
from playground.models import ModelCard
from playground.question_files import questions
from playground.records import Question, Record, RunQuestion, Trial
from playground.thinking import DEEPSEEK_TAGS

TESTED = 150
"""The first so many questions are tested, the other fifty distract."""
UNDER_TEST = "R1-Distill-Qwen-7B"
GUIDE = "R1-Distill-Qwen-14B"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The four models' recorded traces of the same 200 questions."""

    questions: tuple[RunQuestion, ...]
    pools: Mapping[str, RecordedPool]
    template: ChatTemplate

    def subject(self, model: str, config: RunConfig) -> Subject:
        card = ModelCard(name=model, engine="replay", source="", think=DEEPSEEK_TAGS, template=self.template)
        return Subject(card=card, revision="recorded", token_ends=piece_ends, config=config)

    def tries(self, model: str) -> Attempts:
        """The model's attempts, as a run reads them from its ledger."""
        subject = self.subject(model, config())
        done = recorded_outcomes(subject, self.pools[model], solo_trials(subject, self.questions))
        return attempts((Record(trial=t, outcome=o, created="") for t, o in done), subject.card.think)

    def solved(self, model: str) -> set[str]:
        return {name for name, tries in self.tries(model).items() if tries[0].correct}

    def named(self, names: set[str]) -> list[Question]:
        return [item.question for item in self.questions if item.question.id in names]


def read(traces: Path, template: Path) -> Recorded:
    files = sorted(traces.glob("math200_*.jsonl"))
    found = questions(files[0])
    roles = (RunQuestion(question=q, role="tested" if i < TESTED else "pool") for i, q in enumerate(found))
    pools = {pool.model: pool for file in files for pool in read_pools(file)}
    source = ChatTemplate(source=template.read_text(), bos_token="<｜begin▁of▁sentence｜>", eos_token="")
    return Recorded(tuple(roles), pools, source)


def config(**changes: object) -> RunConfig:
    return small(**{"models": (UNDER_TEST,), "n": 1, "limit": TESTED, "pool": 50, "seed": 0, **changes})


def recovering(recorded: Recorded, **changes: object) -> list[Trial]:
    """Recoverability of the model under test on what all four models solve."""
    subject = recorded.subject(UNDER_TEST, config(**changes))
    tries = {model: recorded.tries(model) for model in recorded.pools}
    shared = set.intersection(*(recorded.solved(model) for model in recorded.pools))
    tested = {item.question.id for item in recorded.questions if item.role == "tested"}
    own = tries[UNDER_TEST]
    traces = [attempt.thinking for name in sorted(tested) for attempt in own[name] if attempt.correct]
    pool = [item.question for item in recorded.questions if item.role == "pool"]
    pools = distractor_pools(subject, pool, tries, traces)
    return recoverability_trials(subject, recorded.named(shared & tested), own, pools)


def guided(recorded: Recorded, **changes: object) -> list[Trial]:
    """Guidability of the model under test on what it gets wrong and the guide gets right."""
    subject = recorded.subject(UNDER_TEST, config(**changes))
    missed = {item.question.id for item in recorded.questions} - recorded.solved(UNDER_TEST)
    found = guides(recorded.named(missed), [GUIDE], {GUIDE: recorded.tries(GUIDE)}, seed=0)
    return guidability_trials(subject, found)


def document(recorded: Recorded) -> str:
    """Three prompts with the middles of their parts left out."""
    examples = {
        "Recoverability, protocol of the paper": at(recovering(recorded), own=0.4),
        "Recoverability, protocol of the release": at(recovering(recorded, protocol="release"), own=0.4),
        "Guidability": at(guided(recorded), steer=0.2),
    }
    return INTRODUCTION + "".join(f"\n## {title}\n\n{_written(trial)}\n" for title, trial in examples.items())


INTRODUCTION = f"""\
# Three prompts of the twin tests

Built from recorded responses of {UNDER_TEST} (the model under test) and {GUIDE}
(the guide) to MATH questions, with the chat template of the former; a token is a word here. Where a part is
shortened, the number of characters left out is given. `tests/test_evaluator_traces.py` rebuilds and compares them.
"""


def at(trials: list[Trial], **wanted: float) -> Trial:
    """The first trial with these shares whose question is short."""
    fitting = [t for t in trials if all(getattr(t.condition, name) == value for name, value in wanted.items())]
    return min(fitting, key=lambda trial: (len(trial.question.text), trial.id))


def _written(trial: Trial) -> str:
    what = trial.condition
    shares = f"m = {what.own:g}, n = {what.steer:g}, gold answer `{trial.question.gold}`"
    head = trial.prompt.removesuffix(trial.prefix)
    parts = [("template, question and open tag", head)]
    parts += [(segment.author.name, segment.text) for segment in trial.segments]
    shown = "\n".join(f"- {name}: `{_short(text)}`" for name, text in parts)
    return f"{shares}; `\\n` is a line break.\n\n{shown}"


def _short(text: str) -> str:
    ends = 70
    middle = len(text) - 2 * ends
    short = text if middle < 30 else f"{text[:ends]} […{middle} characters…] {text[-ends:]}"
    return short.replace("\n", "\\n").replace("`", "'")


if __name__ == "__main__":
    print(document(read(Path(sys.argv[1]), Path(sys.argv[2]))), end="")
