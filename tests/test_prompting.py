"""Exact prompts. The goldens hold the prompt from the question on and the hash of all of it; see `goldens`."""

import json
import re
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from playground.cards.chat_template import TEMPLATE_DATE
from playground.cards.models_file import ModelEntry
from playground.engine.pieces import piece_ends
from playground.errors import InvalidInput
from playground.models import ModelCard, card_from_directory, card_from_entry
from playground.prompting import opening, render
from playground.reasoners.families import ELM, OAK, Family
from playground.steering import Cut, compose
from playground.thinking import BRACKET_TAGS, DEEPSEEK_TAGS, NO_TAGS, QWEN3_TAGS, split_thinking
from playground.trajectory import Author, Segment, Trajectory

GOLDENS = Path(__file__).parent / "goldens" / "prompts"
QUESTION = "Mia starts with 24 stickers. She gives away 9 stickers. How many stickers does Mia have now?"
OWN = "Mia starts with 24 stickers.\nMia gives away 9 stickers, so 24 - 9 = 15.\nSo Mia has 15 stickers now.\n"
FOREIGN = "Leo has 7 shells.\nLeo buys 12 more shells, so 7 + 12 = 19.\nSo Leo has 19 shells now.\n"
PLAIN_CARD = ModelCard(name="plain", engine="scripted", source="", think=QWEN3_TAGS)

BOS = {"deepseek": "<｜begin▁of▁sentence｜>", "meta": "<|begin_of_text|>", "tiny-elm": "<s>"}
EOS = {"tiny-elm": "</s>"}
REAL = (
    "ByteDance-Seed-OSS",
    "Qwen-QwQ-32B",
    "Qwen-Qwen2.5-7B-Instruct",
    "Qwen-Qwen3-0.6B",
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
    "deepseek-ai-DeepSeek-V3.1",
    "meta-llama-Llama-3.1-8B-Instruct",
    "openai-gpt-oss-120b",
)
VARIANTS = {
    "OpenThinker3-7B": ("Qwen-Qwen2.5-7B-Instruct", {}),
    "LIMO": ("Qwen-Qwen2.5-7B-Instruct", {}),
    "Qwen3-0.6B-not-thinking": ("Qwen-Qwen3-0.6B", {"enable_thinking": False}),
    "DeepSeek-V3.1-not-thinking": ("deepseek-ai-DeepSeek-V3.1", {"thinking": False}),
    "Seed-OSS-without-budget": ("ByteDance-Seed-OSS", {"thinking_budget": 0}),
    "gpt-oss-20b-high": ("openai-gpt-oss-120b", {"reasoning_effort": "high"}),
}
"""Models that the table corrects, and templates with another switch: the real template and its options."""
TINY = {"tiny-oak": OAK, "tiny-elm": ELM}
STAGES = ("start", "steer at 0 %", "steer at 40 %", "answer begun", "handed back")


def wrote(name: str, text: str, kind: str = "thinking") -> Segment:
    return Segment(text=text, author=Author(kind="model", name=name), kind=kind)


@cache
def trajectory(stage: str) -> Trajectory:
    start = Trajectory(question=QUESTION)
    if stage == "start":
        return start
    if stage.startswith("steer"):
        steered = compose(OWN, FOREIGN, Cut(own=0.4 if "40" in stage else 0.0, steer=0.4), piece_ends)
        return start.extend(wrote("a", steered.own + steered.transition), wrote("b", steered.steer))
    if stage == "answer begun":
        return start.extend(wrote("a", OWN), wrote("a", "\n\nMia has", "answer"))
    first, second, _ = OWN.splitlines(keepends=True)
    return start.extend(wrote("a", first), wrote("b", second), wrote("you", "Hm, is that right? "))


def directory(folder: Path, name: str, source: str) -> Path:
    """A checkpoint's directory as far as its prompts need one."""
    tokens = {"bos_token": matching(BOS, name), "eos_token": matching(EOS, name)}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokens))
    (folder / "chat_template.jinja").write_text(source)
    return folder


def matching(table: dict[str, str], name: str) -> str:
    return next((token for prefix, token in table.items() if name.startswith(prefix)), "")


def goldens(name: str) -> dict[str, tuple[str, str]]:
    """Of each stage the hash of the prompt, and what of it is written out."""
    text = (GOLDENS / f"{name}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^=== (.+) · sha256 ([0-9a-f]{64})\n", text, flags=re.MULTILINE)
    return {stage: (digest, prompt[:-1]) for stage, digest, prompt in zip(*[iter(parts[1:])] * 3, strict=True)}


def as_golden(prompt: str, *, whole: bool) -> tuple[str, str]:
    shown = prompt if whole else prompt[prompt.index(QUESTION) :]
    return sha256(prompt.encode()).hexdigest(), shown


@pytest.mark.parametrize("name", REAL)
def test_prompts_of_real_templates_are_as_they_were_checked(shared, tmp_path, name):
    source = (shared / "data" / "chat_templates" / f"{name}.jinja").read_text(encoding="utf-8")
    card = card_from_directory(directory(tmp_path, name, source))
    assert {stage: as_golden(render(trajectory(stage), card), whole=False) for stage in STAGES} == goldens(name)


@pytest.mark.parametrize("name", VARIANTS)
def test_prompts_of_corrected_and_switched_models_are_as_they_were_checked(shared, tmp_path, name):
    template, options = VARIANTS[name]
    source = (shared / "data" / "chat_templates" / f"{template}.jinja").read_text(encoding="utf-8")
    (tmp_path / name).mkdir()
    folder = directory(tmp_path / name, template, source)
    card = card_from_entry(ModelEntry(name=name, source=str(folder), template=options))
    assert {stage: as_golden(render(trajectory(stage), card), whole=False) for stage in STAGES} == goldens(name)


@pytest.mark.parametrize("name", TINY)
def test_prompts_of_the_tiny_families_are_as_they_were_checked(tmp_path, name):
    card = card_from_directory(directory(tmp_path, name, TINY[name].template))
    assert {stage: as_golden(render(trajectory(stage), card), whole=True) for stage in STAGES} == goldens(name)


@pytest.mark.parametrize("name", REAL)
def test_templates_render_as_transformers_renders_them(shared, tmp_path, name):
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    source = (shared / "data" / "chat_templates" / f"{name}.jinja").read_text(encoding="utf-8")
    card = card_from_directory(directory(tmp_path, name, source))
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizers.Tokenizer(tokenizers.models.BPE()), bos_token=matching(BOS, name) or None
    )
    turns = [{"role": "user", "content": QUESTION}]
    theirs = tokenizer.apply_chat_template(
        turns, chat_template=source, tokenize=False, add_generation_prompt=True, **card.template.options
    )
    today, fixed = date.today(), TEMPLATE_DATE
    assert card.template.render(QUESTION) == theirs.replace(today.isoformat(), fixed.isoformat())


@pytest.mark.parametrize("family", TINY.values(), ids=TINY)
def test_every_continuation_begins_inside_the_thinking(tmp_path, family: Family):
    card = card_from_directory(directory(tmp_path, f"tiny-{family.name}", family.template))
    prompt = render(trajectory("steer at 0 %"), card)
    assert prompt.endswith(f"{family.open_tag}\n{trajectory('steer at 0 %').thinking}")
    assert prompt.count(family.open_tag) == 1


@pytest.mark.parametrize("tags", [DEEPSEEK_TAGS, QWEN3_TAGS, BRACKET_TAGS], ids=lambda tags: tags.open)
@pytest.mark.parametrize("stage", STAGES)
def test_what_follows_the_opening_reads_back_as_the_trajectory(stage, tags):
    card = ModelCard(name="m", engine="scripted", source="", think=tags)
    thought = split_thinking(render(trajectory(stage), card).removeprefix(opening(QUESTION, card)), tags, opened=True)
    assert thought.thinking == trajectory(stage).thinking
    assert (thought.answer or "") == trajectory(stage).answer


def test_a_model_without_tags_gets_the_text_alone():
    card = ModelCard(name="m", engine="scripted", source="", think=NO_TAGS)
    assert render(trajectory("answer begun"), card) == f"{QUESTION}\n\n{OWN}\n\nMia has"


def test_the_user_suffix_stands_in_the_user_turn():
    card = ModelCard(name="m", engine="scripted", source="", think=QWEN3_TAGS, user_suffix=" Box it.")
    assert render(Trajectory(question="How many?"), card) == "How many? Box it.\n\n<think>\n"


@pytest.mark.parametrize("question", ["", " \n"])
def test_an_empty_question_is_refused(question):
    with pytest.raises(InvalidInput, match="empty"):
        render(Trajectory(question=question), PLAIN_CARD)


def test_text_that_looks_like_a_template_stays_text(tmp_path):
    card = card_from_directory(directory(tmp_path, "tiny-oak", OAK.template))
    question = "{{ 7 * 7 }} {% raw %} <|end|>"
    assert question in render(Trajectory(question=question), card)
