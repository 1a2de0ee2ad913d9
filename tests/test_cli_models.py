"""The commands `models` and `probe`."""

import json

import pytest

from playground.model_report import QUESTION
from playground.models import find_card, known_cards, shipped_cards
from playground.prompting import render
from playground.trajectory import Author, Segment, Trajectory
from tests.commands import run
from tests.probe_document import documented

TRACE = Trajectory(question="q").extend(Segment(text="A step.\n", author=Author(kind="person", name="you")))


def test_models_lists_what_model_takes(capsys):
    assert run("models", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in listed] == [card.name for card in known_cards()]
    assert {"name", "engine", "available", "why"} <= listed[-1].keys()
    assert run("models") == 0
    assert "scripted      available" in capsys.readouterr().out


def test_models_lists_those_of_a_file_and_those_known_by_name(tmp_path, capsys):
    (tmp_path / "m.toml").write_text('[[model]]\nname = "gone"\nsource = "./gone"\n')
    assert run("models", "--all", "--json", "--models-file", str(tmp_path / "m.toml")) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert not rows["gone"]["available"]
    assert rows["gone"]["why"] == "There is no directory gone"
    assert rows["Qwen/Qwen3-8B"]["sampling"] == {"temperature": 0.6, "top_p": 0.95, "top_k": 20}
    assert rows["deepseek-ai/DeepSeek-R1"]["needs_bytes"] > 10**12


def test_probe_shows_what_the_model_can_do_and_the_exact_prompts(capsys):
    assert run("probe", "scripted") == 0
    shown = capsys.readouterr().out
    assert (
        "context length: 32768\nlogprobs: 10\nscoring: yes\nseeds: yes\nprefix reuse: no (nothing is prefilled)\n"
        in shown
    )
    assert "think tags: <think> … </think>; the playground writes the open tag" in shown
    card, trajectory = find_card("scripted"), Trajectory(question=QUESTION)
    assert run("probe", "scripted", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["prompts"]["no steer"] == render(trajectory, card)
    assert report["prompts"]["steer"].endswith("\nWait. Let me think. Leo has 7 shells. ")


@pytest.mark.parametrize("words", ["tiny-elm-plain", "scripted", "replay:trajectory.json"])
def test_probe_says_what_its_document_says(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trajectory.json").write_text(json.dumps(TRACE.to_dict()))
    assert run("probe", words) == 0
    shown = capsys.readouterr().out.splitlines()
    told = [line for line in documented()[words] if not line.startswith("runs: ")]  # a revision is a hash
    assert len(told) >= 15
    assert [line for line in told if line not in shown] == []


def test_probe_of_a_trace_says_what_a_trace_cannot_do(tmp_path, capsys):
    (tmp_path / "t.json").write_text(json.dumps(TRACE.to_dict()))
    assert run("probe", f"replay:{tmp_path / 't.json'}", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["engine"], report["capabilities"]["scoring"], report["why"]) == ("replay", False, "")


def test_probe_reports_a_contradiction(tmp_path, capsys):
    source = shipped_cards()[-1].source
    entry = f'[[model]]\nname = "odd"\nsource = "{source}"\nthink_tags = ["[THINK]", "[/THINK]"]\n'
    (tmp_path / "m.toml").write_text(entry)
    assert run("models", "--models-file", str(tmp_path / "m.toml")) == 0
    assert (
        "the models file says [THINK] … [/THINK], the chat template names <think> … </think>" in capsys.readouterr().out
    )
