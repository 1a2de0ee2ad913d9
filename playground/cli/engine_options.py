"""The options that say which engine runs a checkpoint and how, under vLLM's names. Loads no engine."""

from __future__ import annotations

import argparse
from dataclasses import fields

from playground.engine.options import EngineOptions


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options; `engine_options` reads them."""
    group = parser.add_argument_group("the engine")
    group.add_argument("--engine", choices=("transformers", "vllm"), help="what runs checkpoints (transformers)")
    group.add_argument("--tensor-parallel-size", "-tp", type=int, metavar="N", help="GPUs that share a model (vllm)")
    share = "share of the GPU's memory for all models together (vllm; 0.9)"
    group.add_argument("--gpu-memory-utilization", type=float, metavar="SHARE", help=share)
    context = "tokens of prompt and continuation together (vllm; the model's own)"
    group.add_argument("--max-model-len", type=int, metavar="N", help=context)
    group.add_argument("--dtype", choices=("auto", "float32", "bfloat16", "float16"), help="of weights and activations")
    eager = "use no CUDA graphs and no compilation (vllm; always on a CPU)"
    group.add_argument("--enforce-eager", action="store_true", default=argparse.SUPPRESS, help=eager)
    group.add_argument("--max-num-seqs", type=int, metavar="N", help="requests to work on at once")


def engine_options(arguments: argparse.Namespace) -> EngineOptions:
    """What a command line says of the engine.

    Raises:
        InvalidInput: a number that cannot be.
    """
    given = {field.name: getattr(arguments, field.name, None) for field in fields(EngineOptions)}
    return EngineOptions(**given)
