import inspect
import pickle

import pytest

from playground import errors

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.PlaygroundError)]


def drawn() -> dict[str, int]:
    """The tree in the module's docstring: each name and how deep it stands."""
    lines = [line for line in str(errors.__doc__).splitlines() if "Error" in line.split()[:2] or "──" in line]
    words = [next(word for word in line.split() if word.isalnum() and word[0].isupper()) for line in lines]
    return {word: line.index(word) // 4 for word, line in zip(words, lines, strict=True)}


def test_the_drawn_tree_is_the_real_one():
    real = {kind.__name__: len(kind.__mro__) - len(errors.PlaygroundError.__mro__) for kind in TREE}
    assert {"PlaygroundError": 0, **drawn()} == real


def test_an_error_is_its_message_and_its_hint():
    error = errors.InvalidInput("It is empty.", "Write it.")
    assert (str(error), error.message, error.hint) == ("It is empty. Write it.", "It is empty.", "Write it.")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (errors.InvalidData("segments[2].text", "is not a string"), "segments[2].text: is not a string."),
        (errors.InvalidData("", "is not JSON data", "Give JSON."), "the value: is not JSON data. Give JSON."),
        (errors.ContextTooLong(300, 256), "300 tokens, the model's context holds 256"),
        (errors.MissingExtra("gradio", "ui"), 'pip install -e ".[ui]"'),
    ],
)
def test_messages_say_what_and_where(error, text):
    assert text in str(error)


@pytest.mark.parametrize(
    "error",
    [errors.InvalidInput("It is empty.", "Write it."), errors.ContextTooLong(300, 256), errors.MissingExtra("a", "ui")],
)
def test_an_error_from_another_process_is_the_same_error(error):
    arrived = pickle.loads(pickle.dumps(error))
    assert (type(arrived), arrived.args, vars(arrived)) == (type(error), error.args, vars(error))


def test_only_a_failing_engine_exits_with_1():
    assert errors.EngineError("It broke.").exit_code == 1
    assert {kind.exit_code for kind in TREE if kind.exit_code != 2} == {1}
    assert [kind for kind in TREE if kind.exit_code == 1] == [errors.EngineError, errors.ServerError]
