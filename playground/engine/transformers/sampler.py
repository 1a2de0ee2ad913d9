"""Draws tokens from logits, row by row: temperature, top-k, top-p and a seed of its own for every row.

A row's draws come from its seed and the number of the token alone, and its choice from its own distribution alone, so
what a row writes does not depend on its neighbours (as far as its logits do not). Knows no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from playground.engine.writer import Writer
from playground.sampling import SamplingParams

_FIRST = -0x61C8864680B583EB  # SplitMix64 (Steele, Lea and Flood 2014), its constants as signed numbers
_SECOND = -0x40A7B892E31B1A47
_THIRD = -0x6B2FB644ECCEEE15

DRAWS = 32
"""Tokens for which draws are made at once."""
LIKELY = 64
"""Tokens that are looked at first: they nearly always hold the mass that top-p keeps, and finding them is cheap."""


class Sampler:
    """Chooses the next tokens of some rows, token after token."""

    def __init__(self, writers: Sequence[Writer], device: torch.device) -> None:
        """For rows that each may have some tokens already."""
        self._rows = _Rows.of([writer.params for writer in writers], device)
        self._seeds = torch.tensor([[writer.seed] for writer in writers], device=device)
        self._numbers = torch.tensor([[len(writer)] for writer in writers], device=device)
        self._draws = torch.empty(0, 0, dtype=torch.float64, device=device)
        self._step = 0

    @torch.inference_mode()
    def choose(self, logits: Tensor) -> Tensor:
        """The next token of each row [rows], from its logits [rows, vocabulary]."""
        column = self._step % DRAWS
        if column == 0:
            numbers = self._numbers + self._step + torch.arange(DRAWS, device=logits.device)
            self._draws = uniforms(self._seeds, numbers)
        self._step += 1
        return _choose(logits, self._rows, self._draws[:, column : column + 1])

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows only, in this order."""
        index = torch.tensor(rows, dtype=torch.long, device=self._seeds.device)
        self._rows = self._rows.kept(index)
        self._seeds, self._numbers, self._draws = self._seeds[index], self._numbers[index], self._draws[index]


class _Rows(NamedTuple):
    """Sampling parameters, one entry a row; shape [rows, 1] each."""

    temperature: Tensor
    top_p: Tensor
    top_k: Tensor
    greedy: bool
    """Whether every row is greedy."""

    @classmethod
    def of(cls, params: Sequence[SamplingParams], device: torch.device) -> _Rows:
        top_k = [[each.top_k or 1 << 30] for each in params]
        return cls(
            temperature=torch.tensor([[each.temperature] for each in params], dtype=torch.float32, device=device),
            top_p=torch.tensor([[each.top_p] for each in params], dtype=torch.float32, device=device),
            top_k=torch.tensor(top_k, device=device),
            greedy=all(each.temperature == 0 for each in params),
        )

    def kept(self, index: Tensor) -> _Rows:
        """The rows at some places."""
        return self._replace(temperature=self.temperature[index], top_p=self.top_p[index], top_k=self.top_k[index])


def uniforms(seed: Tensor, number: Tensor) -> Tensor:
    """One number in [0, 1) for each pair of seed and token number; the same on every machine."""
    bits = _mix(_mix(seed) + (number + 1) * _FIRST)
    return _shift(bits, 11).to(torch.float64) * 2.0**-53


def _mix(value: Tensor) -> Tensor:
    value = (value ^ _shift(value, 30)) * _SECOND
    value = (value ^ _shift(value, 27)) * _THIRD
    return value ^ _shift(value, 31)


def _shift(value: Tensor, places: int) -> Tensor:
    """A logical shift to the right: torch's own keeps the sign."""
    return (value >> places) & ((1 << (64 - places)) - 1)


def _choose(logits: Tensor, rows: _Rows, draws: Tensor) -> Tensor:
    if rows.greedy:
        return logits.argmax(-1)
    warm = rows.temperature > 0
    probabilities = (logits / torch.where(warm, rows.temperature, 1.0)).softmax(-1)
    draws = torch.where(warm, draws, 0.0)  # draw 0 is the most probable token
    best = probabilities.topk(min(LIKELY, logits.shape[-1]), dim=-1)
    mass = best.values.sum(-1, keepdim=True)
    enough = (mass >= rows.top_p) | (rows.top_k <= LIKELY) | ~warm
    chosen = _draw(best.values, best.indices, rows.top_p, rows.top_k, draws)
    rest = (~enough[:, 0]).nonzero()[:, 0]
    if len(rest):
        every = probabilities[rest].sort(dim=-1, descending=True, stable=True)
        chosen[rest] = _draw(every.values, every.indices, rows.top_p[rest], rows.top_k[rest], draws[rest])
    return chosen


def _draw(probabilities: Tensor, tokens: Tensor, top_p: Tensor, top_k: Tensor, draws: Tensor) -> Tensor:
    """The token of each row where its draw falls, among those that top-p and top-k leave; the likeliest come first."""
    before = probabilities.cumsum(-1) - probabilities
    rank = torch.arange(probabilities.shape[-1], device=probabilities.device)
    kept = torch.where((before < top_p) & (rank < top_k), probabilities, 0.0)
    mass = kept.cumsum(-1, dtype=torch.float64)
    place = torch.searchsorted(mass, draws * mass[:, -1:], right=True).clamp_(max=mass.shape[-1] - 1)
    return tokens.gather(-1, place)[:, 0]
