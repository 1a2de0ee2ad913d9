"""The commands as a shell sees them: output, exit codes, and one line for an error."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from playground.__main__ import command
from playground.cli import border
from playground.cli.painter import Painter
from playground.cli.session import Session
from playground.cli.terminal import Terminal
from playground.cli.visible import visible
from playground.engine.scripted import ScriptedEngine
from playground.model_report import QUESTION
from playground.models import find_card, known_cards, shipped_cards
from playground.prompting import render
from playground.reasoners.questions import shipped_questions
from playground.relay import Participant, Turn
from playground.sampling import SamplingParams
from playground.trajectory import Author, Segment, Trajectory
from tests.probe_document import documented

MIA = "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers. How many does Mia have?"
TWO = ("relay", "--model", "scripted", "--model", "scripted", "--question", MIA)

TRACE = Trajectory(question="q").extend(Segment(text="A step.\n", author=Author(kind="person", name="you")))

SLOW_RELAY = """
import sys
from pathlib import Path
from playground.cli import border
from playground.cli.painter import Painter
from playground.cli.session import Session
from playground.cli.terminal import Terminal
from playground.engine.scripted import ScriptedEngine
from playground.models import find_card
from playground.relay import Participant, Turn
from playground.sampling import SamplingParams
from playground.trajectory import Author, Segment, Trajectory
from tests.probe_document import documented

card = find_card("scripted")
engine = ScriptedEngine(script=lambda prompt, seed: "word\\n" * 1000, token_seconds=0.05)
writer = Participant(card=card, engine=engine, params=SamplingParams())
session = Session(start=Trajectory(question="q"), cards=(card,), seed=0, path=Path(sys.argv[1]))
painter = Painter(Terminal(sys.stdout, colour=False), session.start)
sys.exit(border.run(lambda: session.run([Turn(writer)], painter)))
"""


def run(*words: str) -> int:
    return border.run(lambda: command(words))


def saved(path) -> Trajectory:
    return Trajectory.from_dict(json.loads(path.read_text()))


def process(*words: str, **options) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, *words], **{**pipes, **options})


def test_a_relay_shows_and_saves_the_same_text(tmp_path, capsys):
    assert run(*TWO, "--gold", "27", "--json", str(tmp_path / "t.json")) == 0
    trajectory, shown = saved(tmp_path / "t.json"), capsys.readouterr().out
    assert len(trajectory.segments) == 3
    assert all(line in shown for line in trajectory.text.splitlines())
    assert "scripted takes over after steps:2" in shown
    assert "── correct: equals 27 ──" in shown


def test_a_relay_repeats_with_its_seed(tmp_path):
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert run(*TWO, "--seed", seed, "--json", str(tmp_path / name)) == 0
    a, b, c = (saved(tmp_path / name).text for name in "abc")
    assert a == b != c


def test_a_schedule_says_who_writes_how_much(tmp_path):
    assert run(*TWO, "--schedule", "A:1,B:2", "--max-tokens", "40", "--json", str(tmp_path / "t")) == 0
    assert [s.provenance.hand_over for s in saved(tmp_path / "t").segments][:2] == ["steps:1", "steps:2"]


def test_a_person_can_write_first(tmp_path, capsys):
    assert run(*TWO, "--start-with", "Hm, let me see.\n", "--json", str(tmp_path / "t")) == 0
    first = saved(tmp_path / "t").segments[0]
    assert (first.author.kind, first.text) == ("person", "Hm, let me see.\n")
    assert "── you ──" in capsys.readouterr().out


def test_one_model_may_think_alone(tmp_path):
    assert run("relay", "--model", "scripted", "--question", MIA, "--json", str(tmp_path / "t")) == 0
    assert {segment.provenance.hand_over for segment in saved(tmp_path / "t").segments} == {None}


def test_a_shipped_question_brings_its_gold(tmp_path):
    question = shipped_questions(1)[0]
    assert run("relay", "--model", "scripted", "--question-id", question.id, "--json", str(tmp_path / "t")) == 0
    trajectory = saved(tmp_path / "t")
    assert (trajectory.question, trajectory.gold) == (question.problem, question.answer)


def test_marks_stand_behind_their_step(capsys):
    assert run("relay", "--model", "scripted", "--question", MIA, "--start-with", "This is foreign.\n") == 0
    lines = capsys.readouterr().out.splitlines()
    foreign = lines.index("This is foreign.")
    assert lines[foreign + 2].startswith(("Wait", "Hold on"))
    assert "⟲ backtrack:" in "".join(lines[foreign + 3 : foreign + 5])


def test_the_terminal_obeys_nothing_that_was_written(capsys):
    evil = "\x1b[31mred\x1b]0;title\x07 \x9b2J back\rspace \u202eright"
    assert run(*TWO[:-1], f"{evil} 24. Has 9.", "--start-with", evil) == 0
    shown = capsys.readouterr().out
    assert "␛[31mred␛]0;title␇ \\u009b2J back␍space \\u202eright" in shown
    assert not set(shown) & set("\x1b\x07\x9b\r\u202e")


def test_text_without_control_characters_stays_as_it_is():
    assert visible("é🦊\t你好\n\x7f") == "é🦊\t你好\n␡"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("relay", "--model", "no-such", "--question", "hi"), "There is no model called 'no-such'"),
        (("relay", "--model", "replay:none", "--question", "hi"), "no recorded trace"),
        (("relay", "--model", "n" * 300, "--question", "hi"), "File name too long. Check the path."),
        (("relay", "--model", f"replay:{'n' * 300}", "--question", "hi"), "File name too long. Check the path."),
        ((*TWO[:-1], " "), "The question is empty"),
        ((*TWO[:-2], "--question-id", "t9-1"), "There is no question 't9-1'. They run from t1-0001"),
        ((*TWO, "--hand-off", "steps"), "'steps' is no hand-over rule"),
        ((*TWO, "--schedule", "A:1,C:1"), "there are 2 models"),
        ((*TWO[:3], *TWO[5:], "--hand-off", "steps:1"), "needs two models"),
        ((*TWO, "--hand-off", "close", "--schedule", "A:1"), "not allowed with"),
        ((*TWO, "--temperature", "-1"), "temperature must be at least 0"),
        ((*TWO, "--max-tokens", "0"), "max_tokens must be at least 1"),
        ((*TWO, "--max-tokens", "many"), "invalid int value"),
        ((*TWO, "--gold", " "), "gold answer is empty"),
        ((*TWO, "--json", ""), "is no name for a file"),
        ((*TWO, "--json", "/proc/none/t.json"), "cannot be written"),
        ((*TWO, "--json", "t" * 300), "cannot be written: File name too long"),
        ((*TWO, "--sede", "1"), "unrecognized arguments: --sede 1"),
        (("relay", "--question", "hi"), "required: --model"),
        (("inspect", "no-such-file"), "cannot be read"),
        (("inspect",), "required: FILE"),
        (("probe",), "required: MODEL"),
        (("probe", "tiny-oak-plane"), "Did you mean tiny-oak-plain?"),
        (("probe", "/no/such/directory"), "There is no model called '/no/such/directory'"),
        (("models", "--models-file", "none.toml"), "none.toml cannot be read"),
        (("relay", "--models-file", "none.toml", *TWO[1:]), "none.toml cannot be read"),
        ((*TWO, "--at-budget", "stop"), "Give --thinking-budget"),
        ((*TWO, "--thinking-budget", "-1"), "A thinking budget of -1 tokens is impossible"),
        ((*TWO, "--thinking-budget", "9", "--at-budget", "shout"), "invalid choice: 'shout'"),
        (("relya",), "invalid choice: 'relya'"),
        (("--host", "0.0.0.0", "--port", "7999"), "0.0.0.0"),
        (("--port", "http"), "invalid int value"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words, problem, capsys):
    try:
        code = run(*words)
    except SystemExit as stopped:
        code = stopped.code
    error = capsys.readouterr().err
    assert (code, error.count("\n")) == (2, 1)
    assert error.startswith("error: ")
    assert problem in error


def test_a_question_longer_than_the_context_is_refused_and_the_file_says_what_there_is(tmp_path, capsys):
    assert run(*TWO[:-1], "word " * 33_000, "--json", str(tmp_path / "t")) == 2
    assert "the model's context holds 32768" in capsys.readouterr().err
    assert saved(tmp_path / "t").segments == ()


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
    assert "tokenizer_config.json" in rows["gone"]["why"]
    assert rows["Qwen/Qwen3-8B"]["sampling"] == {"temperature": 0.6, "top_p": 0.95, "top_k": 20}
    assert rows["deepseek-ai/DeepSeek-R1"]["needs_bytes"] > 10**12


def test_probe_shows_what_the_model_can_do_and_the_exact_prompts(tmp_path, capsys):
    assert run("probe", "scripted") == 0
    shown = capsys.readouterr().out
    assert "context length: 32768\nlogprobs: 10\nscoring: yes\nseeds: yes\nprefix reuse: no\n" in shown
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


def test_a_thinking_budget_is_shown_and_saved(tmp_path, capsys):
    words = ("relay", "--model", "scripted", "--question", MIA, "--json", str(tmp_path / "t"))
    assert run(*words, "--thinking-budget", "5") == 0
    thinking, answer = saved(tmp_path / "t").segments
    assert (thinking.provenance.tokens, thinking.provenance.thinking_budget.then) == (5, "answer")
    assert answer.kind == "answer"
    assert run(*words, "--thinking-budget", "5", "--at-budget", "stop") == 0
    assert not saved(tmp_path / "t").closed
    assert "── truncated: " in capsys.readouterr().out


@pytest.mark.parametrize("words", [(), ("relay",), ("models",), ("probe",), ("inspect",)])
def test_help_holds_examples(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(*words, "--help")
    assert stopped.value.code == 0
    assert "examples:\n  python -m playground" in capsys.readouterr().out


def test_a_model_that_writes_nothing_has_no_answer(capsys):
    card = find_card("scripted")
    silent = Participant(card=card, engine=ScriptedEngine(script=lambda prompt, seed: ""), params=SamplingParams())
    session = Session(start=Trajectory(question="q"), cards=(card,), seed=0)
    session.run([Turn(silent)], Painter(Terminal(sys.stdout, colour=False), session.start))
    assert "── no answer: " in capsys.readouterr().out


def test_an_interrupted_relay_ends_at_once_and_is_saved(tmp_path):
    with process("-c", SLOW_RELAY, str(tmp_path / "t.json")) as relay:
        while "word" not in relay.stdout.readline():
            pass
        relay.send_signal(signal.SIGINT)
        begin = time.monotonic()
        assert relay.wait(timeout=30) == border.INTERRUPTED
        assert time.monotonic() - begin < 10  # the whole text takes 50 seconds
        assert relay.stderr.read() == "interrupted\n"
    trajectory = saved(tmp_path / "t.json")
    assert set(trajectory.text.split()) == {"word"}
    assert trajectory.segments[0].provenance.finish_reason == "abort"


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(tmp_path):
    (tmp_path / "t.jsonl").write_text(json.dumps({"response": "One step.\n" * 50_000}) + "\n")
    with process("-m", "playground", "inspect", str(tmp_path / "t.jsonl")) as inspect:
        inspect.stdout.readline()
        inspect.stdout.close()
        assert inspect.wait(timeout=60) == border.PIPE_CLOSED
        assert inspect.stderr.read() == ""


def test_an_expected_error_of_a_process_has_no_traceback():
    with process("-m", "playground", "relay", "--model", "none", "--question", "hi") as relay:
        output, error = relay.communicate(timeout=60)
    assert (relay.returncode, output, error.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    ("environment", "words", "coloured"), [({}, (), True), ({"NO_COLOR": "1"}, (), False), ({}, ("--no-color",), False)]
)
def test_colours_only_where_they_are_wanted(environment, words, coloured):
    leader, follower = os.openpty()
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    question = ("relay", "--model", "scripted", "--question", "1 and 2.")
    with process("-m", "playground", *question, *words, stdout=follower, env={**kept, **environment}) as relay:
        os.close(follower)
        assert relay.wait(timeout=60) == 0
    shown = os.read(leader, 1 << 16).decode()
    os.close(leader)
    assert ("\x1b[36m" in shown) == coloured


def test_a_relay_that_writes_nothing_replaces_no_file(tmp_path, capsys):
    kept = tmp_path / "kept.json"
    assert run(*TWO, "--json", str(kept)) == 0
    before = kept.read_bytes()
    assert run(*TWO[:-1], "word " * 33_000, "--json", str(kept)) == 2
    assert kept.read_bytes() == before


def test_a_saved_trajectory_is_played_back_exactly(tmp_path, capsys):
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    assert run(*TWO, "--json", str(first)) == 0
    assert run("relay", "--model", f"replay:{first}", "--question", MIA, "--json", str(again)) == 0
    assert (saved(again).thinking, saved(again).answer) == (saved(first).thinking, saved(first).answer)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [("t.txt", "", "holds no text"), ("t.jsonl", "{}", "many traces"), ("t.json", '{"question": 1}', "t.json: ")],
)
def test_a_replay_of_no_trace_is_refused(name, text, problem, tmp_path, capsys):
    (tmp_path / name).write_text(text)
    assert run("relay", "--model", f"replay:{tmp_path / name}", "--question", MIA) == 2
    assert problem in capsys.readouterr().err


def test_output_that_cannot_be_written_is_one_line():
    with open("/dev/full", "w") as full:
        done = process("-m", "playground", "models", "--json", stdout=full)
        assert "No space left" in done.communicate()[1]
    assert done.returncode == 2
