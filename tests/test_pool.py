"""Engines are loaded once, shared, and let go when memory runs short."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from playground.engine.base import Completion, Request
from playground.engine.pool import Pool, engine_class
from playground.errors import EngineError, InvalidInput, MissingExtra, ModelUnavailable
from playground.models import ModelCard
from playground.sampling import SamplingParams
from playground.thinking import DEEPSEEK_TAGS


def card(name: str, source: object = "", engine: str = "transformers", **options: str | int) -> ModelCard:
    return ModelCard(name=name, engine=engine, source=str(source), think=DEEPSEEK_TAGS, options=options)


def test_everybody_gets_the_same_engine(tiny_model):
    told: list[str] = []
    with ThreadPoolExecutor(4) as threads:
        pool = Pool()
        engines = list(threads.map(lambda _: pool.get(card("tiny", tiny_model), told.append), range(4)))
    assert len({id(engine) for engine in engines}) == 1
    assert len(told) == 1


def test_other_options_are_another_engine():
    pool = Pool()
    slow = pool.get(card("slow", engine="scripted", token_seconds=1))
    assert pool.get(card("slow", engine="scripted", token_seconds=2)) is not slow


def test_the_engine_used_longest_ago_goes_first(tiny_model):
    size = Pool().get(card("a", tiny_model)).memory_bytes
    pool = Pool(memory_budget_bytes=2 * size)
    for name in ("a", "b", "a", "c"):
        pool.get(card(name, tiny_model))
    assert pool.loaded() == ("a", "c")


def test_an_engine_that_went_stays_usable_for_who_has_it(tiny_model):
    pool = Pool(memory_budget_bytes=1)
    held = pool.get(card("a", tiny_model))
    pool.get(card("b", tiny_model))
    assert pool.loaded() == ("b",)
    assert isinstance(list(held.stream(Request(prompt="Mia", params=SamplingParams(max_tokens=2))))[-1], Completion)


def test_unloading_closes_the_engine(tiny_model):
    pool = Pool()
    engine = pool.get(card("a", tiny_model))
    pool.unload(card("a", tiny_model))
    assert pool.loaded() == ()
    with pytest.raises(EngineError):
        list(engine.stream(Request(prompt="Mia")))


def test_a_failed_load_is_told_and_can_be_tried_again(tiny_model, tmp_path):
    pool = Pool()
    place = tmp_path / "later"
    with pytest.raises(ModelUnavailable):
        pool.get(card("a", place))
    place.symlink_to(tiny_model)
    assert pool.get(card("a", place)).identity.model == "a"
    pool.close()
    assert pool.loaded() == ()


def test_an_unknown_engine_is_refused():
    with pytest.raises(InvalidInput, match="scripted"):
        engine_class("magic")


def test_a_missing_package_names_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [name for name in sys.modules if name.startswith("playground.engine.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MissingExtra, match=r"\[hf\]"):
        engine_class("transformers")
