"""The tokenizers and chat templates of the two families."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from playground.reasoners.corpus import tokenizer_texts
from playground.reasoners.families import ELM, FAMILIES, OAK, train_tokenizer

TOKENIZERS = {
    family.name: train_tokenizer(family, list(islice(tokenizer_texts(family), 1000))) for family in (OAK, ELM)
}
TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How many?"},
    {"role": "assistant", "content": "Two."},
    {"role": "user", "content": "And now?"},
]


@pytest.fixture(params=TOKENIZERS)
def tokenizer(request: pytest.FixtureRequest) -> PreTrainedTokenizerFast:
    return TOKENIZERS[request.param]


def encoded(tokenizer: PreTrainedTokenizerFast, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False)["input_ids"]


@given(text=st.text(), name=st.sampled_from(sorted(TOKENIZERS)))
def test_any_text_survives_the_round_trip(text: str, name: str) -> None:
    assert TOKENIZERS[name].decode(encoded(TOKENIZERS[name], text)) == text


def test_every_digit_is_a_token_of_its_own(tokenizer: PreTrainedTokenizerFast) -> None:
    tokens = tokenizer.convert_ids_to_tokens(encoded(tokenizer, "so 24 - 9 = 15, in 2026 and x86"))
    assert [token for token in tokens if any(map(str.isdigit, token))] == list("2491520268" + "6")


def test_a_sentence_end_and_a_line_break_are_separate_tokens(tokenizer: PreTrainedTokenizerFast) -> None:
    cut = encoded(tokenizer, "so 24 - 9 = 15.")
    assert encoded(tokenizer, "so 24 - 9 = 15.\nThen")[: len(cut)] == cut


def test_think_tags_are_single_tokens_that_survive_decoding(tokenizer: PreTrainedTokenizerFast) -> None:
    family = OAK if tokenizer is TOKENIZERS["oak"] else ELM
    for tag in (family.open_tag, family.close_tag):
        ids = encoded(tokenizer, tag)
        assert len(ids) == 1
        assert tokenizer.decode(ids, skip_special_tokens=True) == tag


def test_chat_markers_are_special_tokens(tokenizer: PreTrainedTokenizerFast) -> None:
    family = OAK if tokenizer is TOKENIZERS["oak"] else ELM
    for marker in (*family.markers, family.eos, family.pad):
        ids = encoded(tokenizer, marker)
        assert len(ids) == 1
        assert tokenizer.decode(ids, skip_special_tokens=True) == ""


def test_the_oak_template_opens_the_thinking() -> None:
    text = TOKENIZERS["oak"].apply_chat_template(TURNS, tokenize=False, add_generation_prompt=True)
    assert text == (
        "<|system|>\nBe brief.<|end|>\n<|user|>\nHow many?<|end|>\n<|assistant|>\nTwo.<|end|>\n"
        "<|user|>\nAnd now?<|end|>\n<|assistant|>\n<think>\n"
    )


def test_the_elm_template_leaves_the_thinking_to_the_model() -> None:
    text = TOKENIZERS["elm"].apply_chat_template(TURNS, tokenize=False, add_generation_prompt=True)
    assert text == ("<s>[SYS] Be brief. [/SYS]\n[INST] How many? [/INST]\nTwo.</s>\n[INST] And now? [/INST]\n")


def test_a_completion_opens_the_tag_only_where_the_template_does_not() -> None:
    assert OAK.completion("Hm.\n", "Two.") == "Hm.\n</think>\n\nTwo."
    assert ELM.completion("Hm.\n", "Two.") == "[THINK]\nHm.\n[/THINK]\nTwo."


def test_the_families_have_different_vocabularies() -> None:
    words = [set(TOKENIZERS[name].get_vocab()) for name in FAMILIES]
    assert words[0] != words[1]
    assert all(len(TOKENIZERS[name]) <= FAMILIES[name].vocabulary for name in FAMILIES)
