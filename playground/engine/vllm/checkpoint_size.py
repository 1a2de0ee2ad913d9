"""Measures a checkpoint's size from its files. Loads nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playground.cards.hub import fetched_papers
from playground.cards.papers import source_kind
from playground.engine.vllm.plan import ModelSize
from playground.errors import ModelUnavailable
from playground.models import ModelCard
from playground.serialization import read_text

_BYTES = {"float32": 4, "float": 4, "bfloat16": 2, "float16": 2, "half": 2}


def model_size(card: ModelCard, dtype: str) -> ModelSize:
    """What the card's model takes in `dtype`; "auto" is the data type of its files.

    Raises:
        ModelUnavailable: its `config.json` cannot be fetched or read, or it and the files do not say what is needed.
    """
    folder = _folder(card)
    try:
        config: dict[str, Any] = json.loads(read_text(folder / "config.json"))
        config = config.get("text_config") or config
        stored = str(config.get("dtype") or config.get("torch_dtype") or "bfloat16")
        width = _BYTES.get(stored if dtype == "auto" else dtype, 2)
        weights = _weights(card, folder) * width // _BYTES.get(stored, 2)
        parallel = int(card.options.get("tensor_parallel_size", 1))
        context = int(card.options.get("max_model_len") or config["max_position_embeddings"])
        return ModelSize(
            name=card.name,
            weights=weights // parallel,
            token=_numbers(config) * width // parallel,
            context=context,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(f"{folder}/config.json does not say how large the model is ({error!r}).") from None


def _folder(card: ModelCard) -> Path:
    """Where the checkpoint's small files are; those of a hub model are fetched if need be."""
    if source_kind(card.source) != "hub":
        return Path(card.source)
    revision = card.options.get("revision")
    return fetched_papers(card.source, str(revision) if revision else None)


def _weights(card: ModelCard, folder: Path) -> int:
    """Bytes of the files of weights that are here."""
    found = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    if not found:
        raise ModelUnavailable(
            f"{card.name} has no weights here, so its share of the memory cannot be planned.",
            "Fetch it first: load it once without another model beside it.",
        )
    return found


def _numbers(config: dict[str, Any]) -> int:
    """The numbers in the keys and values of one token."""
    heads = config.get("num_key_value_heads") or config["num_attention_heads"]
    size = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    return int(2 * config["num_hidden_layers"] * heads * size)
