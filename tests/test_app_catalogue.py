"""The models as the models page shows them, and who may load and unload."""

from dataclasses import replace

import pytest

from playground.app.loading import participant
from playground.app.models.catalogue import Catalogue
from playground.app.network.accounts import Accounts
from playground.app.network.address import Network
from playground.app.offer import Offer, told
from playground.engine.pool import Pool
from playground.errors import ModelUnavailable
from playground.models import ModelCard
from playground.sampling import SamplingParams
from playground.thinking import QWEN3_TAGS

CARD = ModelCard(name="oak", engine="scripted", source="/secret/place", think=QWEN3_TAGS)
AWAY = ModelCard(name="away", engine="transformers", source="no-such-folder", think=QWEN3_TAGS, unavailable="no files")
BROKEN = ModelCard(
    name="broken", engine="transformers", source="/secret/place", think=QWEN3_TAGS, unavailable="/secret/place is empty"
)
OPEN = Network(host="0.0.0.0", accounts=Accounts(["ann:x", "ben:y"]), operators=("ann",))


def catalogue(network: Network | None = None, *, busy: bool = False) -> Catalogue:
    return Catalogue(Pool(), Offer([CARD, AWAY]), network or Network(), lambda name: busy)


def states(shown: Catalogue) -> list[str]:
    return [row["state"] for row in shown.models()["models"]]


def test_a_model_is_loaded_and_unloaded() -> None:
    shown = catalogue()
    assert states(shown) == ["not loaded", "not here"]
    assert shown.act("load", "oak", "") == ""
    assert states(shown) == ["loaded", "not here"]
    assert shown.model("oak", "")["capabilities"]["context_length"] == 32_768
    assert shown.act("unload", "oak", "") == ""
    assert states(shown) == ["not loaded", "not here"]


def test_a_model_that_somebody_writes_with_stays() -> None:
    shown = catalogue(busy=True)
    shown.act("load", "oak", "")
    assert "Somebody is writing with oak" in shown.act("unload", "oak", "")
    assert states(shown)[0] == "in use"


@pytest.mark.parametrize(("user", "may"), [("ann", True), ("ben", False), ("", False)])
def test_where_others_can_come_only_operators_load_and_see_where_models_lie(user: str, may: bool) -> None:
    shown = catalogue(OPEN)
    assert (shown.act("load", "oak", user) == "") is may
    assert (shown.model("oak", user)["source"] == CARD.source) is may


@pytest.mark.parametrize("name", ["", "/etc/passwd", "http://127.0.0.1:1/v1#m", "replay:/etc/passwd", "<b>"])
def test_no_model_but_the_operators_can_be_named(name: str) -> None:
    shown = catalogue()
    assert "There is no model called" in shown.act("load", name, "")
    assert "There is no model called" in shown.model(name, "")["error"]


def test_the_exact_prompts_are_shown_before_a_model_is_loaded() -> None:
    prompts = catalogue().model("oak", "")["prompts"]
    assert prompts["answer"].startswith("Mia has 24 stickers.")
    assert "</think>" in prompts["answer"]


def test_a_model_that_is_not_here_says_why() -> None:
    shown = catalogue().model("away", "")
    assert (shown["state"], shown["why"]) == ("not here", "no files")


def test_why_a_model_is_not_here_does_not_tell_where_it_lies() -> None:
    shown = Catalogue(Pool(), Offer([BROKEN]), OPEN, lambda name: False)
    assert shown.models()["models"][0]["why"] == shown.model("broken", "ben")["why"] == "broken is empty"
    assert told("/secret/place is empty", replace(BROKEN, source="/secret//place/")) == "broken is empty"


def test_why_a_model_cannot_be_loaded_does_not_tell_where_it_lies() -> None:
    card = ModelCard(name="trace", engine="replay", source="/secret/place/trace.json", think=QWEN3_TAGS)
    with pytest.raises(ModelUnavailable) as failed:
        participant(Pool(), card, SamplingParams())
    assert "secret" not in str(failed.value)
    assert "trace" in str(failed.value)
