"""What the files of a checkpoint say before it is loaded: directories, GGUF files, and the cache of the model hub."""

import json
import os
import shutil
import struct
import subprocess
import sys

import pytest

from playground.cards.gguf_header import read_gguf_header
from playground.cards.papers import read_weights, source_kind
from playground.errors import ModelUnavailable
from playground.machine import cpu_bytes, this_machine
from playground.models import availability, find_card
from tests.hub_server import COMMIT, Hub, serving

REVISION = "a" * 40
TEMPLATE = "{{ messages[0].content.split('</think>')[-1] }}{% if add_generation_prompt %}<think>\n{% endif %}"


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(template: str = "{{ bos_token }}{{ messages[0].content }}</think><think>\n") -> bytes:
    """A GGUF header with one tensor of 6 values, as the format's description has it."""
    tokens = struct.pack("<IQ", 8, 2) + text("<s>") + text("</s>")
    keys = [
        text("tokenizer.chat_template") + struct.pack("<I", 8) + text(template),
        text("tokenizer.ggml.tokens") + struct.pack("<I", 9) + tokens,
        text("tokenizer.ggml.scores") + struct.pack("<IIQ2f", 9, 6, 2, 0.5, 1.5),
        text("tokenizer.ggml.bos_token_id") + struct.pack("<II", 4, 0),
        text("tokenizer.ggml.eos_token_id") + struct.pack("<II", 4, 1),
    ]
    tensor = text("w") + struct.pack("<IQQIQ", 2, 2, 3, 0, 0)
    return b"GGUF" + struct.pack("<IQQ", 3, 1, len(keys)) + b"".join(keys) + tensor


def test_a_gguf_file_brings_its_template_its_tokens_and_its_size(tmp_path):
    path = tmp_path / "mine-Q4_K_M.gguf"
    path.write_bytes(gguf())
    header, card = read_gguf_header(path), find_card(str(path))
    assert (header.parameters, header.token("bos"), header.token("eos"), header.token("pad")) == (6, "<s>", "</s>", "")
    assert header.metadata["tokenizer.ggml.scores"] == [0.5, 1.5]
    assert (card.name, card.source, card.think.template_opens) == ("mine-Q4_K_M", str(path), True)
    assert card.template.render("q") == "<s>q</think><think>"
    assert read_weights(str(path)).parameters == 6


@pytest.mark.parametrize("length", [0, 3, 10, 24, 60, 100, 200, len(gguf()) - 30])
def test_a_gguf_file_that_is_cut_off_is_one_line(tmp_path, length):
    (tmp_path / "m.gguf").write_bytes(gguf()[:length])
    with pytest.raises(ModelUnavailable, match="GGUF file") as caught:
        read_gguf_header(tmp_path / "m.gguf")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [b"GGUF" + struct.pack("<IQQ", 1, 0, 0), b"PK\3\4" * 9, b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60), b"\xff" * 99],
)
def test_what_is_no_gguf_file_is_refused(tmp_path, data):
    (tmp_path / "m.gguf").write_bytes(data)
    with pytest.raises(ModelUnavailable, match="GGUF file"):
        find_card(str(tmp_path / "m.gguf"))


def test_a_gguf_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        find_card(str(tmp_path / "none.gguf"))


@pytest.mark.parametrize(
    ("source", "kind"),
    [("Qwen/Qwen3-8B", "hub"), ("tests/goldens", "directory"), ("./a/b", "directory"), ("a/b.gguf", "gguf")],
)
def test_a_source_is_what_it_looks_like_unless_it_is_there(source, kind):
    assert source_kind(source) == kind


def safetensors(*shape) -> bytes:
    header = json.dumps({"__metadata__": {}, "w": {"dtype": "BF16", "shape": shape, "data_offsets": [0, 0]}}).encode()
    return struct.pack("<Q", len(header)) + header


def folder(path, **files: bytes):
    path.mkdir(exist_ok=True)
    for name, data in {"config.json": b"{}", "tokenizer_config.json": b"{}", **files}.items():
        (path / name).write_bytes(data)
    return path


def test_parameters_are_counted_over_all_parts(tmp_path):
    index = json.dumps({"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}).encode()
    parts = {"1.safetensors": safetensors(2, 3), "2.safetensors": safetensors(4)}
    here = folder(tmp_path / "m", **{"model.safetensors.index.json": index, **parts})
    assert read_weights(str(here)).parameters == 10
    (here / "2.safetensors").unlink()
    assert read_weights(str(here)).missing == f"{here} has no 2.safetensors, one of 1 missing files"


DAMAGED = [
    b"",
    b"\xff" * 20,
    struct.pack("<Q", 2) + b"[]",
    struct.pack("<Q", 9) + b"{",
    safetensors("a"),
    safetensors([]),
]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_part_says_nothing_of_its_size(tmp_path, damage):
    here = folder(tmp_path / "m", **{"model.safetensors": damage})
    assert read_weights(str(here)).parameters is None


def test_files_of_another_form_than_they_should_have_are_borne(tmp_path):
    chat = json.dumps({"chat_template": [{"name": ["default"]}, {"name": "default", "template": TEMPLATE}]}).encode()
    here = folder(
        tmp_path / "m", **{"model.safetensors.index.json": b'{"weight_map": 1}', "tokenizer_config.json": chat}
    )
    assert "no weights" in read_weights(str(here)).missing
    assert find_card(str(here)).template.source == TEMPLATE
    (here / "config.json").write_text("[" * 10**6)
    with pytest.raises(ModelUnavailable, match="is not JSON"):
        read_weights(str(here))


@pytest.mark.skipif(this_machine().device == "cuda", reason="a device's memory decides where there is one")
def test_a_model_that_memory_cannot_hold_says_how_much_it_takes(tmp_path):
    rows = cpu_bytes() // 4 // 1000
    card = find_card(str(folder(tmp_path / "m", **{"model.safetensors": safetensors(rows + 1000, 1000)})))
    here = availability(card)
    assert not here.available
    assert "GB in float32, the memory is" in here.why


def test_a_model_with_layers_that_are_no_attention_says_so(tmp_path):
    config = json.dumps({"text_config": {"layer_types": ["linear_attention", "full_attention"]}}).encode()
    here = folder(tmp_path / "m", **{"config.json": config, "model.safetensors": safetensors(2)})
    assert "some of its layers are not attention layers" in availability(find_card(str(here))).why


def cache(home, model, hub_id: str):
    """The hub's cache with one model in it."""
    place = home / "hub" / f"models--{hub_id.replace('/', '--')}"
    shutil.copytree(model, place / "snapshots" / REVISION)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(REVISION)
    return place / "snapshots" / REVISION


def playground(*words: str, home, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", **variables}
    command = [sys.executable, "-m", "playground", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)


def test_a_cached_hub_model_runs_offline_by_its_id(tmp_path, tiny_model):
    snapshot = cache(tmp_path, tiny_model, "someone/tiny")
    (snapshot / "chat_template.jinja").write_text(TEMPLATE)
    report = json.loads(playground("probe", "someone/tiny", "--json", home=tmp_path).stdout)
    assert (report["name"], report["identity"]["revision"]) == ("someone/tiny", REVISION)
    assert report["think"]["template_opens"]
    assert report["capabilities"]["scoring"]


SIZED = """
from playground.engine.vllm.checkpoint_size import model_size
from playground.errors import ModelUnavailable
from playground.models import find_card
try:
    print(model_size(find_card("someone/tiny"), "auto").weights)
except ModelUnavailable as error:
    print(error.message)
"""


def test_the_size_of_a_hub_model_is_that_of_its_cached_files(tmp_path, tiny_model):
    snapshot = cache(tmp_path, tiny_model, "someone/tiny")
    weights = snapshot / "model.safetensors"
    size = weights.stat().st_size
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", SIZED]
    here = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
    weights.unlink()
    gone = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
    assert int(here) == size
    assert "has no weights here" in gone


def test_a_hub_model_that_is_not_cached_is_one_line_offline(tmp_path):
    probe = playground("probe", "someone/else", home=tmp_path)
    assert (probe.returncode, probe.stdout, probe.stderr.count("\n")) == (2, "", 1)
    assert "someone/else is not in the local cache, and HF_HUB_OFFLINE is set." in probe.stderr
    known = playground("relay", "--model", "qwen3-8b", "--question", "q", home=tmp_path)
    assert "Qwen/Qwen3-8B is not in the local cache" in known.stderr


def test_a_hub_model_of_which_weights_are_missing_says_so(tmp_path, tiny_model):
    for part in cache(tmp_path, tiny_model, "someone/tiny").glob("*.safetensors"):
        part.unlink()
    report = json.loads(playground("probe", "someone/tiny", "--json", home=tmp_path).stdout)
    why = "someone/tiny in the local cache has no weights (*.safetensors), and HF_HUB_OFFLINE is set"
    assert report["why"] == why
    assert (report["capabilities"], set(report["prompts"])) == (None, {"no steer", "steer", "hand-over", "answer"})


def online(*words: str, hub: Hub, home, **variables: str) -> subprocess.CompletedProcess[str]:
    return playground(*words, home=home, HF_HUB_OFFLINE="0", HF_ENDPOINT=hub.url, **variables)


def test_a_hub_model_is_fetched_when_it_is_asked_for_and_runs_offline_afterwards(tmp_path, tiny_model):
    with serving(Hub(folder=tiny_model, hub_id="someone/tiny")) as hub:
        probe = online("probe", "someone/tiny", "--json", hub=hub, home=tmp_path)
        assert (probe.returncode, json.loads(probe.stdout)["identity"]["revision"]) == (0, COMMIT), probe.stderr
        assert hub.served.index("tokenizer_config.json") < hub.served.index("model.safetensors")
    again = playground("probe", "someone/tiny", "--json", home=tmp_path)
    assert again.stdout == probe.stdout


def test_a_gated_model_wants_a_token_which_is_never_shown(tmp_path):
    (tmp_path / "m.toml").write_text('[[model]]\nname = "tiny"\nsource = "someone/tiny"\n')
    words = ("models", "--models-file", str(tmp_path / "m.toml"), "--json")
    with serving(Hub(folder=folder(tmp_path / "m"), hub_id="someone/tiny", token="hf_right")) as hub:
        refused, taken = (online(*words, hub=hub, home=tmp_path, HF_TOKEN=token) for token in ("hf_wrong", "hf_right"))
    before, after = (json.loads(listed.stdout)[-1] for listed in (refused, taken))
    assert (before["available"], before["why"]) == (False, "someone/tiny is gated on the model hub")
    assert (after["available"], after["note"]) == (True, "to be fetched from the model hub")
    assert "hf_" not in refused.stdout + refused.stderr + taken.stdout + taken.stderr


def test_a_model_that_the_hub_does_not_have_is_one_line(tmp_path):
    with serving(Hub(folder=folder(tmp_path / "m"), hub_id="someone/tiny")) as hub:
        probe = online("probe", "someone/else", hub=hub, home=tmp_path)
    assert (probe.returncode, probe.stderr.count("\n")) == (2, 1)
    assert "The model hub has no someone/else." in probe.stderr


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("HF_TOKEN", "ключ", "HF_TOKEN contains characters that no token has"),
        ("HF_ENDPOINT", "mirror.example", "HF_ENDPOINT is 'mirror.example', which is not a web address"),
        ("ALL_PROXY", "ftp://127.0.0.1:1", "someone/tiny cannot be fetched: Unknown scheme for proxy"),
        ("SSL_CERT_FILE", "/nowhere/at/all.pem", "someone/tiny cannot be fetched: "),
    ],
)
def test_an_environment_that_cannot_be_is_one_line(tmp_path, variable, value, problem):
    environment = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:1", variable: value}
    probe = playground("probe", "someone/tiny", home=tmp_path, **environment)
    assert (probe.returncode, probe.stderr.count("\n")) == (2, 1)
    assert problem in probe.stderr
    assert "ключ" not in probe.stderr


def test_code_that_lies_with_a_checkpoint_runs_only_if_its_card_says_so(tmp_path, tiny_model):
    pytest.importorskip("transformers")
    here = tmp_path / "m"
    shutil.copytree(tiny_model, here)
    config = json.loads((here / "config.json").read_text())
    (here / "code.py").write_text("raise SystemExit('the code ran')")
    auto = {"AutoConfig": "code.Config", "AutoModelForCausalLM": "code.Model"}
    (here / "config.json").write_text(json.dumps({**config, "model_type": "own", "auto_map": auto}))
    entry = '[[model]]\nname = "{}"\nsource = "m"\noptions = {{ trust_remote_code = {} }}\n'
    (tmp_path / "models.toml").write_text(entry.format("careful", "false") + entry.format("trusting", "true"))
    words = ("--models-file", str(tmp_path / "models.toml"))
    careful, trusting = (playground("probe", name, *words, home=tmp_path) for name in ("careful", "trusting"))
    assert (careful.returncode, careful.stderr.count("error: "), "the code ran" in careful.stderr) == (2, 1, False)
    assert "the code ran" in trusting.stderr
