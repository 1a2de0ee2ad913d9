import json

import pytest

from playground.errors import InvalidInput
from playground.recorded import RecordedTrace, read_traces
from playground.trajectory import Author, Segment, Trajectory

SAVED = Trajectory(question="q").extend(Segment(text="One.\n", author=Author(kind="model", name="a")))


def written(path, *lines):
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows(tmp_path, *values):
    return list(read_traces(written(tmp_path / "t.jsonl", *map(json.dumps, values))))


@pytest.mark.parametrize(
    ("response", "thinking"),
    [
        ("One.\nTwo.</think>\n\nThree.", "One.\nTwo."),
        ("<think>\nOne.\n</think>\n\nTwo.", "One.\n"),
        ("One </think> two </think> three", "One </think> two "),
        ("[THINK]\nOne.\n[/THINK]\nTwo.", "One.\n"),
        ("<seed:think>One.</seed:think>Two.", "One."),
        ("<thinking>One, or </think> two.</thinking>Three.", "One, or </think> two."),
        ("One.<|end_of_thought|>Two.", "One."),
        ("<|channel|>analysis<|message|>One.<|end|><|start|>assistant<|channel|>final<|message|>Two.", "One."),
        ("<think>\nOne. Two", "One. Two"),
        ("No tags at all.", "No tags at all."),
        ("", ""),
    ],
)
def test_the_thinking_of_a_response_stands_between_its_tags(tmp_path, response, thinking):
    assert [trace.thinking for trace in rows(tmp_path, {"response": response})] == [thinking]


@pytest.mark.parametrize(
    ("row", "answer", "gold"),
    [
        ({"response": "One.</think>\n\nTwo.", "answer": 2}, "\n\nTwo.", "2"),
        ({"response": "One.</think>Two.", "solution": r"So it is \boxed{2}."}, "Two.", "2"),
        ({"response": "<think>\nOne. Two"}, None, None),
        ({"response": "No tags at all."}, None, None),
    ],
)
def test_the_answer_follows_the_thinking_and_the_gold_answer_comes_along(tmp_path, row, answer, gold):
    (trace,) = rows(tmp_path, row)
    assert (trace.answer, trace.gold) == (answer, gold)


def test_a_row_is_named_by_its_id_or_else_by_its_number(tmp_path):
    found = rows(tmp_path, *({"response": "x"} | given for given in ({}, {"trace_id": "t"}, {"trace_id": None})))
    assert [trace.trace for trace in found] == [0, "t", 2]


def test_thinking_goes_before_a_response_and_the_question_comes_along(tmp_path):
    row = {"response": "no", "thinking_process": "yes", "problem": "How many?", "model": "m", "segments": []}
    assert rows(tmp_path, row) == [RecordedTrace(trace=0, thinking="yes", question="How many?", model="m")]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_saved_trajectory_is_one_trace(tmp_path, indent):
    path = written(tmp_path / "t.json", json.dumps(SAVED.to_dict(), indent=indent))
    assert list(read_traces(path)) == [RecordedTrace(trace=0, thinking="One.\n", question="q")]


def test_a_row_may_stand_over_many_lines(tmp_path):
    path = written(tmp_path / "t.json", json.dumps({"response": "One."}, indent=2))
    assert list(read_traces(path)) == [RecordedTrace(trace=0, thinking="One.")]


def test_blank_lines_are_no_traces(tmp_path):
    path = written(tmp_path / "t.jsonl", "", '{"response": "x"}', "", '{"response": "y"}')
    assert [trace.trace for trace in read_traces(path)] == [0, 1]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "holds no trace"),
        (['{"segments": [{"te'], "line 1: is not JSON"),
        (['{"response": "x"}', "{"], "line 2: is not JSON"),
        (["[" * 100_000], "line 1: is not JSON"),
        (["[1]"], "line 1: is not a JSON object"),
        (['{"text": "x"}'], "line 1: has neither `response` nor `thinking_process`"),
        (['{"response": 5}'], "line 1: response: is not a string"),
        (['{"response": "x", "trace_id": []}'], "line 1: trace_id: is neither"),
        (['{"segments": []}'], "line 1: question: field required"),
        (["{", '"question": "q", "segments": [{"text": 5}]}'], r"t\.jsonl: segments\[0\]\.text"),
        (["{", '"question": '], r"t\.jsonl: is not JSON"),
        (['{"question": "q", "segments": [], "schema_version": 2}'], "line 1: This trajectory has schema version 2"),
    ],
)
def test_a_fault_is_named_by_its_line(tmp_path, lines, problem):
    with pytest.raises(InvalidInput, match=problem) as caught:
        list(read_traces(written(tmp_path / "t.jsonl", *lines)))
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_named_by_their_line(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'{"response": "x"}\n\xff\xfe\x00\n')
    with pytest.raises(InvalidInput, match="line 2: is not JSON"):
        list(read_traces(path))


def test_what_stands_before_a_fault_is_read(tmp_path):
    traces = read_traces(written(tmp_path / "t.jsonl", '{"response": "x"}', "{"))
    assert next(traces).thinking == "x"


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be read"):
            list(read_traces(path))


def test_half_a_character_is_read_as_the_replacement_character(tmp_path):
    found = rows(tmp_path, {"response": "One \ud800 \U0001f600.</think>"})
    assert [trace.thinking for trace in found] == ["One \ufffd \U0001f600."]
