"""An engine that plays a recorded trace at a chosen speed: demonstrations and page benchmarks without a model.

Where a prompt ends in the beginning of the trace, character for character, the rest is played; any other prompt gets
the trace from its beginning. Scores nothing and samples nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Self

import playground
from playground.engine.abortable import Abortable
from playground.engine.base import Capabilities, Completion, Delta, Engine, Identity, Indexed, Request, Token
from playground.engine.pieces import check, excerpt, piece_ends
from playground.errors import InvalidInput, Unsupported
from playground.models import ModelCard
from playground.serialization import read_json, read_text
from playground.thinking import DEEPSEEK_TAGS, ThinkTags
from playground.trajectory import Trajectory

CONTEXT_LENGTH = 1 << 20
_WHY = {
    "logprobs": "a recorded text has none",
    "scoring": "a recorded text judges no other",
    "prefix_reuse": "nothing is prefilled",
    "continuous_batching": "requests are played one after the other",
}


class ReplayEngine(Engine):
    """Plays one trace to every prompt."""

    def __init__(
        self,
        trace: str,
        tokens_per_second: float | None = None,
        tags: ThinkTags = DEEPSEEK_TAGS,
        name: str = "replay",
    ) -> None:
        """`trace` is a whole completion: thinking, close tag, answer. Without a speed it is played at once."""
        if tokens_per_second is not None and tokens_per_second <= 0:
            raise InvalidInput("tokens_per_second is not above 0.", "Give a speed, or none to play at once.")
        self._open = tags.open and tags.open + tags.after_open
        self._trace = trace.removeprefix(self._open) if self._open else trace
        self._token_seconds = 1 / tokens_per_second if tokens_per_second else 0.0
        self._name = name

    @classmethod
    def load(cls, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Self:
        """The engine of a card: its source is a saved trajectory, or a text file; the option is `tokens_per_second`.

        Raises:
            InvalidInput: the file cannot be read, or holds no text or many traces.
            InvalidData: a `.json` file that is no trajectory.
        """
        path = Path(card.source)
        if path.suffix == ".jsonl":
            raise InvalidInput(f"{path} holds many traces.", "Save one of them as a text file to play it.")
        if path.suffix == ".json":
            trajectory = read_json(Trajectory, path, "Give a saved trajectory or a text file.")
            text = trajectory.thinking + ((card.think.close or "") + trajectory.answer if trajectory.closed else "")
        else:
            text = read_text(path)
        if not text.strip():
            raise InvalidInput(f"{card.source} holds no text to play.", "Give a saved trajectory or a recorded trace.")
        speed = card.options.get("tokens_per_second")
        return cls(text, None if speed is None else float(speed), card.think, card.name)

    @property
    def identity(self) -> Identity:
        return Identity(
            model=self._name,
            revision=sha256(self._trace.encode()).hexdigest()[:12],
            engine="replay",
            engine_version=playground.__version__,
            device="cpu",
            dtype="text",
        )

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            context_length=CONTEXT_LENGTH, logprobs=0, scoring=False, seeds=True, prefix_reuse=False, why=_WHY
        )

    def token_ends(self, text: str) -> list[int]:
        return piece_ends(text)

    def stream(self, request: Request) -> Iterator[Delta | Completion]:
        prompt_tokens = self._check(request)
        return Abortable(lambda closed: self._steps(request, prompt_tokens, closed))

    def _steps(self, request: Request, prompt_tokens: int, closed: Event) -> Generator[Delta | Completion]:
        begin = time.perf_counter()
        played = excerpt(self._rest(request.prompt), request.params, CONTEXT_LENGTH - prompt_tokens)
        shown = 0
        for delta in played.deltas():
            due = begin + (shown + 1) * self._token_seconds  # by the clock: the time a reader takes slows nothing down
            if closed.wait(max(0.0, due - time.perf_counter())) if self._token_seconds else closed.is_set():
                break
            shown += 1
            yield delta
        if closed.is_set():
            played = replace(played, tokens=played.tokens[:shown], finish_reason="abort", stop_string=None)
        seconds = time.perf_counter() - begin
        yield played.completion(prompt_tokens=prompt_tokens, seed=request.params.seed or 0, seconds=seconds)

    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        prompt_tokens = [self._check(request) for request in requests]
        return Abortable(lambda closed: self._group(requests, prompt_tokens, closed))

    def _group(self, requests: Sequence[Request], prompt_tokens: list[int], closed: Event) -> Generator[Indexed]:
        for position, (request, tokens) in enumerate(zip(requests, prompt_tokens, strict=True)):
            for step in self._steps(request, tokens, closed):
                if isinstance(step, Completion) and step.finish_reason != "abort":
                    yield Indexed(position, step)

    def score(self, prompt: str, continuation: str) -> tuple[Token, ...]:
        raise Unsupported("A recorded trace cannot score text.", "Choose a model.")

    def _check(self, request: Request) -> int:
        return check(request.prompt, request.params, context_length=CONTEXT_LENGTH, logprobs=0)

    def _rest(self, prompt: str) -> str:
        """What of the trace is still to be played."""
        if self._open is None:
            return self._trace[_overlap(prompt, self._trace) :]
        if self._open not in prompt:
            return self._open + self._trace
        written = prompt.rpartition(self._open)[2]
        return self._trace.removeprefix(written)


def _overlap(text: str, trace: str) -> int:
    """The length of the longest end of `text` that `trace` begins with (Knuth–Morris–Pratt, linear)."""
    borders = [0] * len(trace)
    length = 0
    for position in range(1, len(trace)):
        while length and trace[position] != trace[length]:
            length = borders[length - 1]
        length += trace[position] == trace[length]
        borders[position] = length
    length = 0
    for character in text[-len(trace) :] if trace else "":
        while length and (length == len(trace) or character != trace[length]):
            length = borders[length - 1]
        length += character == trace[length]
    return length
