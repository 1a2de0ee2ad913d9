from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.answers import CandidateStream, candidates, contains_answer, final_answer, integer

TEXTS = st.lists(
    st.sampled_from(
        [
            "So ",
            "= ",
            "27",
            "3",
            " ",
            ". ",
            "\n",
            "\\boxed{",
            "}",
            "{",
            "$",
            "the answer is ",
            "\\",
            "x",
            "has ",
            "\\frac{1}{2}",
        ]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"So \boxed{26}, no: \boxed{27}.", "27"),
        (r"\boxed{\frac{1}{2}} and an open \boxed{3", r"\frac{1}{2}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed{\boxed{5}}", "5"),
        (r"Thus \boxed 5 it is", "5"),
        (r"\fbox{7}", "7"),
        (r"Put it in \boxed{}. The answer is 12.", "12"),
        ("The answer is 3. Sorry, the final answer is: **4**.", "4"),
        ("**Answer:** $\\frac{3}{4}$", r"\frac{3}{4}"),
        ("Answer:\n42", "42"),
        (" 27 ", "27"),
        ("I do not know.", None),
        ("", None),
    ],
)
def test_the_final_answer(text, answer):
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("27", 27),
        ("27.", 27),
        ("$27$", 27),
        (r"\text{27}", 27),
        (r"\(27\)", 27),
        (r"\boxed{27}", 27),
        ("1{,}234", 1234),
        ("1,234,567", 1234567),
        (r"1\,234", 1234),
        ("1\u202f234", 1234),
        ("−5", -5),
        ("+5", 5),
        ("073", 73),
        ("27.0", 27),
    ],
)
def test_integers_are_read(text, value):
    assert integer(text) == value


@pytest.mark.parametrize(
    "text",
    ["", ".", "27 stickers", "27%", "n = 27", "1,2", "12,34", "2.5", "1/2", "2^5", "9^9", "$5$ and $6$", "27x", "٣"],
)
def test_anything_else_is_no_integer(text):
    assert integer(text) is None


@given(st.integers(-(10**30), 10**30))
def test_a_written_integer_is_read_back(number):
    assert integer(str(number)) == integer(f"${number:,}$.") == number


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Mia gives away 9 stickers, so 24 - 9 = 15.", ["15"]),
        ("so 15 + 12 = 27.", ["27"]),
        ("24 - 9 = 15 and 15 + 12 = 27 stickers", ["15", "27"]),
        ("The answer is 27", ["27"]),
        ("So Mia has 27 stickers now.", ["27"]),
        (r"Thus \boxed{27}.", ["27"]),
        (r"Hence $x = \frac{3}{4}$.", [r"\frac{3}{4}"]),
        ("= 1{,}234.", ["1{,}234"]),
        ("Mia starts with 24 stickers.", []),
        ("x = 3 - 5 and y = 27y and z = 2 * 3", []),
    ],
)
def test_candidates_are_what_could_be_an_answer(text, values):
    assert [candidate.text for candidate in candidates(text)] == values


@given(TEXTS, st.integers(1, 7))
def test_any_split_into_deltas_gives_the_same_candidates(text, size):
    stream = CandidateStream()
    found = [one for start in range(0, len(text), size) for one in stream.feed(text[start : start + size])]
    assert found + stream.close() == candidates(text)
    assert all(text[one.start : one.end] == one.text for one in candidates(text))


@pytest.mark.parametrize(
    ("text", "gold", "leaked"),
    [
        ("15 + 12 = 27. Let me check.", "27", True),
        ("So x = 1{,}234.", "1234", True),
        (r"So p = \dfrac{3}{4}.", r"\frac{3}{4}", True),
        ("So p = 3/4.", r"\frac34", True),
        ("Mia starts with 27 stickers.", "27", False),
        ("15 + 12 = 27.", "7", False),
    ],
)
def test_an_answer_leaks_when_it_is_a_candidate(text, gold, leaked):
    assert contains_answer(text, gold) is leaked


@pytest.mark.parametrize(
    "text",
    [
        "\\boxed{" * 200_000,
        "\\boxed{" * 100_000 + "}" * 100_000,
        "{" * 1_000_000,
        " " * 1_000_000,
        "=" + "9" * 1_000_000 + "x",
    ],
    ids=["open boxes", "nested boxes", "braces", "spaces", "digits"],
)
def test_hostile_text_costs_linear_time(text):
    began = process_time()
    final_answer(text)
    candidates(text)
    integer(text)
    assert process_time() - began < 30  # a quadratic pattern would take hours
