"""Options of engines under vLLM's names, and how models share a device's memory."""

import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.options import EngineOptions
from playground.engine.vllm.checkpoint_size import model_size
from playground.engine.vllm.plan import GIB, OVERHEAD_BYTES, ModelSize, cpu_spaces, gpu_shares
from playground.errors import InvalidInput, ModelUnavailable
from playground.models import find_card


def size(name="a", weights=14 * GIB, token=1 << 17, context=32_768):
    return ModelSize(name=name, weights=weights, token=token, context=context)


def test_options_become_those_of_the_engine():
    card = EngineOptions(engine="vllm", max_model_len=512, enforce_eager=True).applied(find_card("tiny-oak-plain"))
    assert (card.engine, card.options) == ("vllm", {"max_model_len": 512, "enforce_eager": True})
    card = EngineOptions(dtype="bfloat16", max_num_seqs=8).applied(find_card("tiny-oak-plain"))
    assert (card.engine, card.options) == ("transformers", {"dtype": "bfloat16", "batch_size": 8})


def test_options_of_a_card_are_carried_to_another_engine():
    card = replace(find_card("tiny-oak-plain"), options={"dtype": "bfloat16", "batch_size": 8, "revision": "main"})
    there = EngineOptions(engine="vllm", dtype="float32").applied(card)
    assert there.options == {"dtype": "float32", "max_num_seqs": 8, "revision": "main"}
    assert EngineOptions(engine="transformers", dtype="bfloat16").applied(there) == card


def test_an_option_of_a_card_that_the_other_engine_does_not_have_is_refused():
    card = replace(find_card("tiny-oak-plain"), options={"device": "cpu"})
    with pytest.raises(InvalidInput, match="sets the option device, which the engine vllm does not have"):
        EngineOptions(engine="vllm").applied(card)


def test_a_model_without_a_checkpoint_keeps_its_engine():
    card = find_card("scripted")
    assert EngineOptions(engine="vllm", dtype="float32").applied(card) is card


def test_an_option_that_the_engine_does_not_have_is_refused():
    with pytest.raises(InvalidInput, match=r"--tensor-parallel-size is an option of vLLM\. Add --engine vllm"):
        EngineOptions(tensor_parallel_size=2).applied(find_card("tiny-oak-plain"))


@pytest.mark.parametrize(
    "wrong", [{"max_model_len": 0}, {"gpu_memory_utilization": 1.5}, {"tensor_parallel_size": -1}, {"max_num_seqs": 0}]
)
def test_numbers_that_cannot_be_are_refused(wrong):
    with pytest.raises(InvalidInput, match=next(iter(wrong)).replace("_", "-")):
        EngineOptions(**wrong)


def test_the_size_of_a_checkpoint_is_read_from_its_files():
    found = model_size(find_card("tiny-oak-plain"), "float32")
    assert found.token == 2 * 4 * 4 * 32 * 4  # keys and values, layers, heads, head size, bytes
    assert found.context == 2048
    assert 3_000_000 < found.weights < 3_500_000


def test_two_models_that_fit_get_what_they_need_and_half_of_the_rest_each():
    large, small = gpu_shares([size(), size("b", weights=2 * GIB)], 80 * GIB, 0.9)
    assert large + small == pytest.approx(0.9)
    assert large - small == pytest.approx(12 / 80)


def test_two_models_that_do_not_fit_are_refused_with_the_numbers():
    with pytest.raises(ModelUnavailable, match=r"need 38\.0 GiB .* \(a 19\.0, b 19\.0\), and 21\.6 GiB are"):
        gpu_shares([size(), size("b")], 24 * GIB, 0.9)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), st.integers(8, 200), st.floats(0.1, 1.0))
def test_shares_never_exceed_what_may_be_taken(weights, total, utilization):
    models = [size(str(index), weights=each * GIB) for index, each in enumerate(weights)]
    try:
        shares = gpu_shares(models, total * GIB, utilization)
    except ModelUnavailable:
        assert sum(m.weights + m.request + OVERHEAD_BYTES for m in models) > int(total * GIB * utilization)
        return
    assert sum(shares) == pytest.approx(utilization, abs=1e-6)
    needs = [model.weights + model.request + OVERHEAD_BYTES for model in models]
    assert all(share * total * GIB >= need - 1 for share, need in zip(shares, needs, strict=True))


def test_on_a_cpu_each_model_has_room_for_one_full_request():
    assert cpu_spaces([size(token=1 << 16), size("b", token=16)], 64 * GIB, GIB) == (2 * GIB, GIB)
    with pytest.raises(ModelUnavailable, match=r"30\.0 GiB are available"):
        cpu_spaces([size(), size("b")], 30 * GIB, GIB)


def command(*words):
    return subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False)


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed here")
@pytest.mark.parametrize("words", [("playground", "relay", "--question-id", "t1-0001"), ("evaluator.full",)])
def test_without_vllm_a_line_says_how_to_install_it(words):
    option = "--models" if words[0] == "evaluator.full" else "--model"
    done = command(*words, option, "tiny-oak-plain", "--engine", "vllm")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert 'pip install -e ".[vllm]"' in done.stderr


def test_an_unknown_option_is_one_line():
    done = command("playground", "relay", "--model", "scripted", "--question", "?", "--max-model-length", "9")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--max-model-length" in done.stderr
