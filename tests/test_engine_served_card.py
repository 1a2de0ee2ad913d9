"""The card of a served model: template, think tags and sampling, from whoever knows them."""

import json
from dataclasses import replace

import pytest

from playground.engine.base import Capabilities
from playground.engine.server.card import completed
from playground.engine.server.dialect import Dialect
from playground.engine.server.models import ServedModel
from playground.engine.server.probe import Findings
from playground.models import ModelCard, find_card
from playground.sampling import SamplingParams
from playground.thinking import GPT_OSS_TAGS, NO_TAGS, SEED_TAGS, ThinkTags
from tests.test_papers import cache

CARD = ModelCard(name="m", engine="server", source="http://127.0.0.1:1/v1", think=NO_TAGS)
TEMPLATE = "{{ messages[0].content }}|{% if false %}<think></think>{% endif %}"
CAN = Capabilities(context_length=100, logprobs=0, scoring=False, seeds=True, prefix_reuse=False)


def told(id: str = "m", *, chat: bool = False, top_k: bool = True, **model: str) -> Findings:
    return Findings(
        model=ServedModel(id=id, **model),
        dialect=Dialect(model=id, chat=chat),
        capabilities=replace(CAN, top_k=top_k),
        counts=False,
    )


def test_what_the_authors_recommend_holds_for_a_served_model_too():
    assert completed(CARD, told("Qwen/Qwen3-8B", template=TEMPLATE)).sampling == SamplingParams(top_k=20)
    assert completed(CARD, told(root="openai/gpt-oss-20b")).sampling == SamplingParams(temperature=1, top_p=1)


def test_what_the_card_says_goes_before_what_is_recommended():
    card = replace(CARD, sampling=SamplingParams(temperature=0.1, max_tokens=7))
    expected = SamplingParams(temperature=0.1, top_k=20, max_tokens=7)
    assert completed(card, told("qwen3:8b", template=TEMPLATE)).sampling == expected


def test_nothing_is_recommended_that_the_server_does_not_keep_to():
    assert completed(CARD, told("Qwen/Qwen3-8B", template=TEMPLATE, top_k=False)).sampling.top_k == 0


def test_the_table_corrects_what_the_servers_template_does_not_say():
    card = completed(CARD, told("GAIR/LIMO", template=TEMPLATE))
    assert (card.think, card.think_from) == (NO_TAGS, "the table of known models")
    assert "says no think tags, the chat template names <think> … </think>" in card.contradictions[0]
    assert completed(CARD, told("someone/else", template=TEMPLATE)).think_from == "the server's chat template"


@pytest.mark.parametrize(("id", "tags"), [("gpt-oss-20b", GPT_OSS_TAGS), ("seed-oss-36b-instruct", SEED_TAGS)])
def test_where_only_chat_is_served_the_table_knows_the_think_tags(id, tags):
    assert completed(CARD, told(id, chat=True)).think == tags


def test_what_the_models_file_says_of_think_tags_holds():
    mine = ThinkTags("<mine>", "</mine>")
    card = completed(replace(CARD, think=mine, think_from="the models file"), told(template=TEMPLATE))
    assert (card.think, card.think_from) == (mine, "the models file")
    assert "the models file says <mine> … </mine>, the chat template names" in card.contradictions[0]


def test_a_template_may_be_that_of_a_named_model():
    like = find_card("tiny-elm-plain")
    card = completed(replace(CARD, options={"template": "tiny-elm-plain"}), told(template=TEMPLATE))
    assert (card.name, card.engine, card.template, card.think) == ("m", "server", like.template, like.think)


def test_a_template_may_come_from_the_hubs_cache(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "tokenizer_config.json").write_text(json.dumps({"chat_template": TEMPLATE}))
    cache(tmp_path, tmp_path / "model", "someone/tiny")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    card = completed(CARD, told(root="someone/tiny"))
    assert (card.name, card.template.render("q"), card.think.open) == ("m", "q|", "<think>")
    assert completed(CARD, told(root="someone/else")).template is None


def test_only_a_server_that_is_trusted_says_which_directory_is_read_here():
    oak = find_card("tiny-oak-plain")
    assert completed(CARD, told(root=oak.source)).template == oak.template
    assert completed(replace(CARD, options={"trusted": False}), told(root=oak.source)).template is None
