"""The transformers engine: kept prefixes, groups, and checkpoints that cannot be loaded."""

import shutil
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from playground.engine.base import Completion, Request
from playground.engine.transformers.checkpoint import Source, load_checkpoint
from playground.engine.transformers.engine import TransformersEngine
from playground.engine.transformers.kv_cache import KeyValueCache
from playground.engine.transformers.prefill import CHUNK
from playground.engine.transformers.prefix_cache import SEQUENCES, KeptSequence, PrefixCache
from playground.errors import EngineError, InvalidInput, ModelUnavailable
from playground.sampling import SamplingParams

PROMPT = "Mia starts with 24 stickers. Mia gives away 9"


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> TransformersEngine:
    return TransformersEngine(load_checkpoint(Source(location=str(tiny_model), device="cpu")), "tiny", batch_size=4)


def complete(engine: TransformersEngine, prompt: str, **params: object) -> Completion:
    return list(
        engine.stream(Request(prompt=prompt, params=SamplingParams(**{"max_tokens": 30, "seed": 3, **params})))
    )[-1]


def test_greedy_text_is_that_of_the_bare_library(engine, tiny_model):
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    model = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)
    ids = tokenizer(PROMPT, return_tensors="pt", add_special_tokens=False).input_ids
    bare = model.generate(ids, max_new_tokens=30, do_sample=False, pad_token_id=0)[0, ids.shape[1] :]
    assert complete(engine, PROMPT, temperature=0).text == tokenizer.decode(bare, skip_special_tokens=True)


def test_rows_of_different_lengths_write_what_each_would_alone(engine):
    prompts = [PROMPT[:length] for length in (3, 40, 9, 27, 11, 35)] + [PROMPT] * 3
    requests = [Request(prompt=p, params=SamplingParams(seed=i, max_tokens=9 * i + 5)) for i, p in enumerate(prompts)]
    alone = [list(engine.stream(request))[-1].text for request in requests]
    assert [completion.text for _, completion in sorted(engine.generate(requests))] == alone


def test_an_edit_in_the_middle_keeps_what_stands_before_it(engine):
    complete(engine, PROMPT)
    edited = complete(engine, PROMPT.replace("gives away 9", "buys 12"))
    shared = len(engine.token_ends("Mia starts with 24 stickers. Mia"))
    assert shared - 1 <= edited.cached_tokens <= shared + 1


def test_an_undo_needs_one_token(engine):
    text = complete(engine, PROMPT).text
    complete(engine, PROMPT + text)
    undone = complete(engine, PROMPT)
    assert undone.prompt_tokens - undone.cached_tokens == 1


def test_two_trajectories_in_turn_keep_their_prefixes(engine):
    other = "Leo has 7 shells. Leo buys 12 more shells"
    for prompt in (PROMPT, other):
        complete(engine, prompt)
    for prompt in (PROMPT, other, PROMPT):
        completion = complete(engine, prompt)
        assert completion.prompt_tokens - completion.cached_tokens == 1


def test_a_sequence_of_nothing_pushes_none_out():
    prefixes = PrefixCache(layers=1, budget_bytes=1)
    prefixes.give(KeptSequence(cache=KeyValueCache(1), ids=[1, 2]))
    for _ in range(SEQUENCES):
        prefixes.give(prefixes.take([7]))
    assert prefixes.take([1, 2, 3]).ids == [1, 2]


def test_a_kept_prefix_changes_nothing(engine, tiny_model):
    fresh = TransformersEngine(load_checkpoint(Source(location=str(tiny_model), device="cpu")), "fresh")
    complete(engine, PROMPT + " something else")
    assert complete(engine, PROMPT, logprobs=0).text == complete(fresh, PROMPT, logprobs=0).text


def test_a_score_keeps_the_prefix_for_a_stream(engine):
    engine.score(PROMPT, " stickers")
    completion = complete(engine, PROMPT + " stickers")
    assert completion.prompt_tokens - completion.cached_tokens == 1


def test_a_long_prompt_is_prefilled_in_parts(tiny_model):
    loaded = load_checkpoint(Source(location=str(tiny_model), device="cpu"))
    loaded.model.context_length = 4 * CHUNK
    long = TransformersEngine(loaded, "long")
    tokens = long.score(PROMPT, " stickers" * (CHUNK // 2))
    again = long.score(PROMPT, " stickers" * (CHUNK // 2))
    assert [token.logprob for token in tokens] == pytest.approx([token.logprob for token in again], abs=1e-4)


def test_the_end_of_the_context_is_a_length(engine):
    completion = complete(engine, PROMPT * 7, max_tokens=1000)
    assert completion.finish_reason in {"length", "stop"}
    assert completion.prompt_tokens + completion.completion_tokens <= engine.capabilities.context_length


def test_an_empty_prompt_is_refused(engine):
    with pytest.raises(InvalidInput):
        engine.stream(Request(prompt=""))


def test_a_closed_engine_says_so(tiny_model):
    closed = TransformersEngine(load_checkpoint(Source(location=str(tiny_model), device="cpu")), "closed")
    closed.close()
    assert closed.memory_bytes == 0
    with pytest.raises(EngineError, match="unloaded"):
        complete(closed, PROMPT)


@pytest.mark.parametrize(
    ("file", "told"),
    [("config.json", "config.json"), ("model.safetensors", "weights"), ("tokenizer.json", "tokenizer")],
)
def test_a_broken_directory_says_what_is_missing(tiny_model, tmp_path, file, told):
    broken = Path(shutil.copytree(tiny_model, tmp_path / "broken"))
    (broken / file).unlink()
    with pytest.raises(ModelUnavailable, match=told):
        load_checkpoint(Source(location=str(broken)))


@pytest.mark.parametrize("content", [b"", b"nothing", b"{}", b'{"a": [1', b"\xff\xfe"])
@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_a_damaged_file_is_an_expected_error(tiny_model, tmp_path, file, content):
    broken = Path(shutil.copytree(tiny_model, tmp_path / "broken"))
    (broken / file).write_bytes(content)
    if (file, content) == ("tokenizer_config.json", b"{}"):
        assert load_checkpoint(Source(location=str(broken))).tokenizer.encode("Mia")  # nothing in it is needed
        return
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load_checkpoint(Source(location=str(broken)))


@pytest.mark.parametrize("source", [{"location": "./nowhere"}, {"location": "./nowhere.gguf"}])
def test_a_place_that_is_not_there_is_named(source):
    with pytest.raises(ModelUnavailable, match="nowhere"):
        load_checkpoint(Source(**source))


@pytest.mark.parametrize("choice", [{"device": "gpu-7"}, {"dtype": "int8"}, {"dtype": "very"}])
def test_an_unknown_device_or_dtype_is_refused(tiny_model, choice):
    with pytest.raises(ModelUnavailable):
        load_checkpoint(Source(location=str(tiny_model), **choice))


def test_the_revision_follows_the_weights(tiny_model, tmp_path):
    copy = Path(shutil.copytree(tiny_model, tmp_path / "copy"))
    same = load_checkpoint(Source(location=str(copy))).revision
    assert same == load_checkpoint(Source(location=str(tiny_model))).revision
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert load_checkpoint(Source(location=str(copy))).revision != same


def test_loading_tells_what_it_does(tiny_model):
    told: list[str] = []
    load_checkpoint(Source(location=str(tiny_model), device="cpu", dtype="bfloat16"), told.append)
    assert told == [f"Loading {tiny_model} on cpu in bfloat16"]
