import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import InvalidInput
from playground.sampling import SamplingParams, derive_seed

PARTS = st.lists(st.text(max_size=4) | st.integers(), max_size=3)


def test_the_defaults_are_the_papers():
    assert (SamplingParams().temperature, SamplingParams().top_p, SamplingParams().top_k) == (0.6, 0.95, 0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"temperature": -0.1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"temperature": float("inf")}, "temperature"),
        ({"top_p": 0.0}, "top_p"),
        ({"top_p": 1.1}, "top_p"),
        ({"top_p": float("nan")}, "top_p"),
        ({"top_k": -1}, "top_k"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"logprobs": -1}, "logprobs"),
        ({"stop": ("x", "")}, "stop strings"),
    ],
)
def test_values_that_cannot_work_are_refused(change, fault):
    with pytest.raises(InvalidInput, match=fault):
        SamplingParams(**change)


@given(st.integers(), PARTS)
def test_a_derived_seed_fits_every_engine(seed, parts):
    assert 0 <= derive_seed(seed, *parts) < 2**31
    assert derive_seed(seed, *parts) == derive_seed(seed, *parts)


def test_a_derived_seed_depends_on_every_part():
    seeds = {derive_seed(*case) for case in [(1, "a", 2), (2, "a", 2), (1, "b", 2), (1, "a", 3), (1, "a2"), (1, "a")]}
    assert len(seeds) == 6


def test_derived_seeds_are_the_same_everywhere():
    assert derive_seed(7, "turn", 0) == 321286727
