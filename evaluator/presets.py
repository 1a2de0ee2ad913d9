"""The presets, which set the scale of a run by name. Knows no command line and loads no model.

Source of `paper-math`: protocol of arXiv 2510.06410, sections 2 to 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluator.config import RunConfig
from playground.cards import known_models
from playground.errors import InvalidInput
from playground.records import TWIN_TESTS
from playground.steering import Protocol

RELEASE_STEERS = (0.2, 0.4, 0.6, 0.8, 1.0)
"""The lengths in the grid of the release."""

PAPER_MODELS = tuple(known.hub_id for known in known_models.PAPER_MODELS)
PAPER_GUIDES = (*(known.hub_id for known in known_models.GUIDES), "Qwen/QwQ-32B")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A scale: the values of a configuration that are not given otherwise."""

    values: Mapping[str, Any]
    models: tuple[str, ...] = ()
    """The models that are meant; without any, those that ship with the project."""
    release: Mapping[str, Any] = field(default_factory=dict)
    """What else differs where the protocol is that of the release."""
    math: bool = False
    """Whether the questions are the five benchmarks of mathematics, not the shipped ones."""

    def of(self, protocol: Protocol) -> dict[str, Any]:
        """The values under a protocol."""
        return {**self.values, **(self.release if protocol == "release" else {}), "protocol": protocol}


PRESETS: Mapping[str, Preset] = {
    "tiny": Preset(
        values={
            "limit": 96,
            "n": 8,
            "seed": 0,
            "temperature": 0.6,
            "top_p": 0.95,
            "max_tokens": 640,
            "pool": 24,
            "shared": 32,
            "individual": 48,
            "guided": 32,
        },
        release={"distractor": RELEASE_STEERS},
    ),
    "paper-math": Preset(
        values={
            "limit": 1507,
            "n": 8,
            "seed": 0,
            "temperature": 0.6,
            "top_p": 0.95,
            "max_tokens": 32_768,
            "pool": 50,
            "shared": 200,
            "individual": 250,
            "guided": 1507,
            "group_size": 512,
            "guides": PAPER_GUIDES,
        },
        models=PAPER_MODELS,
        release={"distractor": RELEASE_STEERS, "least_source": 4096, "most_source": 32_768 - 8192},
        math=True,
    ),
}
"""`tiny`: arithmetic stories in three tiers, for the reasoners that ship with the project, minutes on two cores.
`paper-math`: the paper's models, guides and 1,507 questions of mathematics."""


def preset(name: str) -> Preset:
    """A preset by name.

    Raises:
        InvalidInput: there is none; the hint lists those there are.
    """
    if name not in PRESETS:
        raise InvalidInput(f"There is no preset called {name!r}.", f"Choose one of: {', '.join(PRESETS)}.")
    return PRESETS[name]


def configuration(name: str, models: tuple[str, ...], given: Mapping[str, Any]) -> RunConfig:
    """A preset's configuration for some models, with the values that are given in the place of its own.

    Raises:
        InvalidInput: there is no such preset, or a value cannot be.
        InvalidData: a value has another type; its path leads to it.
    """
    values = preset(name).of(given.get("protocol", "paper"))
    tests = given.get("tests", TWIN_TESTS)
    if "guidability" not in tests:
        values.pop("guides", None)
    if "recoverability" not in tests:
        values["pool"] = 0
    return RunConfig.from_values({**values, **given, "preset": name, "models": models})
