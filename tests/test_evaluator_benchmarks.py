"""The benchmarks: complete, unchanged, and a user's own file beside them."""

import json

import pytest

from evaluator.benchmarks import MATH, benchmark, checked, content_hash, math_questions
from playground.errors import InvalidData, InvalidInput, MissingExtra
from playground.grading import grade_answer
from playground.grading.golds import gold_type
from playground.question_files import questions
from playground.records import Question


def written(path, *rows):
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


ONE = {"problem": "One and one?", "answer": 2}
TWO = {"problem": "Roots of x² = 4?", "answer": ["2", "-2"], "id": "roots"}


@pytest.fixture(scope="module")
def all_questions(shared):
    return math_questions(data_dir=shared / "data" / "math")


def test_the_five_benchmarks_are_complete(all_questions):
    counts = {known.name: sum(question.benchmark == known.name for question in all_questions) for known in MATH}
    assert counts == {"aime24": 30, "aime25": 30, "math500": 500, "minerva_math": 272, "olympiadbench": 675}
    assert len(all_questions) == 1507


def test_almost_every_gold_answer_has_a_type(all_questions):
    unread = [question.id for question in all_questions if gold_type(question.gold) == "unread"]
    assert unread == ["olympiadbench-1965"]  # a family of functions, with conditions in words
    kinds = {gold_type(question.gold) for question in all_questions}
    assert len(kinds) == 11


def test_every_gold_answer_is_the_answer_to_its_question(all_questions):
    wrong = [item.id for item in all_questions if grade_answer(f" {item.gold} ", item.gold).outcome != "correct"]
    assert wrong == []


def test_a_benchmark_with_a_row_less_or_a_changed_answer_is_refused(all_questions):
    aime = tuple(question for question in all_questions if question.benchmark == "aime24")
    assert checked(benchmark("aime24"), aime, "here") == aime
    with pytest.raises(InvalidData, match="29 questions instead of 30"):
        checked(benchmark("aime24"), aime[1:], "here")
    changed = Question(id="x", text=aime[0].text, gold="205", benchmark="aime24")
    with pytest.raises(InvalidData, match="other questions or answers"):
        checked(benchmark("aime24"), (changed, *aime[1:]), "here")


def test_neither_order_nor_white_space_changes_a_benchmark():
    one, two = (Question(id=str(n), text=f"What is {n}?", gold=f"${n}$", benchmark="b") for n in (1, 2))
    spaced = Question(id="x", text=" What is  1?\n", gold="1", benchmark="b")
    assert content_hash([one, two]) == content_hash([two, spaced])
    assert content_hash([one, two]) != content_hash([one])


def test_an_own_file_needs_no_more_than_problem_and_answer(tmp_path):
    found = questions(written(tmp_path / "mine.jsonl", ONE, "\n", TWO))
    assert [(item.id, item.gold, item.benchmark) for item in found] == [
        ("mine-0", "2", "mine"),
        ("roots", "2, -2", "mine"),
    ]
    assert math_questions([str(tmp_path / "mine.jsonl")]) == found


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ((ONE, "{\n"), "line 2: is not JSON"),
        ((ONE, "\n", "[1]\n"), "line 3: is not a JSON object"),
        ((ONE, {"answer": "2"}), "line 2: has no `problem`"),
        ((ONE, {"problem": " ", "answer": "2"}), "line 2: has no `problem`"),
        ((ONE, {"problem": "Why?"}), "line 2: has no `answer`"),
        ((ONE, {"problem": "Why?", "answer": []}), "line 2: has no `answer`"),
        ((TWO, TWO), "line 2: id: 'roots' is the id of an earlier row"),
        (({**ONE, "id": [1]},), "line 1: id: is neither"),
        ((), "holds no question"),
    ],
)
def test_a_fault_of_a_file_is_named_by_its_line(tmp_path, rows, fault):
    with pytest.raises(InvalidData, match=fault):
        questions(written(tmp_path / "mine.jsonl", *rows))


def test_two_files_may_not_share_an_id(tmp_path):
    paths = [str(written(tmp_path / name, TWO)) for name in ("a.jsonl", "b.jsonl")]
    with pytest.raises(InvalidInput, match="a and b both have a question 'roots'"):
        math_questions(paths)


def test_an_unknown_benchmark_and_an_empty_folder_are_told(tmp_path):
    with pytest.raises(InvalidInput, match="aime24, aime25"):
        math_questions(["aime99"])
    with pytest.raises(InvalidInput, match=r"no aime24\.jsonl"):
        math_questions(["aime24"], tmp_path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        questions(tmp_path / "absent.jsonl")


def test_parquet_is_read_as_json_lines_are(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [{"problem": "One and one?", "answer": "2"}, {"problem": "Why?", "answer": "6"}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "mine.parquet")
    assert [item.gold for item in questions(tmp_path / "mine.parquet")] == ["2", "6"]
    (tmp_path / "bad.parquet").write_bytes(b"no")
    with pytest.raises(InvalidData, match="is not a Parquet file"):
        questions(tmp_path / "bad.parquet")


def test_the_hub_without_its_library_says_how_to_install_it():
    try:
        import datasets  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtra, match=r"\.\[hub\]"):
            math_questions(["aime24"])
    else:
        pytest.skip("the library is installed")
