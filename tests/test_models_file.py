import json
from typing import get_args

import pytest

from playground.cards.models_file import ENGINE_OPTIONS, read_models_file
from playground.errors import InvalidInput, ModelUnavailable
from playground.models import EngineName, availability, find_card, known_cards
from playground.sampling import SamplingParams
from playground.thinking import NO_TAGS, QWEN3_TAGS, ThinkTags
from playground.trajectory import Author, Segment, Trajectory

THINKER = """
[[model]]
name = "thinker"
source = "m"
think_tags = ["<think>", "</think>"]
after_open = " "
user_suffix = " Box it."
template = { loud = true }
sampling = { temperature = 1, top_k = 20 }
options = { dtype = "bfloat16", trust_remote_code = true }
"""


def file(folder, text: str):
    path = folder / "lab.toml"
    path.write_text(text)
    return path


def checkpoint(folder):
    folder.mkdir()
    source = "{{ 'LOUD ' if loud else '' }}{{ messages[0].content }}"
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": source}))
    return folder


def test_a_card_is_what_the_file_says(tmp_path):
    checkpoint(tmp_path / "m")
    card = find_card("thinker", models_file=file(tmp_path, THINKER))
    assert (card.name, card.engine, card.source) == ("thinker", "transformers", str(tmp_path / "m"))
    assert (card.think, card.think_from) == (ThinkTags("<think>", "</think>", after_open=" "), "the models file")
    assert card.sampling == SamplingParams(temperature=1, top_k=20)
    assert card.template.render("q") == "LOUD q"
    assert (card.user_suffix, card.options) == (" Box it.", {"dtype": "bfloat16", "trust_remote_code": True})


def test_what_the_file_leaves_out_is_as_without_it(tmp_path):
    checkpoint(tmp_path / "m")
    card = find_card("plain", models_file=file(tmp_path, '[[model]]\nname = "plain"\nsource = "m"'))
    assert (card.think, card.sampling, card.options) == (NO_TAGS, SamplingParams(), {})


def test_a_trace_and_the_scripted_model_take_their_options(tmp_path):
    segment = Segment(text="Two.\n", author=Author(kind="person", name="you"))
    (tmp_path / "t.json").write_text(json.dumps(Trajectory(question="q").extend(segment).to_dict()))
    path = file(
        tmp_path,
        """
        [[model]]
        name = "talk"
        engine = "replay"
        source = "t.json"
        options = { tokens_per_second = 40 }
        [[model]]
        name = "slow"
        engine = "scripted"
        think_tags = []
        options = { token_seconds = 0.1 }
        """,
    )
    talk, slow = find_card("talk", models_file=path), find_card("slow", models_file=path)
    assert (talk.engine, talk.source, talk.options) == ("replay", str(tmp_path / "t.json"), {"tokens_per_second": 40})
    assert (slow.engine, slow.think, talk.think) == ("scripted", NO_TAGS, QWEN3_TAGS)


def test_models_toml_in_the_working_directory_needs_no_naming(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_models_file(None) == ()
    (tmp_path / "models.toml").write_text('[[model]]\nname = "mine"\nengine = "scripted"')
    assert "mine" in [card.name for card in known_cards()]
    assert find_card("mine").engine == "scripted"


def test_a_model_that_is_not_there_is_listed_with_the_reason(tmp_path):
    path = file(tmp_path, '[[model]]\nname = "gone"\nsource = "./gone"')
    gone = known_cards(path)[-1]
    assert not availability(gone).available
    assert availability(gone).why == "There is no directory gone"
    with pytest.raises(ModelUnavailable, match="There is no directory gone"):
        find_card("gone", models_file=path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[model]", "is not TOML"),
        ("[[models]]", "models: there is no such key. Valid: model."),
        ('[[model]]\nname = "a"\nsorce = "x"', "model[0].sorce: there is no such key. Valid: name, engine, source,"),
        (
            '[[model]]\nname = "a"\nsource = "x"\n[[model]]\nname = "a"\nsource = "y"',
            "model[1].name: 'a' appears twice",
        ),
        ("[[model]]\nname = 3", "model[0].name: input should be a valid string"),
        ('[[model]]\nsource = "x"', "model[0].name: "),
        ('[[model]]\nname = "a"', "model[0].source: is missing"),
        ('[[model]]\nname = " "\nsource = "x"', "model[0].name: is empty"),
        ('model = "a"', "model: input should be"),
        ('[[model]]\nname = "a"\nengine = "magic"', "model[0].engine: there is no engine 'magic'. Choose one of "),
        ('[[model]]\nname = "a"\nsource = "x"\nthink_tags = ["<t>"]', "model[0].think_tags: must be two texts or none"),
        ('[[model]]\nname = "a"\nsource = "x"\nthink_tags = "<t>"', "model[0].think_tags: input should be"),
        ('[[model]]\nname = "a"\nsource = "x"\nsampling = { temprature = 1 }', "Valid: temperature, top_p, top_k,"),
        ('[[model]]\nname = "a"\nsource = "x"\nsampling = { top_p = 2 }', "model[0].sampling: Sampling: top_p must be"),
        ('[[model]]\nname = "a"\nsource = "x"\nsampling = { top_k = 0.5 }', "model[0].sampling.top_k: "),
        ('[[model]]\nname = "a"\nsource = "x"\ntemplate = { x = [1] }', "model[0].template.x: must be a text"),
        (
            '[[model]]\nname = "a"\nengine = "server"\nsource = "http://x/v1"\ntemplate = { x = 1 }',
            "model[0].template: holds switches of a chat template, which models of the engine 'server' do not have",
        ),
        ('[[model]]\nname = "a"\nsource = "x"\noptions = { dtyp = "f" }', "options.dtyp: there is no such key. Valid:"),
        ('[[model]]\nname = "a"\nsource = "x"\noptions = { dtype = 1 }', "model[0].options.dtype: must be a text"),
        ('[[model]]\nname = "a"\nsource = "x"\noptions = { batch_size = true }', "batch_size: must be a whole number"),
        ('[[model]]\nname = "a"\nsource = "x"\noptions = { trust_remote_code = 1 }', "must be true or false"),
        ('[[model]]\nname = "a"\nsource = "x"\noptions = { batch_size = 0 }', "options.batch_size: must be above 0"),
        ('[[model]]\nname = "a"\nengine = "scripted"\noptions = { token_seconds = nan }', "must be at least 0"),
        (
            '[[model]]\nname = "a"\nengine = "scripted"\nafter_open = " "',
            "model[0].think_tags: is missing, and after_open",
        ),
        (
            '[[model]]\nname = "a"\nengine = "scripted"\nthink_tags = ["<t>", "</t>"]\nanswer_end = ""',
            "model[0].answer_end: is empty",
        ),
        ('[[model]]\nname = "a\\nb"\nengine = "scripted"', "model[0].name: contains a line break"),
        ('[[model]]\nname = "a"\nsource = 1979-05-27', "lab.toml: is not JSON data"),
        ("model = " + "[" * 5000, "is nested too deeply"),
        ('[[model]]\nname = "scripted"\nengine = "scripted"', "'scripted', the name of a shipped model"),
    ],
)
def test_a_fault_in_the_file_says_where_and_what_is_valid(tmp_path, text, problem):
    with pytest.raises(InvalidInput) as caught:
        known_cards(file(tmp_path, text))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_switch_that_the_template_would_not_look_at_is_refused(tmp_path):
    checkpoint(tmp_path / "m")
    path = file(tmp_path, THINKER.replace("loud", "lowd"))
    with pytest.raises(InvalidInput, match=r"has no switch 'lowd'\. It looks at: loud\."):
        find_card("thinker", models_file=path)
    path = file(tmp_path, THINKER.replace("loud", "add_generation_prompt"))
    assert "no switch 'add_generation_prompt'" in availability(known_cards(path)[-1]).why


def test_a_directory_may_be_named_from_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    checkpoint(tmp_path / "m")
    path = file(tmp_path, '[[model]]\nname = "mine"\nsource = "~/m"')
    assert find_card("mine", models_file=path).source == str(tmp_path / "m")


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        known_cards(tmp_path / "none.toml")


def test_every_engine_says_which_options_it_takes():
    assert set(ENGINE_OPTIONS) == set(get_args(EngineName))
