"""Which engine runs a checkpoint and how, under vLLM's own names. Knows no command line and loads no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from playground.cards.models_file import ENGINE_OPTIONS
from playground.errors import InvalidInput
from playground.models import ModelCard

CheckpointEngine = Literal["transformers", "vllm"]

_ALL = ("tensor_parallel_size", "gpu_memory_utilization", "max_model_len", "dtype", "enforce_eager", "max_num_seqs")
_NAMES: Mapping[str, Mapping[str, str]] = {
    "vllm": {name: name for name in _ALL},
    "transformers": {"dtype": "dtype", "max_num_seqs": "batch_size"},
}
"""What each engine takes, and what it calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How the checkpoints of a command are run. `None` leaves the choice to the engine."""

    engine: CheckpointEngine | None = None
    """None: what each model's card says."""
    tensor_parallel_size: int | None = None
    gpu_memory_utilization: float | None = None
    """The share of a device's memory that vLLM may take, all models that are loaded together."""
    max_model_len: int | None = None
    """Tokens of prompt and continuation together."""
    dtype: str | None = None
    enforce_eager: bool | None = None
    max_num_seqs: int | None = None
    """Requests that are worked on at once."""

    def __post_init__(self) -> None:
        for name in ("tensor_parallel_size", "max_model_len", "max_num_seqs"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InvalidInput(f"{_flag(name)} is {value}.", "Give a number of at least 1.")
        share = self.gpu_memory_utilization
        if share is not None and not 0 < share <= 1:
            raise InvalidInput(f"{_flag('gpu_memory_utilization')} is {share}.", "Give a share above 0 and at most 1.")

    def applied(self, card: ModelCard) -> ModelCard:
        """The card with these options; one that runs no checkpoint stays as it is.

        Raises:
            InvalidInput: the model's engine has no such option.
        """
        if card.engine not in _NAMES:
            return card
        engine = self.engine or card.engine
        options = dict(card.options) if engine == card.engine else _carried(card, engine)
        given = {name: value for name in _ALL if (value := getattr(self, name)) is not None}
        for name in given:
            if name not in _NAMES[engine]:
                raise InvalidInput(f"{_flag(name)} is an option of vLLM.", "Add --engine vllm, or leave it out.")
        options |= {_NAMES[engine][name]: value for name, value in given.items()}
        if options.get("dtype") == "auto" and engine == "transformers":
            del options["dtype"]
        return replace(card, engine=engine, options=options)


def _carried(card: ModelCard, engine: str) -> dict[str, str | int | float | bool]:
    """The card's options as another engine calls them.

    Raises:
        InvalidInput: it has none like one of them.
    """
    common = {theirs: name for name, theirs in _NAMES[card.engine].items()}
    carried = {}
    for key, value in card.options.items():
        name = _NAMES[engine].get(common.get(key, key), key)
        if name not in ENGINE_OPTIONS[engine]:
            raise InvalidInput(
                f"{card.name} sets the option {key}, which the engine {engine} does not have.",
                "Leave --engine out, or give the models file a second entry for that engine.",
            )
        carried[name] = value
    return carried


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
