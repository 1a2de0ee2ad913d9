"""A run that is added to: what is there stays, only what is new is generated, and what must not be mixed is refused."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest
from evaluator_models import card, evaluate, open_scripted, small, sums

from evaluator.command import begin
from evaluator.faults import FaultPolicy
from evaluator.reporting.card import card_blocks
from evaluator.reporting.document import markdown
from evaluator.running.ledger import Ledger
from evaluator.running.manifest import manifest
from evaluator.trials.selection import run_questions
from playground.engine.scripted import ScriptedEngine
from playground.errors import EngineError, RunError
from playground.runs.ledger import LEDGER_FILE, RunLedger
from playground.runs.query import SampleQuery
from playground.runs.samples import RunSamples

TWO = small(models=("weak", "strong"))
SHORT = tuple(question for question in sums() if question.benchmark == "short")


def rows(folder):
    """Everything that the ledger has of each trial, as it lies in the file."""
    with sqlite3.connect(folder / LEDGER_FILE) as database:
        return {row[0]: row for row in database.execute("SELECT * FROM outcomes")}


def asked(folder):
    """The trials of the run as it is now, with what became of them."""
    with RunLedger(folder) as ledger:
        return {record.outcome.trial_id: (record.trial.prompt, record.outcome) for record in ledger.records()}


def apart(first, second):
    """What two runs do not share of trials, outcomes, subsets and questions: all that results are reckoned from."""
    one, other = asked(first), asked(second)
    with RunLedger(first) as here, RunLedger(second) as there:
        differing = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
        return (
            differing,
            set(here.selections()) ^ set(there.selections()),
            set(here.questions()) ^ set(there.questions()),
        )


SAME = ([], set(), set())


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Runs made at once, by their configuration."""
    made = {}

    def run(config, **parts):
        key = repr((config, parts))
        if key not in made:
            made[key] = tmp_path_factory.mktemp("fresh")
            evaluate(made[key], config, **parts)
        return made[key]

    return run


GROWTHS = {
    "samples": (small(n=4), small(n=8)),
    "a model": (TWO, small(models=("weak", "careless", "strong"))),
    "a position": (small(positions=(0.0, 0.4)), small(positions=(0.0, 0.4, 0.8))),
    "questions": (small(limit=16), small(limit=24)),
    "tests": (small(tests=()), small()),
    "variants": (small(), small(variants=("own", "digits"))),
}


@pytest.mark.parametrize(("before", "after"), GROWTHS.values(), ids=GROWTHS)
def test_a_run_that_grew_ends_like_one_made_at_once_and_keeps_its_rows(before, after, fresh, tmp_path):
    evaluate(tmp_path, before)
    kept = rows(tmp_path)
    evaluate(tmp_path, after)
    assert kept.items() <= rows(tmp_path).items()
    assert apart(tmp_path, fresh(after)) == SAME


def test_more_samples_generate_no_sample_again(tmp_path):
    written = []

    def counting(card):
        engine = open_scripted(card)
        generate = engine.generate
        engine.generate = lambda requests: (written.extend(requests), generate(requests))[1]
        return engine

    evaluate(tmp_path, small(tests=(), pool=0, n=8), counting)
    assert len(written) == 3 * 24 * 8
    evaluate(tmp_path, small(tests=(), pool=0, n=16), counting)
    assert len(written) == 3 * 24 * 16


def test_a_benchmark_is_added(tmp_path):
    whole = run_questions(sums(), limit=24, pool=6, seed=3)
    evaluate(tmp_path, small(limit=12), questions=run_questions(SHORT, limit=12, pool=3, seed=3))
    kept = rows(tmp_path)
    evaluate(tmp_path, small(limit=24), questions=whole)
    assert kept.items() <= rows(tmp_path).items()
    solo = {name for name, row in kept.items() if json.loads(row[4])["condition"]["test"] == "solo"}
    assert solo <= asked(tmp_path).keys()


def test_a_run_that_breaks_off_while_it_grows_goes_on(fresh, tmp_path):
    evaluate(tmp_path, TWO)
    kept, calls = rows(tmp_path), []

    def failing(card):
        script = open_scripted(card)._script

        def broken(prompt, seed):
            calls.append(prompt)
            if len(calls) > 150:
                raise EngineError("The device is gone.")
            return script(prompt, seed)

        broken.__name__ = script.__name__
        return ScriptedEngine(broken, name=card.name)

    with pytest.raises(EngineError, match="device is gone"):
        evaluate(tmp_path, small(), failing)
    with RunLedger(tmp_path) as ledger:
        assert ledger.meta("completed") is None
    evaluate(tmp_path, small())
    assert kept.items() <= rows(tmp_path).items()
    assert apart(tmp_path, fresh(small())) == SAME


class Killed(BaseException):
    """The end of a process."""


def test_attempts_that_succeed_only_later_leave_nothing_of_what_was_made_without_them(fresh, tmp_path):
    config, steered = small(models=("careless",), tests=("recoverability",)), []

    def faltering(card):
        script = open_scripted(card)._script

        def written(prompt, seed):
            if not prompt.endswith("<think>\n"):
                steered.append(prompt)
                if len(steered) > 40:
                    raise Killed
            elif seed % 7 == 0:
                raise EngineError("The device is busy.")
            return script(prompt, seed)

        written.__name__ = script.__name__
        return ScriptedEngine(written, name=card.name)

    with pytest.raises(Killed):
        evaluate(tmp_path, config, faltering, policy=FaultPolicy(retries=0, limit=0.5))
    evaluate(tmp_path, config)
    assert len(rows(tmp_path)) > len(asked(tmp_path))
    assert apart(tmp_path, fresh(config)) == SAME
    assert {line.trial for line in RunSamples(tmp_path).page(SampleQuery(), 0, 999).lines} == set(asked(tmp_path))


def test_the_card_tells_what_the_run_was_before(tmp_path):
    for n in (1, 2, 4):
        evaluate(tmp_path, small(models=("weak",), tests=(), limit=4, n=n))
    with RunLedger(tmp_path) as ledger:
        card = manifest(ledger, complete=True)
    assert [life["config"]["n"] for life in card["earlier"]] == [1, 2]
    assert card["config"]["n"] == 4
    assert card["started"] < card["earlier"][1]["grown"] < card["earlier"][1]["completed"] < card["grown"]
    assert "n: 1 → 2" in markdown(card_blocks(card))


REFUSED = {
    "another temperature": ({"temperature": 0.7}, r"temperature: 0.6 → 0.7"),
    "another seed": ({"seed": 4}, "seed: 3 → 4"),
    "fewer samples": ({"n": 2}, "n: 4 → 2"),
    "a model left out": ({"models": ("weak",)}, r'models: \["weak", "careless", "strong"\] → \["weak"\]'),
    "other guides": ({"guides": ("strong",)}, r'guides: \[\] → \["strong"\]'),
    "recorded responses of a model that wrote": ({"recorded": ("weak ab",)}, r'recorded: \[\] → \["weak ab"\]'),
    "two of them": ({"n": 8, "max_tokens": 99, "top_p": 1.0}, "max_tokens: 200 → 99; top_p: 0.95 → 1.0"),
}


@pytest.mark.parametrize(("changes", "says"), REFUSED.values(), ids=REFUSED)
def test_what_would_mix_results_is_refused_with_the_difference(changes, says, tmp_path):
    questions = run_questions(sums(), limit=24, pool=6, seed=3)
    with Ledger(tmp_path) as ledger:
        begin(ledger, small(), questions)
        with pytest.raises(RunError, match=f"another configuration: {says}\\."):
            begin(ledger, small(**changes), questions)
        assert begin(ledger, small(), questions) == []
        assert begin(ledger, small(n=8), questions) == ["n: 4 → 8"]


ADDED = {
    "guides, where nobody was guided yet": (small(tests=()), small(guides=("strong",))),
    "a model of which there are recorded responses": (TWO, small(recorded=("careless ab",))),
}


@pytest.mark.parametrize(("before", "after"), ADDED.values(), ids=ADDED)
def test_what_stands_beside_nothing_is_added(before, after, tmp_path):
    questions = run_questions(sums(), limit=24, pool=6, seed=3)
    with Ledger(tmp_path) as ledger:
        begin(ledger, before, questions)
        assert begin(ledger, after, questions) != []


def test_a_broken_run_does_not_go_on_with_other_prompts(tmp_path):
    config = small(models=("weak",), tests=())
    evaluate(tmp_path, config)
    with Ledger(tmp_path) as ledger, ledger._db as database:
        database.execute("DELETE FROM meta WHERE key = 'completed'")
        database.execute("DELETE FROM outcomes WHERE rowid % 2")
    kept = rows(tmp_path)
    with pytest.raises(RunError, match=r'weak is not what the run began with: user_suffix: "" → " Box it\."\.'):
        evaluate(tmp_path, config, cards=(replace(card("weak"), user_suffix=" Box it."),))
    assert rows(tmp_path) == kept


def test_questions_that_changed_under_their_names_are_refused(tmp_path):
    first = run_questions(sums(), limit=24, pool=6, seed=3)
    changed = tuple(replace(item, question=replace(item.question, text="Add 1.")) for item in first)
    with Ledger(tmp_path) as ledger:
        begin(ledger, small(), first)
        with pytest.raises(RunError, match=r"short-.. is another question; .*; …"):
            begin(ledger, small(n=8), changed)
        with pytest.raises(RunError, match="the questions themselves have changed"):
            begin(ledger, small(), first[1:])


OTHER = {
    "a package": ({"packages": '{"torch": "1.0"}'}, r'packages.*torch: "1\.0" → "2'),
    "another judge of answers": ({"judging": "old"}, 'judging: "old" → "[0-9a-f]{16}"'),
    "other prompts": ({"composing": "old"}, 'composing: "old" → "[0-9a-f]{16}"'),
    "other trials": ({"trials": "old"}, 'trials: "old" → "[0-9a-f]{16}"'),
    "other kernels": ({"environment": '{"VLLM_BATCH_INVARIANT": "1"}'}, 'VLLM_BATCH_INVARIANT: "1" → ""'),
}


@pytest.mark.parametrize(("facts", "says"), OTHER.values(), ids=OTHER)
def test_other_software_neither_goes_on_with_a_run_nor_adds_to_it(facts, says, tmp_path):
    questions = run_questions(sums(), limit=24, pool=6, seed=3)
    with Ledger(tmp_path) as ledger:
        begin(ledger, small(), questions)
        ledger.set_meta(**facts)
        for config in (small(), small(n=8)):
            with pytest.raises(RunError, match=f"begun with other software: .*{says}"):
                begin(ledger, config, questions)
        ledger.set_meta(completed="2026-01-01T00:00:00+00:00")
        assert begin(ledger, small(), questions) == []
