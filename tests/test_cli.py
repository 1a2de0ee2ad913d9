"""The commands as a shell sees them: output, exit codes, and one line for an error."""

import json

import pytest

from playground.cli import border
from playground.visible import visible
from tests.commands import TWO, process, run


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
        ((*TWO, "--hand-off", "steps"), "'steps' is not a hand-over rule"),
        ((*TWO, "--schedule", "A:1,C:1"), "there are 2 models"),
        ((*TWO[:3], *TWO[5:], "--hand-off", "steps:1"), "needs two models"),
        ((*TWO, "--hand-off", "close", "--schedule", "A:1"), "not allowed with"),
        ((*TWO, "--temperature", "-1"), "temperature must be at least 0"),
        ((*TWO, "--max-tokens", "0"), "max_tokens must be at least 1"),
        ((*TWO, "--max-tokens", "many"), "invalid int value"),
        ((*TWO, "--gold", " "), "gold answer is empty"),
        ((*TWO, "--json", ""), "is not a file name"),
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


@pytest.mark.parametrize("words", [(), ("relay",), ("models",), ("probe",), ("inspect",)])
def test_help_holds_examples(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(*words, "--help")
    assert stopped.value.code == 0
    assert "examples:\n  python -m playground" in capsys.readouterr().out


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


def test_output_that_cannot_be_written_is_one_line():
    with open("/dev/full", "w") as full:
        done = process("-m", "playground", "models", "--json", stdout=full)
        assert "No space left" in done.communicate()[1]
    assert done.returncode == 2
