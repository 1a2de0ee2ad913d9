import json
from pathlib import Path

import pytest

from playground.cards.chat_template import ChatTemplate
from playground.errors import InvalidInput, ModelUnavailable
from playground.models import availability, card_from_directory, find_card, known_cards, shipped_cards
from playground.thinking import NO_TAGS, QWEN3_TAGS

TEMPLATE = "{% for m in messages %}</think>{{ bos_token + m.content }}{% endfor %}"


def checkpoint(folder: Path, **config) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


def test_a_card_is_read_from_the_tokenizers_own_files(tmp_path):
    card = card_from_directory(checkpoint(tmp_path / "m", chat_template=TEMPLATE, bos_token={"content": "<s>"}))
    assert (card.name, card.engine, card.think) == ("m", "transformers", QWEN3_TAGS)
    assert card.template.render("q") == "</think><s>q"


def test_a_template_file_goes_before_the_configuration(tmp_path):
    folder = checkpoint(tmp_path / "m", chat_template="old")
    (folder / "chat_template.jinja").write_text("new {{ messages[0].content }}")
    assert card_from_directory(folder).template.render("q") == "new q"


def test_of_several_templates_the_default_is_taken(tmp_path):
    several = [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]
    assert card_from_directory(checkpoint(tmp_path, chat_template=several)).template.source == "d"


def test_a_model_without_a_template_has_no_think_tags(tmp_path):
    card = card_from_directory(checkpoint(tmp_path))
    assert (card.template, card.think) == (None, NO_TAGS)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "has no tokenizer_config.json"), ("{", "is not JSON"), ("[]", "does not hold a JSON object")],
)
def test_a_broken_directory_says_what_is_missing(tmp_path, content, problem):
    if content is not None:
        (tmp_path / "tokenizer_config.json").write_text(content)
    with pytest.raises(ModelUnavailable, match=problem):
        card_from_directory(tmp_path)


@pytest.mark.parametrize(
    ("files", "why"),
    [([], "has no config.json"), (["config.json"], "has no weights"), (["config.json", "m.safetensors"], "")],
)
def test_a_model_that_would_not_run_says_why(tmp_path, files, why):
    card = card_from_directory(checkpoint(tmp_path))
    for name in files:
        (tmp_path / name).write_text("{}")
    here = availability(card)
    assert here.available == (not why)
    assert why in here.why


def test_a_hub_id_of_another_owner_is_not_the_known_model(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelUnavailable, match="another-lab/Qwen3-8B is not in the local cache"):
        find_card("another-lab/Qwen3-8B")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InvalidInput, match="scripted") as caught:
        find_card("no-such-model")
    assert "no-such-model" in caught.value.message


def test_a_missing_trace_is_refused():
    with pytest.raises(InvalidInput, match="no recorded trace"):
        find_card("replay:nowhere.json")


def test_a_directory_is_a_model_by_its_own_name(tmp_path):
    checkpoint(tmp_path / "m")
    assert find_card(f"{tmp_path}/m/.").name == "m"


def test_names_are_unique_and_found_again():
    cards = known_cards()
    assert len({card.name for card in cards}) == len(cards)
    assert [find_card(card.name) for card in cards] == list(cards)


def test_every_shipped_reasoner_thinks_in_tags_and_would_run():
    for card in shipped_cards():
        assert card.name.startswith("tiny")
        assert card.think.close is not None
        assert availability(card).available


def test_a_template_that_refuses_is_one_clear_line():
    with pytest.raises(InvalidInput, match=r"The chat template fails: no users here\."):
        ChatTemplate(source="{{ raise_exception('no users here') }}").render("q")


@pytest.mark.parametrize(
    "source",
    [
        "{% if %}",
        "{{ 1 / 0 }}",
        "{{ messages + 1 }}",
        "{{ '%d' % 'x' }}",
        "{{ range(10 ** 9) }}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    ],
)
def test_a_broken_template_is_one_clear_line(source):
    with pytest.raises(
        InvalidInput, match=r"^The chat template fails: [^.].*[^.]\. Repair the model's chat template\.$"
    ):
        ChatTemplate(source=source).render("q")


def test_a_template_cannot_reach_out_of_its_sandbox():
    with pytest.raises(InvalidInput, match="unsafe"):
        ChatTemplate(source="{{ messages.__class__.__mro__[1].__subclasses__() }}").render("q")


def test_marks_for_training_leave_no_trace():
    source = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}"
    assert ChatTemplate(source=source).render("q") == "q"


def test_a_prompt_does_not_depend_on_the_day():
    assert ChatTemplate(source="{{ strftime_now('%d %b %Y') }}").render("q") == "01 Jan 2025"
