import os
from dataclasses import dataclass

import pytest

from playground.errors import InvalidData, InvalidInput, RunError
from playground.serialization import STRICT, from_dict, from_json, json_schema, read_text, to_dict, write_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    __pydantic_config__ = STRICT

    x: int
    names: tuple[str, ...] = ()
    note: str | None = None


def test_fields_that_are_none_are_left_out():
    assert to_dict(Point(x=1, names=("a",))) == {"x": 1, "names": ["a"]}


def test_lists_become_tuples_again():
    assert from_json(Point, '{"x": 1, "names": ["a", "b"]}') == Point(x=1, names=("a", "b"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "x: field required"),
        ({"x": "1"}, "x: input should be a valid integer"),
        ({"x": True}, "x: input should be a valid integer"),
        ({"x": 1, "y": 2}, "y: unexpected keyword argument"),
        ({"x": 1, "names": ["a", 5]}, r"names\[1\]: input should be a valid string"),
        ([], "the value: input should be an object"),
        ({"x": {1}}, "the value: is not JSON data"),
    ],
)
def test_a_fault_is_named_in_one_line(data, message):
    with pytest.raises(InvalidData, match=message) as caught:
        from_dict(Point, data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", '{"x": 1} x', '{"x": "\\ud800"}', b"\xff"])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(InvalidData):
        from_json(Point, text)


def test_deep_nesting_is_refused_and_not_a_crash():
    with pytest.raises(InvalidData):
        from_json(Point, "[" * 100_000)


def test_the_schema_forbids_unknown_keys():
    schema = json_schema(Point, "A point")
    assert (schema["title"], schema["additionalProperties"], schema["required"]) == ("A point", False, ["x"])


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "new" / "t.json"
    write_text(path, "long text before")
    write_text(path, "é\n")
    assert read_text(path) == "é\n"
    assert os.listdir(path.parent) == ["t.json"]


@pytest.mark.parametrize("name", [".", "taken/below", "x" * 300])
def test_a_file_that_cannot_be_written_is_one_line(tmp_path, name):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(RunError) as caught:
        write_text(tmp_path / name if name != "." else tmp_path.__class__(name), "x")
    assert "\n" not in str(caught.value)


def test_a_failed_write_keeps_the_old_file(tmp_path):
    path = tmp_path / "t.json"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert path.read_text() == "old"


def test_nothing_takes_the_place_of_what_is_no_ordinary_file(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(RunError, match="is a device or a pipe"):
        write_text(path, "x")
    assert path.is_fifo()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, content):
    path = tmp_path / "t.txt"
    if content:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"t\.txt") as caught:
        read_text(path)
    assert caught.value.hint
