"""The command `relay`: what it shows, what it saves, and how it ends."""

import os
import signal
import sys
import time

import pytest

from playground.cli import border
from playground.cli.painter import Painter
from playground.cli.session import Session
from playground.cli.terminal import Terminal
from playground.engine.scripted import ScriptedEngine
from playground.models import find_card
from playground.reasoners.questions import shipped_questions
from playground.relay import Participant, Turn
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory
from tests.commands import MIA, TWO, process, run, saved

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

card = find_card("scripted")
engine = ScriptedEngine(script=lambda prompt, seed: "word\\n" * 1000, token_seconds=0.05)
writer = Participant(card=card, engine=engine, params=SamplingParams())
session = Session(start=Trajectory(question="q"), cards=(card,), seed=0, path=Path(sys.argv[1]))
painter = Painter(Terminal(sys.stdout, colour=False), session.start)
sys.exit(border.run(lambda: session.run([Turn(writer)], painter)))
"""


def test_a_relay_shows_and_saves_the_same_text(tmp_path, capsys):
    assert run(*TWO, "--gold", "27", "--json", str(tmp_path / "t.json")) == 0
    trajectory, shown = saved(tmp_path / "t.json"), capsys.readouterr().out
    assert len(trajectory.segments) == 3
    assert all(line in shown for line in trajectory.text.splitlines())
    assert "scripted takes over after steps:2" in shown
    assert "── correct: equals 27 ──" in shown
    assert "\n\n" not in shown  # the blank lines before an answer are not shown


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


def test_marks_stand_after_their_step(capsys):
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


def test_a_question_longer_than_the_context_is_refused_and_the_file_says_what_there_is(tmp_path, capsys):
    assert run(*TWO[:-1], "word " * 33_000, "--json", str(tmp_path / "t")) == 2
    assert "the model's context holds 32768" in capsys.readouterr().err
    assert saved(tmp_path / "t").segments == ()


def test_a_thinking_budget_is_shown_and_saved(tmp_path, capsys):
    words = ("relay", "--model", "scripted", "--question", MIA, "--json", str(tmp_path / "t"))
    assert run(*words, "--thinking-budget", "5") == 0
    thinking, answer = saved(tmp_path / "t").segments
    assert (thinking.provenance.tokens, thinking.provenance.thinking_budget.then) == (5, "answer")
    assert answer.kind == "answer"
    assert run(*words, "--thinking-budget", "5", "--at-budget", "stop") == 0
    assert not saved(tmp_path / "t").closed
    assert "── truncated: " in capsys.readouterr().out


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


def test_a_relay_that_writes_nothing_replaces_no_file(tmp_path):
    kept = tmp_path / "kept.json"
    assert run(*TWO, "--json", str(kept)) == 0
    before = kept.read_bytes()
    assert run(*TWO[:-1], "word " * 33_000, "--json", str(kept)) == 2
    assert kept.read_bytes() == before


def test_a_saved_trajectory_is_played_back_exactly(tmp_path):
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
