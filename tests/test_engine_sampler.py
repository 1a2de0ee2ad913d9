"""Draws are uniform, come from a row's own seed, and fall where temperature, top-k and top-p leave mass."""

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.engine.transformers.sampler import Sampler, uniforms
from playground.sampling import SamplingParams

CPU = torch.device("cpu")


@dataclass
class Row:
    """What a sampler asks of a writer."""

    params: SamplingParams
    seed: int = 0
    length: int = 0

    def __len__(self) -> int:
        return self.length


def choices(logits: torch.Tensor, params: SamplingParams, count: int) -> list[int]:
    rows = [Row(params, seed) for seed in range(count)]
    return Sampler(rows, CPU).choose(logits.expand(count, -1)).tolist()


def test_draws_are_uniform_and_do_not_correlate_between_seeds():
    draws = uniforms(torch.arange(1000)[:, None], torch.arange(100)[None])
    assert float(draws.min()) >= 0
    assert float(draws.max()) < 1
    assert torch.histc(draws.float(), 10, 0, 1).sub(10_000).abs().max() < 500
    assert torch.corrcoef(draws[:2])[0, 1].abs() < 0.3


def test_draws_are_the_same_on_every_machine():
    values = uniforms(torch.tensor([[7]]), torch.tensor([[0, 1]]))[0].tolist()
    assert values == uniforms(torch.tensor([[7], [8]]), torch.tensor([[0, 1]]))[0].tolist()


@pytest.mark.parametrize("size", [10, 500])
def test_frequencies_follow_the_distribution(size):
    logits = torch.linspace(0, 3, size)[None]
    counts = torch.bincount(
        torch.tensor(choices(logits, SamplingParams(temperature=1, top_p=1), 20_000)), minlength=size
    )
    assert (counts / 20_000 - logits[0].softmax(-1)).abs().max() < 0.01


def test_top_p_keeps_the_least_tokens_that_reach_it():
    logits = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    assert set(choices(logits, SamplingParams(temperature=1, top_p=0.79), 300)) == {0, 1}
    assert set(choices(logits, SamplingParams(temperature=1, top_p=0.81), 300)) == {0, 1, 2}


def test_top_k_keeps_that_many():
    logits = torch.linspace(0, 1, 200)[None]
    assert set(choices(logits, SamplingParams(temperature=1, top_p=1, top_k=1), 50)) == {199}
    assert min(choices(logits, SamplingParams(temperature=1, top_p=1, top_k=100), 500)) >= 100


def test_temperature_0_takes_the_best_beside_warm_rows():
    logits = torch.tensor([[0.0, 2.0, 1.0]]).expand(2, -1)
    rows = [Row(SamplingParams(temperature=0)), Row(SamplingParams(temperature=1))]
    assert Sampler(rows, CPU).choose(logits)[0] == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 6))
def test_a_row_draws_the_same_whoever_is_beside_it(seed, others):
    logits = torch.randn(others + 1, 300, generator=torch.Generator().manual_seed(seed))
    row = Row(SamplingParams(temperature=1, top_p=0.99), seed, length=3)
    neighbours = [Row(SamplingParams(temperature=0.1 * (i % 3)), i) for i in range(others)]
    alone = Sampler([row], CPU).choose(logits[:1])[0]
    assert Sampler([row, *neighbours], CPU).choose(logits)[0] == alone


def test_rows_that_are_kept_choose_as_a_sampler_of_their_own():
    params = [SamplingParams(temperature=1.0, top_p=0.9), SamplingParams(temperature=0), SamplingParams(top_k=5)]
    rows = [Row(each, seed) for seed, each in enumerate(params * 2)]
    logits = torch.randn(6, 200, generator=torch.Generator().manual_seed(1))
    sampler, order = Sampler(rows, CPU), [4, 0, 5]
    sampler.choose(logits)
    sampler.keep(order)
    alone = Sampler([Row(rows[row].params, row, length=1) for row in order], CPU)
    for _ in range(40):
        assert sampler.choose(logits[order]).tolist() == alone.choose(logits[order]).tolist()
