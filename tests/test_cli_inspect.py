import json

import pytest

from playground.__main__ import command
from playground.cli.inspect import inspect
from playground.recorded import RecordedTrace, read_traces

TRACE = RecordedTrace(
    trace="t", thinking="So 24 - 9 = 14.\nWait, that is not right. Let me check: 24 - 9 = 15.\n\nDone"
)
REAL = [
    "traces/math200_DeepScaleR-1.5B-Preview.jsonl",
    "traces/math200_R1-Distill-Qwen-14B.jsonl",
    "traces/aime60x8_Qwen3-1.7B_nothinking.jsonl",
    "labelled/segment_labels.jsonl",
]


def test_steps_come_with_their_offsets_marks_and_candidates():
    first, second, third = inspect(TRACE)
    assert [step["text"] for step in (first, second, third)] == [
        "So 24 - 9 = 14.\n",
        "Wait, that is not right. Let me check: 24 - 9 = 15.\n\n",
        "Done",
    ]
    assert [step["candidate"] for step in (first, second, third)] == ["14", "15", None]
    assert (first["marks"], third["marks"]) == ([], [])
    assert second["marks"][0]["kind"] == "backtrack"


def test_marks_lie_in_their_step_and_say_why():
    for step in inspect(TRACE):
        for mark in step["marks"]:
            assert mark.keys() == {"kind", "start", "end", "why"}
            assert step["start"] <= mark["start"] < mark["end"] <= step["end"]


def test_each_step_is_one_line_of_json(tmp_path, capsys):
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"trace_id": "x", "response": "One.\nTwo.</think>3"}))
    command(["inspect", str(path)])
    steps = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(step) for step in steps] == [["trace", "start", "end", "text", "marks", "candidate"]] * 2
    assert [(step["trace"], step["text"]) for step in steps] == [("x", "One.\n"), ("x", "Two.")]


@pytest.mark.parametrize("name", REAL)
def test_the_steps_of_real_traces_are_the_thinking(shared, name):
    traces = list(read_traces(shared / "data" / name))[:12]
    marked = 0
    for trace in traces:
        steps = list(inspect(trace))
        assert "".join(step["text"] for step in steps) == trace.thinking
        assert [trace.thinking[step["start"] : step["end"]] for step in steps] == [step["text"] for step in steps]
        marked += sum(bool(step["marks"]) for step in steps)
    assert marked > 0
