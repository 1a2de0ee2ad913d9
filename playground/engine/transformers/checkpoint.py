"""Loads a checkpoint from disk or from the model hub. Knows no request.

Runs no code from a checkpoint unless its source says so, and sends nothing anywhere except the requests that fetch a
hub model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, DynamicCache, GenerationConfig
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from playground.cards.hub import cached_folder
from playground.engine.tokenizer import Tokenizer
from playground.engine.transformers.causal_model import CausalModel
from playground.engine.vendor_errors import loading_errors
from playground.errors import ModelUnavailable
from playground.models import ModelCard

EDGE = 1 << 20
"""Bytes at both ends of a weight file that its hash covers."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a checkpoint comes from and how it is run. `None` leaves the choice to the machine."""

    location: str
    """A directory, a `.gguf` file, or a name on the model hub."""
    device: str | None = None
    dtype: str | None = None
    revision: str | None = None
    trust_remote_code: bool = False
    """Whether Python code that lies with the checkpoint is run."""

    @classmethod
    def of(cls, card: ModelCard) -> Self:
        """What a card and its options say of its checkpoint."""
        said = {name: str(card.options[name]) for name in ("device", "dtype", "revision") if name in card.options}
        trusted = card.options.get("trust_remote_code") is True
        return cls(location=card.source, trust_remote_code=trusted, **said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A loaded model, its tokenizer, and which version of it this is."""

    model: CausalModel
    tokenizer: Tokenizer
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointText:
    """What a checkpoint says without its weights."""

    tokenizer: Tokenizer
    revision: str


def load_text(source: Source) -> CheckpointText:
    """Load a model's tokenizer, for an engine that loads the weights by itself.

    Raises:
        ModelUnavailable: files are missing or broken.
    """
    place, options = _place(source)
    with loading_errors(source.location):
        vendor_tokenizer = AutoTokenizer.from_pretrained(place, **options)
        config = AutoConfig.from_pretrained(place, **options)
    try:
        settings = GenerationConfig.from_pretrained(place, **options)
    except OSError:  # there are checkpoints without such a file
        settings = config
    return CheckpointText(
        tokenizer=Tokenizer(vendor_tokenizer, _end_ids(settings, vendor_tokenizer)),
        revision=_revision(source, config),
    )


def load_checkpoint(source: Source, on_progress: Progress | None = None) -> Checkpoint:
    """Load a model and its tokenizer.

    Raises:
        ModelUnavailable: files are missing or broken, the device is not there, or the model is of a kind that this
            engine cannot run.
    """
    disable_progress_bar()
    set_verbosity_error()  # what is wrong with a checkpoint is told as one error
    place, options = _place(source)
    device = _device(source.device)
    dtype = _dtype(source.dtype, device)
    if on_progress is not None:
        on_progress(f"Loading {source.location} on {device} in {_name(dtype)}")
    with loading_errors(source.location):
        vendor_tokenizer = AutoTokenizer.from_pretrained(place, **options)
        vendor = AutoModelForCausalLM.from_pretrained(place, dtype=dtype, **options).to(device)
    _check_layers(vendor.config, source.location)
    return Checkpoint(
        model=CausalModel(vendor, _context_length(vendor.config)),
        tokenizer=Tokenizer(vendor_tokenizer, _end_ids(vendor.generation_config, vendor_tokenizer)),
        revision=_revision(source, vendor.config),
    )


def _place(source: Source) -> tuple[str, dict[str, Any]]:
    """What the library is asked for, after a look at what is there."""
    path = Path(source.location)
    if path.suffix == ".gguf":
        if not path.is_file():
            raise ModelUnavailable(f"There is no file {path}.", "Check the path.")
        return str(path.parent), {"gguf_file": path.name}
    if path.is_dir():
        _check_files(path)
    elif path.is_absolute() or source.location.startswith("."):
        raise ModelUnavailable(f"There is no directory {path}.", "Check the path.")
    options: dict[str, Any] = {"trust_remote_code": True} if source.trust_remote_code else {}
    return source.location, {**options, "revision": source.revision} if source.revision else options


def _check_files(folder: Path) -> None:
    parts = {
        "config.json": ("config.json",),
        "weights (*.safetensors)": ("*.safetensors", "*.bin"),
        "tokenizer (tokenizer.json)": ("tokenizer.json", "tokenizer.model", "vocab.json", "*.tiktoken"),
    }
    missing = [part for part, patterns in parts.items() if not any(any(folder.glob(each)) for each in patterns)]
    if missing:
        raise ModelUnavailable(f"{folder} has no {' and no '.join(missing)}.", "Give a complete checkpoint.")


def _device(name: str | None) -> torch.device:
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with loading_errors(f"The device {name!r}"):
        device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ModelUnavailable("There is no CUDA device here.", "Use the device cpu.")
    return device


def _dtype(name: str | None, device: torch.device) -> torch.dtype:
    """float32 on a CPU, where it is both exact and, for small models, faster; bfloat16 elsewhere."""
    if name is None:
        return torch.float32 if device.type == "cpu" else torch.bfloat16
    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise ModelUnavailable(f"There is no dtype {name!r}.", "Use float32, bfloat16 or float16.")
    return dtype


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _check_layers(config: Any, location: str) -> None:
    kinds = {type(layer) for layer in DynamicCache(config=config).layers}
    if not kinds <= {DynamicLayer, DynamicSlidingWindowLayer}:
        raise ModelUnavailable(
            f"{location} has layers that keep more than keys and values.", "Serve it with another engine."
        )


def _context_length(config: Any) -> int:
    return int(getattr(config.get_text_config(), "max_position_embeddings", None) or 4096)


def _end_ids(settings: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end a text: the tokenizer's, and those of the generation settings."""
    configured = getattr(settings, "eos_token_id", None)
    listed = configured if isinstance(configured, list) else [configured]
    return frozenset(index for index in [*listed, tokenizer.eos_token_id] if index is not None)


def _revision(source: Source, config: Any) -> str:
    """The hub's commit; of local files a hash of the configuration and of each weight file's size, start and end."""
    path = Path(source.location)
    commit = getattr(config, "_commit_hash", None)
    if commit:
        return str(commit)
    if not path.exists():
        folder = cached_folder(source.location, source.revision)
        return folder.name if folder else ""  # the cache keeps each commit in a directory of that name
    files = [path] if path.is_file() else sorted([*path.glob("*.safetensors"), *path.glob("*.bin")])
    digest = sha256((path / "config.json").read_bytes() if path.is_dir() else b"")
    for file in files:
        digest.update(f"{file.name} {file.stat().st_size}".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(EDGE))
            stream.seek(max(0, file.stat().st_size - EDGE))
            digest.update(stream.read(EDGE))
    return digest.hexdigest()[:12]
