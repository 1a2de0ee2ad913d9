"""The control of misspelt numbers."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.digit_typos import corrupt_digits, typo

NUMBERS = st.from_regex(r"\A[0-9]{1,6}(\.[0-9]{1,3})?\Z")


@given(st.from_regex(r"\A[0-9]\Z"), st.randoms())
def test_a_digit_becomes_another_one(digit, random):
    assert re.fullmatch("[0-9]", typo(digit, random))
    assert typo(digit, random) != digit


@given(NUMBERS, st.randoms())
def test_a_typo_is_another_text_of_digits(number, random):
    found = typo(number, random)
    assert found != number
    assert re.fullmatch(r"\d+(\.\d+)?", found)


@given(st.lists(NUMBERS, min_size=1), st.integers(0, 99))
def test_equal_numbers_get_equal_typos_and_words_stay(numbers, seed):
    text = " and ".join(numbers)
    found = corrupt_digits(text, Random(seed)).split(" and ")
    assert len(set(zip(numbers, found, strict=True))) == len(set(numbers))


def test_shuffled_deleted_and_doubled_are_a_third_each():
    typos = [typo("12", Random(seed)) for seed in range(900)]
    shares = [sum(len(found) == size for found in typos) / 900 for size in (1, 2, 3)]
    assert shares == pytest.approx([1 / 3] * 3, abs=0.06)


def test_the_point_of_a_decimal_moves():
    assert {typo("12.34", Random(seed)) for seed in range(20)} == {"1.234", "123.4"}
    assert {typo("5.2", Random(seed)) for seed in range(20)} == {"0.52", "52"}
