"""Streams of one model at the same time: they share forward passes, and each writes what it would alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import torch

from playground.engine.base import Completion, Request
from playground.engine.transformers.checkpoint import Source, load_checkpoint
from playground.engine.transformers.decoder import Decoder
from playground.engine.transformers.engine import TransformersEngine
from playground.engine.transformers.joined_cache import JoinedCache
from playground.engine.transformers.prefix_cache import KeptSequence
from playground.errors import EngineError
from playground.sampling import SamplingParams

PROMPT = "Mia starts with 24 stickers. Mia gives away 9"


@pytest.fixture(scope="module")
def checkpoint(tiny_model: Path):
    return load_checkpoint(Source(location=str(tiny_model), device="cpu"))


def sequence(checkpoint, text):
    """A sequence that holds a text."""
    ids = checkpoint.tokenizer.encode(text)
    kept = KeptSequence(cache=checkpoint.model.new_cache(), ids=ids)
    kept.cache.reserve(len(ids))
    checkpoint.model.forward(torch.tensor([ids]), kept.cache)
    return kept


def completed(engine, request):
    *_, last = engine.stream(request)
    assert isinstance(last, Completion)
    return last


def test_streams_at_once_write_what_each_would_alone(checkpoint):
    engine = TransformersEngine(checkpoint, "tiny")
    requests = [
        Request(prompt=PROMPT[: 9 + 5 * n], params=SamplingParams(seed=n, max_tokens=20 + 7 * n)) for n in range(8)
    ]
    alone = [completed(engine, request).text for request in requests]
    rows = []
    vendor = checkpoint.model._vendor
    hook = vendor.register_forward_pre_hook(
        lambda _, args, given: rows.append(given["input_ids"].shape[0]), with_kwargs=True
    )
    ready = Barrier(8)

    def read(request):
        ready.wait(10)
        return completed(engine, request).text

    with ThreadPoolExecutor(8) as readers:
        together = list(readers.map(read, requests))
    hook.remove()
    assert together == alone
    assert max(rows) > 4


def test_a_joined_pass_is_each_pass_alone(checkpoint):
    texts = (PROMPT, PROMPT[:5], PROMPT[:20])
    alone, joined = ([sequence(checkpoint, text) for text in texts] for _ in range(2))
    decoder = Decoder(checkpoint.model)
    expected = torch.cat([decoder.write(each, 7) for each in alone])
    for each in joined:
        each.cache.reserve(1)
    cache = JoinedCache([each.cache for each in joined])
    starts = cache.starts(checkpoint.model.device)
    logits = checkpoint.model.forward(torch.tensor([[7]] * 3), cache, starts)[:, -1]
    assert torch.allclose(logits, expected, atol=1e-5)
    assert [each.cache.length for each in joined] == [len(each.ids) for each in alone]


def test_a_pass_that_fails_is_told_to_all_and_the_next_goes_on(tiny_model):
    fresh = load_checkpoint(Source(location=str(tiny_model), device="cpu"))
    decoder, kept = Decoder(fresh.model), [sequence(fresh, text) for text in (PROMPT, "Mia")]
    assert decoder.write(kept[0], 7).shape[0] == 1
    fresh.model.close()
    with ThreadPoolExecutor(2) as readers:
        failed = [readers.submit(decoder.write, each, 7) for each in kept]
    assert all(isinstance(each.exception(10), EngineError) for each in failed)


def test_an_interrupt_leaves_the_sequence_and_the_lead_to_others(checkpoint):
    decoder, kept = Decoder(checkpoint.model), [sequence(checkpoint, text) for text in (PROMPT, "Mia")]
    length = len(kept[0].ids)

    def interrupted(*_):
        raise KeyboardInterrupt

    hook = checkpoint.model._vendor.register_forward_pre_hook(interrupted)
    with pytest.raises(KeyboardInterrupt):
        decoder.write(kept[0], 7)
    hook.remove()
    assert kept[0].cache.length == len(kept[0].ids) == length
    with ThreadPoolExecutor(2) as readers:
        assert [each.shape[0] for each in readers.map(lambda each: decoder.write(each, 7), kept)] == [1, 1]
