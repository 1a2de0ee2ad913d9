"""Finds the models of a run and its guides: those that are here, and those with recorded responses. Loads none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from evaluator.options import Request
from evaluator.presets import preset
from evaluator.trials.recorded_responses import RecordedPool, read_pools
from playground.cards.models_file import read_models_file
from playground.cards.server_address import check_base_url
from playground.cli.models import tell
from playground.engine.pool import complete_card
from playground.errors import InvalidInput, ModelUnavailable, PlaygroundError
from playground.models import ModelCard, availability, find_card, shipped_cards
from playground.thinking import QWEN3_TAGS

RECORDED = (".jsonl", ".parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Participants:
    """The models of a run and its guides."""

    cards: tuple[ModelCard, ...]
    guides: tuple[ModelCard, ...]
    """Those that are not among the models."""
    guide_names: tuple[str, ...]
    recorded: Mapping[str, RecordedPool] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    """The names of those of which there is nothing but recorded responses."""
    judge: ModelCard | None = None
    lacking: Mapping[str, str] = field(default_factory=dict)
    """The models that cannot run here, each with the reason."""

    def check(self) -> None:
        """Refuse a run that lacks a model.

        Raises:
            ModelUnavailable: names them all, and says where to get them.
        """
        if not self.lacking:
            return
        if len(self.lacking) == 1:
            (why,) = self.lacking.values()
            raise ModelUnavailable(why)
        first = next(iter(self.lacking))
        raise ModelUnavailable(
            f"{len(self.lacking)} models are not here: {', '.join(self.lacking)}.",
            f"Fetch them, as by `hf download {first} --local-dir DIR`, and name the directories with --models; guides"
            " may be recorded responses (--guides FILE.jsonl), or others (--guides MODEL).",
        )


def participants(request: Request) -> Participants:
    """Who takes part by a command line, a preset and the files of recorded responses.

    Raises:
        InvalidInput: a file that cannot be read, an address that no model goes with, or a name that is none; `lacking`
            holds those of the preset.
    """
    judge = str(request.values.get("judge", ""))
    check_base_url(request.base_url, (*request.models, *request.guides, judge))
    pools = [pool for text in request.import_solo for pool in _pools(text)]
    given_guides = request.guides or _preset_guides(request)
    guide_pools = {text: _pools(text) for text in given_guides if _is_file(text)}
    recorded = {pool.model: pool for pool in (*pools, *(pool for found in guide_pools.values() for pool in found))}
    lacking: dict[str, str] = {}
    cards = _model_cards(request, pools, lacking)
    named = [guide for text in given_guides for guide in _guide_names(text, guide_pools)]
    others = [name for name in dict.fromkeys(named) if name not in {card.name for card in cards}]
    guides = [_card(name, request, recorded, lacking) for name in others]
    by_name = dict(zip(others, guides, strict=True))
    silent = {card.name for card in (*cards, *guides) if card.name in recorded and not _is_here(card)}
    return Participants(
        cards=tuple(cards),
        guides=tuple(guides),
        guide_names=tuple(by_name[name].name if name in by_name else name for name in dict.fromkeys(named)),
        recorded=recorded,
        silent=frozenset(silent),
        judge=_card(judge, request, {}, lacking) if judge else None,
        lacking={name: why for name, why in lacking.items() if name not in recorded},
    )


def _preset_guides(request: Request) -> tuple[str, ...]:
    if "guidability" not in request.values.get("tests", ("guidability",)):
        return ()
    return tuple(preset(request.preset).values.get("guides", ()))


def _model_cards(request: Request, pools: Iterable[RecordedPool], lacking: dict[str, str]) -> list[ModelCard]:
    recorded = {pool.model: pool for pool in pools}
    meant = preset(request.preset).models
    if request.models_file is not None:
        read_models_file(request.models_file)  # also where no name is looked up in it
    if not request.models and not recorded and not meant:
        shipped = [request.engine.applied(card) for card in shipped_cards()]
        if not shipped:
            raise ModelUnavailable("No reasoner is shipped with this installation.", "Name models with --models.")
        return shipped
    names = request.models or tuple(recorded) or meant
    cards = [_card(name, request, recorded, lacking) for name in names]
    strange = recorded.keys() - {card.name for card in cards}
    if strange:
        raise InvalidInput(
            f"--import-solo has responses of {', '.join(sorted(strange))}, which the run does not have.",
            "Name it with --models, or give --import-solo MODEL=FILE.",
        )
    return cards


def _card(name: str, request: Request, recorded: Mapping[str, RecordedPool], lacking: dict[str, str]) -> ModelCard:
    """The card of a model that is here, or one that only holds the name: of the preset, or of recorded responses."""
    try:
        card = _found(name, request)
    except PlaygroundError as error:
        if name in recorded:
            return _named(name, recorded[name])
        if name in (*request.models, *request.guides):
            raise
        lacking[name] = str(error)
        return _named(name, None)
    here = availability(card)
    if not here.available and card.name not in recorded:
        lacking[card.name] = f"{card.name} cannot run here: {here.why}."
    return card


def _found(name: str, request: Request) -> ModelCard:
    """The card of a model as the command line has it run."""
    card = request.engine.applied(find_card(name, request.base_url, models_file=request.models_file))
    if card.engine == "server" and request.max_connections is not None:
        card = replace(card, options={**card.options, "max_connections": request.max_connections})
    return complete_card(card, tell)


def _named(name: str, pool: RecordedPool | None) -> ModelCard:
    """A card of which nothing but its name and its tags is used."""
    return ModelCard(name=name, engine="replay", source="", think=pool.think if pool else QWEN3_TAGS)


def _is_here(card: ModelCard) -> bool:
    return bool(card.source or card.engine == "scripted") and availability(card).available


def _is_file(text: str) -> bool:
    return Path(text).suffix in RECORDED


def _pools(text: str) -> tuple[RecordedPool, ...]:
    """The pools of `FILE` or `MODEL=FILE`."""
    name, found, path = text.partition("=")
    if found and not Path(text).is_file():
        return read_pools(Path(path), name)
    return read_pools(Path(text))


def _guide_names(text: str, pools: Mapping[str, Sequence[RecordedPool]]) -> list[str]:
    return [pool.model for pool in pools[text]] if text in pools else [text]
