"""`python -m tests.bench.bandwidth`: how near a stream comes to what the device's memory allows.

A token of a single sequence reads every weight once, and the keys and values before it. The bytes that the device
reads a second, measured here, divided by those are the most tokens a second that any engine can write.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch

from playground.engine.base import Completion, Delta, Request
from playground.engine.transformers.checkpoint import Checkpoint, Source, load_checkpoint
from playground.engine.transformers.engine import TransformersEngine
from playground.errors import PlaygroundError
from playground.sampling import SamplingParams
from tests.bench.smollm2 import smollm2

READ_BYTES = 1 << 29
READS = 4
TOKENS = 64
PROMPT = "Mia starts with 24 stickers. She gives away 9 of them and buys 12 more, so"


def read_rate(device: torch.device) -> float:
    """Bytes a second that the device reads from its memory: the best of some reads, since it is to be a bound."""
    numbers = torch.ones(READ_BYTES // 4, device=device)
    times = []
    for _ in range(READS):
        begin = time.perf_counter()
        float(numbers.sum())  # waits for the result
        times.append(time.perf_counter() - begin)
    return READ_BYTES / min(times)


def write_rate(engine: TransformersEngine) -> float:
    """Tokens a second of a greedy stream, from its first token to its last."""
    times = []
    stream = engine.stream(Request(prompt=PROMPT, params=SamplingParams(temperature=0, max_tokens=TOKENS)))
    for item in stream:
        times.append(time.perf_counter())
        if isinstance(item, Completion):
            return (item.completion_tokens - 1) / (times[-1] - times[0])
        assert isinstance(item, Delta)
    raise AssertionError("a stream ends with its completion")


def row(checkpoint: Checkpoint, rounds: int) -> str:
    """The bound and what is reached, in alternation."""
    model, engine = checkpoint.model, TransformersEngine(checkpoint, "measured")
    write_rate(engine)
    pairs = [(read_rate(model.device), write_rate(engine)) for _ in range(rounds)]
    each = model.nbytes + TOKENS // 2 * model.column_bytes
    read, written = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    share = statistics.median(tokens * each / rate for rate, tokens in pairs)
    return (
        f"| {model.device_name}, {engine.identity.dtype} | {read / 1e9:.1f} | {each / 1e6:,.0f} "
        f"| {read / each:,.1f} | {written:,.1f} | {share:.0%} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bandwidth", description=__doc__)
    parser.add_argument("--model", type=Path, help="directory of another checkpoint than SmolLM2-135M")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each")
    options = parser.parse_args()
    try:
        checkpoint = load_checkpoint(Source(location=str(options.model or smollm2())))
    except PlaygroundError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(
        "| device | memory, GB/s | MB a token | bound, tokens/s | stream, tokens/s | share |\n|---|---|---|---|---|---|"
    )
    print(row(checkpoint, options.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
