"""Reading and comparing answers: laws that hold for all of them."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.grading.comparison import compare
from playground.grading.cursor import Unreadable
from playground.grading.golds import gold_text, gold_type
from playground.grading.notation import plain
from playground.grading.reading import read
from playground.grading.tree import Number, Symbol
from playground.grading.values import NoValue, TooLarge, exact

LATEX = st.lists(
    st.sampled_from(
        [*"0123456789+-*/^_=<>()[]{}|!,.;:%xyn ", "\\frac", "\\sqrt", "\\pm", "\\infty", "\\cup", "\\text{cm}"]
    )
).map("".join)


@settings(max_examples=300)
@given(LATEX | st.text(max_size=40), LATEX | st.text(max_size=20))
def test_whatever_is_written_is_compared_or_left_undecided(given_, gold):
    finding = compare(given_, gold)
    assert finding is None or finding.outcome in ("correct", "wrong", "grader_timeout")


@given(LATEX)
def test_one_notation_is_not_changed_by_a_second_pass(text):
    once = plain(text)
    assert plain(once) == once or "," in once or "." in once


@given(st.integers(-9999, 9999), st.integers(1, 999))
def test_a_fraction_equals_itself_however_it_is_written(above, below):
    value = Fraction(above, below)
    for written in (f"\\frac{{{above}}}{{{below}}}", f"{above}/{below}", f"{3 * above} \\div {3 * below}"):
        assert compare(written, f"\\dfrac{{{value.numerator}}}{{{value.denominator}}}").outcome == "correct"
    assert compare(f"({above}+1)/{below}", f"{above}/{below}").outcome == "wrong"


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=6), st.randoms())
def test_several_answers_come_in_any_order_and_a_tuple_in_its_own(values, random):
    shuffled = random.sample(values, len(values))
    one, other = (", ".join(map(str, items)) for items in (values, shuffled))
    assert compare(one, other).outcome == "correct"
    if len(values) > 1:
        assert (compare(f"({one})", f"({other})").outcome == "correct") == (values == shuffled)


@given(st.integers(-30, 30), st.integers(-30, 30), st.integers(-30, 30))
def test_a_product_of_sums_equals_its_expansion(a, b, c):
    factored = f"(x+({a}))(y+({b}))+({c})"
    assert compare(factored, f"xy+({b})x+({a})y+({a * b + c})").outcome == "correct"
    assert compare(factored, f"xy+({b})x+({a})y+({a * b + c + 1})").outcome == "wrong"


@pytest.mark.parametrize(
    "text", ["", "5 +", "\\frac{1}", ")", "x = ", "\\unknown", "a ^", "{", "5 5_", "\\begin{pmatrix}"]
)
def test_what_is_not_understood_is_not_guessed(text):
    with pytest.raises(Unreadable):
        read(text)


def test_a_number_too_large_is_never_computed():
    with pytest.raises(TooLarge):
        exact(read("9^{9^{9^9}}").tree, {})
    with pytest.raises(NoValue):
        exact(Symbol("x"), {})


@pytest.mark.parametrize(
    ("gold", "kind"),
    [
        ("204", "integer"), ("11,\\! 111", "integer"), ("\\frac{14}{3}", "rational"), ("1.25", "decimal"),
        ("4.5e33", "decimal"), ("3\\sqrt{13}", "expression"), ("$69$,$84$", "several"), ("1 \\pm x", "several"),
        ("(6,31,-1)", "tuple"), ("(3,4]", "interval"), ("(2,\\infty)", "interval"), ("k \\geqslant 2", "interval"),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "matrix"), ("5x - 7y = 0", "equation"), ("\\text{Evelyn}", "text"),
        ("x=5", "integer"), ("15\\mbox{ cm}^2", "integer"), ("where $b$ is", "unread"),
    ],
)  # fmt: skip
def test_the_type_of_a_gold_answer_is_read_off_it(gold, kind):
    assert gold_type(gold) == kind


@pytest.mark.parametrize(
    ("row", "gold"),
    [
        (("204",), "204"),
        ((204,), "204"),
        ((["$69$", "84"],), "$69$, 84"),
        ((None, "So \\boxed{3} or \\boxed{4}."), "4"),
        ((None, "33"), "33"),
        ((None, 33), "33"),
        ((" ",), None),
        (([],), None),
        ((True,), None),
        ((float("nan"),), None),
        ((None, None), None),
    ],
)
def test_the_gold_answer_of_a_row(row, gold):
    assert gold_text(*row) == gold


def test_numbers_are_kept_as_they_are():
    assert read("0.50").tree == Number(Fraction(1, 2), 2)
    assert read("5 \\text{ cm}").unit == "cm"
