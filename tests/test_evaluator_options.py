"""The one vocabulary of options, the file that may give them, and the plan of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from evaluator_models import card, evaluate, open_scripted, small
from test_evaluator_full import run
from test_evaluator_recorded import asks

from evaluator.numbers.findings import read_findings
from evaluator.presets import PAPER_GUIDES, PAPER_MODELS, configuration
from evaluator.running.participants import participants
from evaluator.trials.taken_subsets import read_subsets
from playground.engine.scripted import ScriptedEngine
from playground.errors import InvalidData, InvalidInput, ModelUnavailable, RunError
from playground.runs.ledger import RunLedger

TINY = ("scripted",)


def test_without_options_the_preset_is_as_it_was():
    config = asks().config(TINY)
    assert config == configuration("tiny", TINY, {})
    assert (config.limit, config.n, config.distractor, config.variants) == (96, 8, 0.2, ("own",))


def test_the_command_line_wins_over_the_file_and_the_file_over_the_preset(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('models = ["scripted"]\nlimit = 12\nn = 4\nvariants = ["own", "digits"]\npositions = [0, 0.5]\n')
    asked = asks("--config", path, "--epochs", 2)
    config = asked.config(asked.models)
    assert (asked.models, config.limit, config.n, config.pool) == (("scripted",), 12, 2, 24)
    assert (config.variants, config.positions) == (("own", "digits"), (0, 0.5))
    (tmp_path / "run.json").write_text(json.dumps(config.to_json()))
    again = asks("--config", tmp_path / "run.json")
    assert again.config(again.models) == config


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("run.toml", "limits = 3", "has limits"),
        ("run.toml", "limit = ", "is not TOML"),
        ("run.json", "{", "is not JSON"),
        ("run.json", "[]", "is not a table"),
        ("run.toml", 'models = "a"', "models: is not a list of names"),
        ("run.toml", "tasks = 3", "tasks: is not a list of names"),
        ("run.toml", "data-dir = 3", "data_dir: is not a path"),
        ("run.json", '{"output_dir": "a\\u0000"}', "output_dir: is not a path"),
        ("run.json", '{"output_dir": "a\\ud800"}', "output_dir: is not a path"),
    ],
)
def test_a_faulty_file_is_refused_with_its_fault(name, text, says, tmp_path):
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidData, match=says):
        asks("--config", tmp_path / name)


def test_the_file_also_says_what_is_asked_and_where_it_goes(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('tasks = ["aime24"]\ndata-dir = "math"\noutput-dir = "out"\nmax-tokens = 9\nguides = ["a.jsonl"]\n')
    asked = asks("--config", path, "--data-dir", tmp_path)
    assert (asked.tasks, asked.data_dir, asked.output_dir) == (("aime24",), tmp_path, Path("out"))
    assert (asked.guides, asked.values["max_tokens"]) == (("a.jsonl",), 9)


def test_the_file_also_says_how_the_run_is_made(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('engine = "vllm"\nenforce-eager = true\nretry-on-error = 5\nresume = false\nquiet = false\n')
    asked = asks("--config", path, "--max-num-seqs", 4, "--engine", "transformers")
    assert (asked.engine.engine, asked.engine.enforce_eager, asked.engine.max_num_seqs) == ("transformers", True, 4)
    assert (asked.policy.retries, asked.resume, asked.quiet) == (5, False, False)
    assert asked.config(TINY) == configuration("tiny", TINY, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('retry-on-error = "often"', "--retry-on-error: invalid int value: 'often'"),
        ('engine = "llama"', "--engine: invalid choice"),
        ("data-parallel = true", "--data-parallel: expected one argument"),
    ],
)
def test_what_an_option_cannot_be_is_the_files_fault(text, says, tmp_path):
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(InvalidData, match=says):
        asks("--config", tmp_path / "run.toml")


def test_a_value_of_another_type_is_named(tmp_path):
    (tmp_path / "run.toml").write_text('limit = "many"')
    with pytest.raises(InvalidData, match="limit"):
        asks("--config", tmp_path / "run.toml").config(TINY)


def test_the_release_brings_its_grid_and_its_lengths():
    release = configuration("paper-math", TINY, {"protocol": "release"})
    assert len(release.cuts) == 15
    assert (release.least_source, release.most_source) == (4096, 24_576)
    paper = configuration("paper-math", TINY, {})
    assert (paper.limit, paper.pool, paper.shared, paper.individual, paper.n) == (1507, 50, 200, 250, 8)
    assert (paper.max_tokens, paper.distractor, paper.least_source) == (32_768, 0.2, 0)


def test_the_scale_of_the_paper_says_which_models_it_lacks_and_where_they_are():
    found = participants(asks("--preset", "paper-math"))
    assert set(found.lacking) == {*PAPER_MODELS, *PAPER_GUIDES}
    with pytest.raises(ModelUnavailable, match=r"17 models are not here.*hf download"):
        found.check()


def test_a_server_that_no_model_is_on_is_refused():
    with pytest.raises(InvalidInput, match="none of the models is named like that"):
        participants(asks("--models", "scripted", "--base-url", "https://one.example/v1"))


def test_a_plan_counts_trials_tokens_and_hours(tmp_path):
    guide = tmp_path / "guide.jsonl"
    guide.write_text(json.dumps({"problem": "Q", "response": "So.</think>1"}))
    size = ["--models", "scripted", "--limit", "6", "--n", "2", "--guides", guide, "--judge", "scripted"]
    done = run("full", *size, "--dry-run", "--json", "--output-dir", tmp_path / "x")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    stages = {stage["stage"]: stage for stage in data["stages"]}
    assert stages["solo"]["trials"] == 6 * 2 + 24
    assert stages["recoverability"]["trials"] == 6 * 5
    assert (stages["guidability"]["trials"], stages["leakage"]["trials"]) == (6 * 4, 6 * 4 * 2)
    assert stages["solo as a guide"]["trials"] == 0
    assert data["tokens"] > data["trials"]
    assert data["hours"] > 0
    assert not (tmp_path / "x").exists()


def test_a_plan_of_the_papers_scale_is_made_without_its_models(shared):
    done = run("full", "--preset", "paper-math", "--data-dir", shared / "data/math", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "Not here: deepseek-ai/DeepSeek-R1." in done.stdout
    first = done.stdout.splitlines()[1].split()
    assert first[:3] == [PAPER_MODELS[0], "solo", f"{1507 * 8 + 50:,}"]


def test_a_command_of_one_test_makes_that_test(tmp_path):
    size = ["--models", "scripted", "--limit", "6", "--n", "2", "--pool", "3"]
    done = run("recoverability", *size, "--variants", "own,digits", "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    with RunLedger(tmp_path) as ledger:
        assert {record.trial.condition.test for record in ledger.records()} == {"solo", "recoverability"}
    again = run("recoverability", *size, "--variants", "own,digits", "--no-resume", "--output-dir", tmp_path)
    assert again.returncode == 2
    assert "holds a run" in again.stderr


@pytest.mark.parametrize(
    ("module", "arguments", "says"),
    [
        ("recoverability", ["--guides", "scripted"], "unrecognized arguments"),
        ("guidability", ["--variants", "digits"], "unrecognized arguments"),
        ("full", ["--variants", "typos"], "'typos' is not one of own"),
        ("full", ["--variants", "own,other-models"], "needs a second model"),
        ("full", ["--positions", "0.8", "--distractor", "0.5"], "m + n ≤ 1"),
        ("full", ["--subsets-from", "/proc"], "holds no run"),
        ("full", ["--judge", "nobody"], "nobody"),
        ("full", ["--output-dir", "runs/\udcff"], "this is not UTF-8 text"),
        ("recoverability", ["--pool", "0"], "--pool is 0"),
        ("solo", ["--import-solo", "no.jsonl"], "no.jsonl cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(module, arguments, says, tmp_path):
    done = run(module, "--models", "scripted", "--output-dir", tmp_path / "x", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr


def test_subsets_are_taken_over_by_another_run(tmp_path):
    evaluate(tmp_path / "one", small(models=("weak", "strong")))
    taken = read_subsets(tmp_path / "one")
    config = small(models=("weak", "careless"), seed=9, limit=30, subsets=taken.digest)
    evaluate(tmp_path / "two", config, questions=taken.questions, taken=taken)
    with RunLedger(tmp_path / "two") as ledger:
        assert read_findings(ledger).questions == {"tested": 24, "pool": 6}
    one = {(s.model, s.test, s.subset): s for s in taken.selections}
    two = {(s.model, s.test, s.subset): s for s in read_subsets(tmp_path / "two").selections}
    shared, individual = ("weak", "recoverability", "shared"), ("weak", "recoverability", "individual")
    assert set(two[shared].questions) <= set(one[shared].questions)
    assert set(two[individual].questions) <= set(one[individual].questions)
    assert set(two["careless", "recoverability", "shared"].questions) <= set(one[shared].questions)
    assert two[shared].questions


def test_a_run_without_subsets_lends_none(tmp_path):
    evaluate(tmp_path, small(models=("weak",), tests=()))
    with pytest.raises(RunError, match="selected no subsets"):
        read_subsets(tmp_path)


def last_number(prompt, seed):
    """A judge that finds the last number of a steer, and says yes where it is the reference."""
    asked = prompt.split("</think>")[0]
    between = asked.rpartition("<candidates>\n" if "<candidates>" in asked else "<reasoning>\n")[2].split("</")[0]
    last = between.rstrip(". \n").split()[-1]
    gold = asked.partition("<reference>\n")[2].split("\n")[0]
    said = f"Among them: {'yes' if gold == last else 'no'}" if gold else last
    return f"I look.\n</think>\n{said}"


def another_version(prompt, seed):
    return last_number(prompt, seed)


def opens(judge):
    return lambda model: ScriptedEngine(judge, name="judge") if model.name == "judge" else open_scripted(model)


def test_a_judge_says_which_steers_hold_the_answer(tmp_path):
    evaluate(tmp_path, small(models=("weak", "strong"), judge="judge"), opens(last_number), judge=card("judge"))
    with RunLedger(tmp_path) as ledger:
        golds = {item.question.id: item.question.gold for item in ledger.questions()}
        judged = ledger.leak_judgements()
        steers = {(r.trial.question.id, r.trial.prefix) for r in ledger.records("guidability")}
    assert {(item.question, item.steer) for item in judged} == steers
    assert all(item.leaked == (golds[item.question] == item.candidates) for item in judged)


def test_steers_judged_by_two_versions_of_a_judge_are_not_mixed(tmp_path):
    judged = small(models=("weak", "strong"), judge="judge")
    evaluate(tmp_path, judged, opens(last_number), judge=card("judge"))
    more = replace(judged, guided=judged.guided + 4, lengths=(0.2, 0.4, 0.5, 0.6, 0.8))
    with pytest.raises(RunError, match=r'judge is not what the run began with: .*"last_number" → "another_version"'):
        evaluate(tmp_path, more, opens(another_version), judge=card("judge"))
