"""Every variant of the twin tests on vLLM, on engines that the other tests have loaded already."""

from __future__ import annotations

import io
from contextlib import nullcontext

import pytest

from evaluator.benchmarks import tiers
from evaluator.command import begin
from evaluator.presets import configuration
from evaluator.running.evaluation import Evaluation
from evaluator.running.ledger import Ledger
from evaluator.trials.selection import run_questions
from playground.cli.progress import Progress
from playground.runs.ledger import RunLedger

SIZE = {"limit": 4, "n": 2, "pool": 4, "shared": 1, "individual": 1, "guided": 1, "max_tokens": 300, "seed": 5}
VARIANTS = ("own", "first-paragraph", "other-models", "digits")


@pytest.fixture
def evaluate(tmp_path, pool, cards):
    """A run of both reasoners with some values of its own; gives the ledger's reader."""
    engines = {card.name: pool.get(card) for card in cards}  # another test may have ended the one that was there

    def run(**values):
        config = configuration("tiny", tuple(engines), {**SIZE, **values})
        questions = run_questions(tiers(), limit=config.limit, pool=config.pool, seed=config.seed)
        with Ledger(tmp_path) as ledger:
            begin(ledger, config, questions)
            Evaluation(
                config=config,
                cards=cards,
                questions=questions,
                open_engine=lambda card: nullcontext(engines[card.name]),
                ledger=ledger,
                progress=Progress(io.StringIO()),
                judge=cards[0] if config.judge else None,
            ).run()
        return RunLedger(tmp_path)

    return run


def test_every_disturbance_the_control_the_probe_and_the_judge(evaluate, cards):
    guides = {"guides": (cards[1].name,), "lengths": (0.4,), "control": 1, "likelihood": True, "judge": cards[0].name}
    with evaluate(variants=VARIANTS, positions=(0.4,), **guides) as ledger:
        disturbed, guided = list(ledger.records("recoverability")), list(ledger.records("guidability"))
        assert {record.trial.condition.variant for record in disturbed} == set(VARIANTS)
        assert {record.outcome.verdict for record in disturbed + guided} <= {
            "correct",
            "wrong",
            "no_answer",
            "truncated",
        }
        assert guided
        assert all(0 < record.outcome.steer_probability <= 1 for record in guided)
        assert len(ledger.leak_judgements()) == len({record.trial.prefix for record in guided})


def test_the_release(evaluate):
    with evaluate(
        protocol="release", tests=("recoverability",), positions=(0.0, 0.4), distractor=(0.4, 0.6), transition=" Hm. "
    ) as ledger:
        records = list(ledger.records("recoverability"))
    assert records
    assert {record.trial.condition.protocol for record in records} == {"release"}
    assert all(record.outcome.verdict != "error" for record in records)
