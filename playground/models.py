"""Model cards, which say what a model is called, where it lies and how it thinks. Loads no model.

A card is read from the checkpoint's own files; the table of known models and a models file correct it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

from playground.assets import assets_dir
from playground.cards.chat_template import ChatTemplate
from playground.cards.hub import is_hub_id, is_offline
from playground.cards.known_models import KNOWN_MODELS, KnownModel, known_model
from playground.cards.models_file import ModelEntry, read_models_file
from playground.cards.papers import read_papers, read_weights, source_kind
from playground.cards.server_address import ServerAddress, is_address, parse_address
from playground.cards.tag_sources import MODELS_FILE, settle_tags
from playground.errors import InvalidInput, ModelUnavailable
from playground.machine import cpu_bytes, this_machine
from playground.sampling import SamplingParams
from playground.thinking import NO_TAGS, QWEN3_TAGS, ThinkTags

EngineName = Literal["transformers", "vllm", "server", "scripted", "replay"]

_PACKAGES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "transformers": (("torch", "transformers"), "hf"),
    "vllm": (("torch", "transformers", "vllm"), "vllm"),
}
"""What the engines that run checkpoints import, and the extra that installs it."""

SCRIPTED = "scripted"
REPLAY_PREFIX = "replay:"
THINKING_ON: Mapping[str, bool] = {"thinking": True, "enable_thinking": True}
"""The switches by which templates let one choose (DeepSeek-V3.1, Qwen3); others do not look at them."""
DTYPE_BYTES: Mapping[str, int] = {"float64": 8, "float32": 4}
"""Bytes of a number; those of other types are 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model by name."""

    name: str
    engine: EngineName
    source: str
    """A directory with a checkpoint, a `.gguf` file or a hub id; for `server` its address; for `replay` the file of the
    recorded trace."""
    think: ThinkTags
    template: ChatTemplate | None = None
    """None: the prompt is the question and a blank line."""
    sampling: SamplingParams = field(default_factory=SamplingParams)
    user_suffix: str = ""
    """Appended to the question in the user turn, such as a request to box the answer."""
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict, hash=False)
    """Options of the engine."""
    think_from: str = ""
    """Who says how the model marks its thinking."""
    contradictions: tuple[str, ...] = ()
    """What the chat template says against this card, a line each."""
    unavailable: str = ""
    """Why not even the card could be made; then nothing but its name, engine and source holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether a model would run here, and if not, why."""

    available: bool
    why: str = ""
    note: str = ""
    """What has to be known before it is loaded, such as that its weights are still to be fetched."""
    needs_bytes: int | None = None
    """Memory that its weights will take; None where that is not known."""


def shipped_cards() -> tuple[ModelCard, ...]:
    """The tiny reasoners that lie in `assets/reasoners`, by name."""
    folders = sorted(path.parent for path in (assets_dir() / "reasoners").glob("*/config.json"))
    return tuple(card_from_directory(folder) for folder in folders)


def known_cards(models_file: Path | None = None) -> tuple[ModelCard, ...]:
    """The shipped reasoners, the scripted model, and the models of a models file (see `models_file`).

    Raises:
        InvalidInput: the models file cannot be read, or gives a model a name that is taken.
    """
    built_in = _built_in()
    return (*built_in.values(), *map(_card_or_why, _entries(models_file, built_in).values()))


def _built_in() -> dict[str, ModelCard]:
    scripted = ModelCard(name=SCRIPTED, engine="scripted", source="", think=QWEN3_TAGS)
    return {card.name: card for card in (*shipped_cards(), scripted)}


def _entries(models_file: Path | None, built_in: Mapping[str, ModelCard]) -> dict[str, ModelEntry]:
    entries = {entry.name: entry for entry in read_models_file(models_file)}
    for name in entries:
        if name in built_in:
            raise InvalidInput(f"The models file uses {name!r}, the name of a shipped model.", "Choose another name.")
    return entries


def find_card(name: str, base_url: str | None = None, *, models_file: Path | None = None) -> ModelCard:
    """The card of a model: by its name, by its directory, `.gguf` file or hub id, or of a trace as `replay:FILE`.

    A hub id may be given without its owner where the table of known models has it. A served model is `URL#NAME`, or
    `server:NAME` at `base_url` or OPENAI_BASE_URL; its card is complete only once the server was asked
    (`playground.engine.server.card`).

    Raises:
        InvalidInput: no such model, the hint lists the names there are; or a models file that cannot be read.
        ModelUnavailable: a checkpoint without a usable tokenizer, or a hub model that cannot be fetched.
    """
    built_in = _built_in()
    entries = _entries(models_file, built_in)
    if name in built_in:
        return built_in[name]
    if name in entries:
        return card_from_entry(entries[name])
    if is_address(name):
        address = parse_address(name, base_url)
        return _served_card(address.name, address)
    if name.startswith(REPLAY_PREFIX):
        return _replay_card(name, name.removeprefix(REPLAY_PREFIX))
    if name and (Path(name).is_dir() or name.endswith(".gguf")):
        return card_from_directory(Path(name))
    known = known_model(name)
    if known is not None or is_hub_id(name):
        return card_from_entry(ModelEntry(name=name, source=name if known is None or "/" in name else known.hub_id))
    names = [*built_in, *entries]
    near = get_close_matches(name, [*names, *(known.name for known in KNOWN_MODELS)], n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise InvalidInput(
        f"There is no model called {name!r}.",
        f"{hint}Choose one of {', '.join(names)}, or give a checkpoint's directory, a .gguf file or a hub id.",
    )


def card_from_directory(folder: Path) -> ModelCard:
    """The card of a checkpoint in a directory or a `.gguf` file, under its own name.

    Raises:
        ModelUnavailable: it has no tokenizer, or one that cannot be read.
    """
    return card_from_entry(ModelEntry(name="", source=str(folder)))


def card_from_entry(entry: ModelEntry) -> ModelCard:
    """The card that an entry of a models file describes.

    Raises:
        InvalidInput: a recorded trace that is not there, or a chat template that fails.
        ModelUnavailable: a checkpoint without a usable tokenizer, or a hub model that cannot be fetched.
    """
    if entry.engine in _PACKAGES:
        card = _checkpoint_card(entry)
    elif entry.engine == "server":
        card = _served_card(entry.name, parse_address(entry.source))
    elif entry.engine == "replay":
        card = _replay_card(entry.name, entry.source)
    else:
        card = _bare(entry)
    if entry.think is not None and entry.engine not in _PACKAGES:
        card = replace(card, think=entry.think, think_from=MODELS_FILE)
    sampling = entry.sampling.over(card.sampling)
    return replace(card, sampling=sampling, user_suffix=entry.user_suffix, options={**card.options, **entry.options})


def _checkpoint_card(entry: ModelEntry) -> ModelCard:
    papers = read_papers(entry.source, cast(str | None, entry.options.get("revision")))
    template = papers.template and ChatTemplate(
        source=papers.template,
        bos_token=papers.bos_token,
        eos_token=papers.eos_token,
        options={**THINKING_ON, **entry.template},
    )
    _check_switches(template or None, entry.template)
    known = known_model(papers.name)
    settled = settle_tags(template or None, known, entry.think)
    return ModelCard(
        name=entry.name or papers.name,
        engine=cast(EngineName, entry.engine),
        source=entry.source,
        think=settled.tags,
        template=template or None,
        sampling=recommended_sampling(known, settled.tags),
        think_from=settled.origin,
        contradictions=settled.contradictions,
    )


def _check_switches(template: ChatTemplate | None, wanted: Iterable[str]) -> None:
    """Refuse a switch that the chat template would not look at."""
    known = template.switches() if template else ()
    for name in wanted:
        if name not in known:
            listed = f"It looks at: {', '.join(known)}." if known else "It looks at none."
            raise InvalidInput(f"The model's chat template has no switch {name!r}.", listed)


def recommended_sampling(known: KnownModel | None, tags: ThinkTags) -> SamplingParams:
    """What a model's authors recommend; not where its thinking is switched off, which wants something else."""
    if known is None or known.recommended is None or (known.think.open and not tags.open):
        return SamplingParams()
    best = known.recommended
    return SamplingParams(temperature=best.temperature, top_p=best.top_p, top_k=best.top_k)


def _replay_card(name: str, source: str) -> ModelCard:
    if not Path(source).is_file():
        raise InvalidInput(f"There is no recorded trace at {source}.", "Give the path of a saved trajectory.")
    return ModelCard(name=name, engine="replay", source=source, think=QWEN3_TAGS)


def _served_card(name: str, address: ServerAddress) -> ModelCard:
    options = {**address.options, "model": address.model}
    return ModelCard(name=name, engine="server", source=address.base_url, think=NO_TAGS, options=options)


def _bare(entry: ModelEntry, why: str = "") -> ModelCard:
    engine = cast(EngineName, entry.engine)
    think = NO_TAGS if why else QWEN3_TAGS
    return ModelCard(name=entry.name, engine=engine, source=entry.source, think=think, unavailable=why)


def _card_or_why(entry: ModelEntry) -> ModelCard:
    """The entry's card; one that cannot be made says why, so that a list shows it among the others."""
    try:
        return card_from_entry(entry)
    except (ModelUnavailable, InvalidInput) as error:
        return _bare(entry, error.message.rstrip("."))


def availability(card: ModelCard) -> Availability:
    """Whether the card's model would run here: its packages are installed, its files are there, and memory holds it.

    Nobody is asked and nothing is fetched.
    """
    if card.unavailable:
        return Availability(available=False, why=card.unavailable)
    if card.engine == "server" and find_spec("httpx") is None:
        return Availability(available=False, why='httpx not installed: pip install -e ".[server]"')
    if card.engine not in _PACKAGES:
        return Availability(available=True)
    return _checkpoint_availability(card.engine, card.source, card.options)


def known_availability(model: KnownModel) -> Availability:
    """As `availability`, of a published model whose card was not made."""
    return _checkpoint_availability("transformers", model.hub_id, {})


def _checkpoint_availability(engine: str, source: str, options: Mapping[str, Any]) -> Availability:
    needed, extra = _PACKAGES[engine]
    if source.endswith(".gguf"):
        needed, extra = (*needed, "gguf", "accelerate"), "gguf"
    absent = [package for package in needed if find_spec(package) is None]
    if absent:
        return Availability(available=False, why=f'{" and ".join(absent)} not installed: pip install -e ".[{extra}]"')
    try:
        weights = read_weights(source, options.get("revision"))
    except ModelUnavailable as error:
        return Availability(available=False, why=error.message.rstrip("."))
    known, on_hub = known_model(source), source_kind(source) == "hub"
    if weights.missing and (is_offline() or not on_hub):
        offline = ", and HF_HUB_OFFLINE is set" if on_hub else ""
        return Availability(available=False, why=weights.missing + offline)
    note = "to be fetched from the model hub" if weights.missing else ""
    parameters = weights.parameters or (round(known.billions * 1e9) if known else None)
    return _fits(parameters, options, note)


def _fits(parameters: int | None, options: Mapping[str, Any], note: str) -> Availability:
    machine = this_machine()
    device = str(options.get("device", machine.device)).partition(":")[0]
    if parameters is None or device not in ("cpu", machine.device):
        return Availability(available=True, note=note)
    holds = machine.memory_bytes if device == machine.device else cpu_bytes()
    dtype = str(options.get("dtype", "float32" if device == "cpu" else "bfloat16"))
    needs = parameters * DTYPE_BYTES.get(dtype, 2)
    if needs <= holds:
        return Availability(available=True, note=note, needs_bytes=needs)
    why = f"its weights take {needs / 1e9:.1f} GB in {dtype}, the memory is {holds / 1e9:.1f} GB ({device})"
    return Availability(available=False, why=why, needs_bytes=needs)
