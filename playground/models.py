"""Model cards: what a model is called, where it lies and how it thinks. Loads no model.

A card for a local directory is read from the tokenizer's own files; the shipped reasoners are such directories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from playground.assets import assets_dir
from playground.chat_template import ChatTemplate
from playground.errors import InvalidInput, ModelUnavailable
from playground.sampling import SamplingParams
from playground.serialization import read_text
from playground.server_address import is_address, parse_address
from playground.thinking import NO_TAGS, QWEN3_TAGS, ThinkTags, detect_think_tags

EngineName = Literal["transformers", "server", "scripted", "replay"]

SCRIPTED = "scripted"
REPLAY_PREFIX = "replay:"
THINKING_ON: Mapping[str, bool] = {"thinking": True, "enable_thinking": True}
"""The switches by which templates let one choose (DeepSeek-V3.1, Qwen3); others do not look at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model by name."""

    name: str
    engine: EngineName
    source: str
    """A directory with a checkpoint; for `server` its address, for `replay` the file of the recorded trace."""
    think: ThinkTags
    template: ChatTemplate | None = None
    """None: the prompt is the question and a blank line."""
    sampling: SamplingParams = field(default_factory=SamplingParams)
    user_suffix: str = ""
    """Put behind the question in the user turn, such as a request to box the answer."""
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict, hash=False)
    """Options of the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether a model would run here, and if not, why."""

    available: bool
    why: str = ""


def shipped_cards() -> tuple[ModelCard, ...]:
    """The tiny reasoners that lie in `assets/reasoners`, by name."""
    folders = sorted(path.parent for path in (assets_dir() / "reasoners").glob("*/config.json"))
    return tuple(card_from_directory(folder) for folder in folders)


def known_cards() -> tuple[ModelCard, ...]:
    """Every model that can be asked for by name alone: the shipped reasoners and the scripted model."""
    return (*shipped_cards(), ModelCard(name=SCRIPTED, engine="scripted", source="", think=QWEN3_TAGS))


def find_card(name: str, base_url: str | None = None) -> ModelCard:
    """The card of a known model, of the checkpoint in a directory, of a trace as `replay:FILE`, or of a served model.

    A served model is `URL#NAME`, or `server:NAME` at `base_url` or OPENAI_BASE_URL. Its card is complete only once the
    server was asked (`engine.served_card`).

    Raises:
        InvalidInput: no such model; the hint lists the names there are.
        ModelUnavailable: a directory without a usable tokenizer.
    """
    cards = {card.name: card for card in known_cards()}
    if name in cards:
        return cards[name]
    if is_address(name):
        address = parse_address(name, base_url)
        options = {**address.options, "model": address.model}
        return ModelCard(name=address.name, engine="server", source=address.base_url, think=NO_TAGS, options=options)
    if name.startswith(REPLAY_PREFIX):
        source = name.removeprefix(REPLAY_PREFIX)
        if not Path(source).is_file():
            raise InvalidInput(f"There is no recorded trace at {source}.", "Give the path of a saved trajectory.")
        return ModelCard(name=name, engine="replay", source=source, think=QWEN3_TAGS)
    if name and Path(name).is_dir():
        return card_from_directory(Path(name))
    raise InvalidInput(
        f"There is no model called {name!r}.", f"Choose one of {', '.join(cards)}, or give a checkpoint's directory."
    )


def card_from_directory(folder: Path) -> ModelCard:
    """The card of a Hugging Face checkpoint; think tags and their rules come from its chat template.

    Raises:
        ModelUnavailable: the directory has no tokenizer, or one that cannot be read.
    """
    config = _read_object(folder / "tokenizer_config.json")
    name = folder.resolve().name
    source = _template_source(folder, config)
    if source is None:
        return ModelCard(name=name, engine="transformers", source=str(folder), think=NO_TAGS)
    template = ChatTemplate(
        source=source,
        bos_token=_token(config.get("bos_token")),
        eos_token=_token(config.get("eos_token")),
        options=THINKING_ON,
    )
    think = detect_think_tags(source, template.render("question"))
    return ModelCard(name=name, engine="transformers", source=str(folder), think=think, template=template)


def _template_source(folder: Path, config: Mapping[str, Any]) -> str | None:
    """The chat template: a file of its own, or in the tokenizer's configuration, alone or as one of several."""
    file = folder / "chat_template.jinja"
    if file.is_file():
        return read_text(file)
    source = config.get("chat_template")
    if isinstance(source, list):
        named = {entry.get("name"): entry.get("template") for entry in source if isinstance(entry, dict)}
        source = named.get("default")
    return source if isinstance(source, str) else None


def _read_object(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelUnavailable(f"{path.parent} has no {path.name}.", "Give the directory of a complete checkpoint.")
    try:
        data = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise ModelUnavailable(f"{path} is not JSON ({error}).", "Fetch the checkpoint again.") from None
    if not isinstance(data, dict):
        raise ModelUnavailable(f"{path} does not hold a JSON object.", "Fetch the checkpoint again.")
    return data


def _token(value: Any) -> str:
    """A special token as tokenizer_config.json writes it: a string, an object with `content`, or nothing."""
    content = value.get("content") if isinstance(value, dict) else value
    return content if isinstance(content, str) else ""


def availability(card: ModelCard) -> Availability:
    """Whether the card's model would run here: its packages are installed and its files are there."""
    if card.engine == "server" and find_spec("httpx") is None:
        return Availability(available=False, why='httpx not installed: pip install -e ".[server]"')
    if card.engine != "transformers":
        return Availability(available=True)
    missing = [package for package in ("torch", "transformers") if find_spec(package) is None]
    if missing:
        return Availability(available=False, why=f'{" and ".join(missing)} not installed: pip install -e ".[hf]"')
    folder = Path(card.source)
    if not (folder / "config.json").is_file():
        return Availability(available=False, why=f"{folder} has no config.json")
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("*.bin")):
        return Availability(available=False, why=f"{folder} has no weights (*.safetensors)")
    return Availability(available=True)
