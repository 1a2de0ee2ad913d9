"""Think tags where the real templates, the table of known models and a models file meet."""

import pytest

from playground.cards.chat_template import ChatTemplate
from playground.cards.known_models import KNOWN_MODELS, PAPER_MODELS, known_model
from playground.cards.tag_sources import settle_tags
from playground.models import THINKING_ON
from playground.sampling import SamplingParams
from playground.thinking import BRACKET_TAGS, DEEPSEEK_TAGS, GPT_OSS_TAGS, NO_TAGS, QWEN3_TAGS, SEED_TAGS, ThinkTags

QWEN25 = "Qwen-Qwen2.5-7B-Instruct"
V31 = ThinkTags("<think>", "</think>", template_opens=True, after_open="")
PUBLISHED = {
    "ByteDance-Seed-OSS": ("ByteDance-Seed/Seed-OSS-36B-Instruct", SEED_TAGS),
    "Qwen-QwQ-32B": ("Qwen/QwQ-32B", DEEPSEEK_TAGS),
    QWEN25: ("Qwen/Qwen2.5-7B-Instruct", NO_TAGS),
    "Qwen-Qwen3-0.6B": ("Qwen/Qwen3-0.6B", QWEN3_TAGS),
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B": ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", DEEPSEEK_TAGS),
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B": ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", DEEPSEEK_TAGS),
    "deepseek-ai-DeepSeek-V3.1": ("deepseek-ai/DeepSeek-V3.1", V31),
    "meta-llama-Llama-3.1-8B-Instruct": ("meta-llama/Llama-3.1-8B-Instruct", NO_TAGS),
    "openai-gpt-oss-120b": ("openai/gpt-oss-120b", GPT_OSS_TAGS),
}


def template(shared, name: str, **options) -> ChatTemplate:
    source = (shared / "data" / "chat_templates" / f"{name}.jinja").read_text(encoding="utf-8")
    return ChatTemplate(source=source, options={**THINKING_ON, **options})


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_table_agrees_with_every_real_template(shared, name):
    hub_id, tags = PUBLISHED[name]
    settled = settle_tags(template(shared, name), known_model(hub_id))
    assert (settled.tags, settled.origin, settled.contradictions) == (tags, "the chat template", ())


@pytest.mark.parametrize(
    ("name", "switch"),
    [
        ("Qwen-Qwen3-0.6B", "enable_thinking"),
        ("deepseek-ai-DeepSeek-V3.1", "thinking"),
        ("ByteDance-Seed-OSS", "thinking_budget"),
        ("openai-gpt-oss-120b", "reasoning_effort"),
    ],
)
def test_a_template_tells_its_switches(shared, name, switch):
    assert switch in template(shared, name).switches()
    assert not {"messages", "add_generation_prompt", "bos_token"} & set(template(shared, name).switches())


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_model_that_is_not_in_the_table_is_read_from_its_template(shared, name):
    assert settle_tags(template(shared, name)).tags == PUBLISHED[name][1]


def test_the_table_says_what_a_template_does_not(shared):
    settled = settle_tags(template(shared, QWEN25), known_model("open-thoughts/OpenThinker3-7B"))
    assert settled.tags == ThinkTags("<think>", "</think>", after_open=" ")
    assert (settled.origin, settled.contradictions) == ("the table of known models", ())
    assert settle_tags(template(shared, QWEN25), known_model("GAIR/LIMO")).tags == NO_TAGS


@pytest.mark.parametrize(
    ("name", "switch"),
    [
        ("Qwen-Qwen3-0.6B", {"enable_thinking": False}),
        ("deepseek-ai-DeepSeek-V3.1", {"thinking": False}),
        ("ByteDance-Seed-OSS", {"thinking_budget": 0}),
    ],
)
def test_a_model_whose_thinking_is_switched_off_has_no_tags(shared, name, switch):
    hub_id, tags = PUBLISHED[name]
    settled = settle_tags(template(shared, name, **switch), known_model(hub_id))
    assert (settled.tags, settled.contradictions) == (NO_TAGS, ())
    against = settle_tags(template(shared, name, **switch), known_model(hub_id), tags)
    assert against.tags == NO_TAGS
    assert against.contradictions == (
        f"the models file says {tags.open}, but the chat template ends the thinking at once with {tags.close}",
    )


def test_tags_that_contradict_the_template_hold_and_are_reported(shared):
    settled = settle_tags(template(shared, "Qwen-Qwen3-0.6B"), None, BRACKET_TAGS)
    assert (settled.tags, settled.origin) == (BRACKET_TAGS, "the models file")
    assert settled.contradictions == (
        "the models file says [THINK] … [/THINK], the chat template names <think> … </think>",
    )


def test_a_model_that_is_said_not_to_think_is_reported_where_its_template_names_tags(shared):
    (line,) = settle_tags(template(shared, "Qwen-QwQ-32B"), None, NO_TAGS).contradictions
    assert line == "the models file says no think tags, the chat template names <think> … </think>"


def test_a_template_that_opens_other_than_the_published_one_is_reported(shared):
    source = template(shared, "Qwen-QwQ-32B").source.replace("assistant\\n<think>\\n", "assistant\\n")
    settled = settle_tags(ChatTemplate(source=source), known_model("Qwen/QwQ-32B"))
    assert settled.tags == QWEN3_TAGS
    assert settled.contradictions == ("the published template of QwQ-32B opens the thinking, this one does not",)


def test_whether_the_template_opens_is_a_fact_that_no_file_overrules(shared):
    said = ThinkTags("<think>", "</think>", template_opens=False, after_open=" ")
    settled = settle_tags(template(shared, "Qwen-QwQ-32B"), None, said)
    assert settled.tags == DEEPSEEK_TAGS


def test_without_a_template_the_table_or_nobody_says_it():
    assert settle_tags(None, known_model("Qwen/Qwen3-8B")).tags == QWEN3_TAGS
    assert settle_tags(None).tags == NO_TAGS


@pytest.mark.parametrize(
    ("name", "hub_id"),
    [
        ("qwen/qwen3-8b", "Qwen/Qwen3-8B"),
        ("QwQ-32B", "Qwen/QwQ-32B"),
        ("/models/OpenThinker3-7B/", "open-thoughts/OpenThinker3-7B"),
        ("DeepSeek-R1-Distill-Qwen-1.5B-Q4_K_M.gguf", "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"),
        ("Qwen3-8B-IQ2_XS.gguf", "Qwen/Qwen3-8B"),
        ("Qwen3-32B-AWQ", "Qwen/Qwen3-32B"),
        ("ggml-org/gpt-oss-20b-GGUF", "openai/gpt-oss-20b"),
    ],
)
def test_a_known_model_is_found_by_its_names(name, hub_id):
    assert known_model(name).hub_id == hub_id


@pytest.mark.parametrize("name", ["", "Qwen3-8B-my-finetune", "Qwen3", "someone/else", "/"])
def test_a_model_of_another_name_is_another_model(name):
    assert known_model(name) is None


def test_the_table_holds_each_model_once_with_a_sampling_that_makes_sense():
    assert len({known.hub_id for known in KNOWN_MODELS}) == len({known.name for known in KNOWN_MODELS})
    assert len({known.hub_id for known in KNOWN_MODELS}) == len(KNOWN_MODELS)
    assert len(PAPER_MODELS) == 15
    for known in KNOWN_MODELS:
        assert known_model(known.hub_id) is known_model(known.name) is known
        assert known.context >= 4096
        best = known.recommended
        assert best is None or SamplingParams(temperature=best.temperature, top_p=best.top_p, top_k=best.top_k)
