"""The engine for checkpoints that vLLM runs: in processes of its own, on GPUs or with its CPU build.

One engine serves streams to several readers and batches of any size: vLLM batches continuously, so a batch is handed
over at once, ordered so that requests with a common beginning are neighbours, and keeps what prompts have in common.
Text is made here, from token ids, exactly as the transformers engine makes it. Log-probabilities are those of the raw
distribution, before temperature. A request with a seed gives the same text again up to the rounding of the
arithmetic, which depends on what is batched with it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any, Self

import vllm
from vllm.outputs import RequestOutput
from vllm.platforms import current_platform
from vllm.sampling_params import RequestOutputKind, SamplingParams

from playground.engine.abortable import Abortable
from playground.engine.base import Capabilities, Completion, Delta, Engine, Identity, Indexed, Request, Token
from playground.engine.intake import LOGPROBS, Intake
from playground.engine.transformers.checkpoint import CheckpointText, Source, load_text
from playground.engine.vllm.backend import Backend, Call, Job
from playground.engine.vllm.counters import Counters
from playground.engine.vllm.memory import fitted
from playground.engine.vllm.options import arguments, prepare_environment, starting_errors
from playground.engine.writer import Scores, Writer
from playground.errors import Unsupported
from playground.models import ModelCard

HOTTEST = 2.0
"""The highest temperature that vLLM takes."""


class VllmEngine(Engine):
    """One model in vLLM."""

    def __init__(self, backend: Backend, text: CheckpointText, name: str) -> None:
        self._backend = backend
        self._tokenizer = text.tokenizer
        self._ends = sorted(text.tokenizer.end_ids)
        model = backend.config.model_config
        self._intake = Intake(text.tokenizer, int(model.max_model_len))
        self._identity = Identity(
            model=name,
            revision=text.revision,
            engine="vllm",
            engine_version=vllm.__version__,
            device=current_platform.get_device_name(),
            dtype=str(model.dtype).removeprefix("torch."),
        )

    @classmethod
    def load(cls, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Self:
        """The engine of a card; its options bear vLLM's own names.

        Raises:
            ModelUnavailable: vLLM cannot load it, or it does not fit the memory.
        """
        text = load_text(Source.of(card))
        if on_progress is not None:
            on_progress(f"Loading {card.source} with vLLM on {current_platform.get_device_name()}")
        prepare_environment()
        if current_platform.is_cpu() and Path(card.source).is_dir():
            (card,) = fitted([card])
        with starting_errors(card.source):
            backend = Backend(arguments(card), card.name)
        return cls(backend, text, card.name)

    @property
    def identity(self) -> Identity:
        return self._identity

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            context_length=self._intake.context_length,
            logprobs=LOGPROBS,
            scoring=True,
            seeds=True,
            prefix_reuse=True,
            continuous_batching=True,
        )

    @property
    def usable(self) -> bool:
        return self._backend.usable

    @property
    def pids(self) -> tuple[int, ...]:
        """vLLM's processes, as far as they are started from here."""
        return self._backend.pids

    @property
    def counters(self) -> Counters:
        """vLLM's own counters: running, waiting, and what the prefix cache held."""
        return self._backend.counters

    def token_ends(self, text: str) -> list[int]:
        return self._tokenizer.token_ends(text)

    def stream(self, request: Request) -> Iterator[Delta | Completion]:
        (writer,) = self._writers([request])
        job = Job(self._backend)
        return Abortable(lambda closed: self._steps(job, writer), wake=job.close)

    def _steps(self, job: Job, writer: Writer) -> Generator[Delta | Completion]:
        def write(output: RequestOutput) -> bool:
            for delta in _written(writer, output):
                job.put(delta)
            return writer.finished

        self._backend.start(job, [self._call(writer, write, RequestOutputKind.DELTA)])
        try:
            for item in job.items():
                if isinstance(item, Delta):
                    yield item
        finally:
            job.close()
        delta = writer.close()
        if delta is not None:
            yield delta
        yield writer.completion()

    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        writers = self._writers(requests)
        job = Job(self._backend)
        return Abortable(lambda closed: self._batch(job, writers, closed), wake=job.close)

    def _batch(self, job: Job, writers: list[Writer], closed: Event) -> Generator[Indexed]:
        order = sorted(range(len(writers)), key=lambda position: writers[position].prompt)
        self._backend.start(job, [self._member(job, position, writers[position]) for position in order])
        try:
            for item in job.items():
                if isinstance(item, Indexed) and not closed.is_set():
                    yield item
        finally:
            job.close()

    def _member(self, job: Job, position: int, writer: Writer) -> Call:
        """A request of a batch: only one that watches for stop strings looks at its tokens before the last one."""

        def write(output: RequestOutput) -> bool:
            for _ in _written(writer, output):
                pass
            if writer.finished:
                writer.close()
                job.put(Indexed(position, writer.completion()))
            return writer.finished

        kind = RequestOutputKind.DELTA if writer.params.stop else RequestOutputKind.FINAL_ONLY
        return self._call(writer, write, kind)

    def score(self, prompt: str, continuation: str) -> tuple[Token, ...]:
        before = self._intake.encode(prompt)
        ids = self._tokenizer.encode_after(before, prompt, continuation)
        self._intake.check_room(len(before) + len(ids))
        texts = self._tokenizer.texts(continuation, ids)
        found = self._logprobs(before, ids) if ids else []
        return tuple(
            Token(id=index, text=text, logprob=value) for index, text, value in zip(ids, texts, found, strict=True)
        )

    def _logprobs(self, before: list[int], ids: list[int]) -> list[float]:
        """The last token is generated, as the only one that is allowed, so that a text may fill the context."""
        job = Job(self._backend)
        params = SamplingParams(
            max_tokens=1,
            temperature=0,
            logprobs=0,
            prompt_logprobs=0,
            allowed_token_ids=ids[-1:],
            detokenize=False,
            ignore_eos=True,
            output_kind=RequestOutputKind.FINAL_ONLY,
        )
        outputs: list[RequestOutput] = []

        def write(output: RequestOutput) -> bool:
            outputs.append(output)
            return True

        self._backend.start(job, [Call(before + ids[:-1], params, write)])
        for _ in job.items():
            pass
        scored = outputs[0].prompt_logprobs[len(before) :] + outputs[0].outputs[0].logprobs
        return [float(each[index].logprob) for index, each in zip(ids, scored, strict=True)]

    def close(self) -> None:
        self._backend.close()

    def _call(self, writer: Writer, write: Callable[[RequestOutput], bool], kind: RequestOutputKind) -> Call:
        params = SamplingParams(
            temperature=writer.params.temperature,
            top_p=writer.params.top_p,
            top_k=writer.params.top_k,
            max_tokens=writer.limit,
            seed=writer.seed,
            logprobs=writer.params.logprobs,
            stop_token_ids=self._ends,
            ignore_eos=True,  # the ends above are all there are
            detokenize=False,
            output_kind=kind,
            skip_clone=True,
        )
        return Call(writer.prompt, params, write)

    def _writers(self, requests: Sequence[Request]) -> list[Writer]:
        if any(request.params.temperature > HOTTEST for request in requests):
            raise Unsupported(f"vLLM takes temperatures up to {HOTTEST:.0f}.", "Give a lower temperature.")
        return self._intake.writers(requests)


def _written(writer: Writer, output: RequestOutput) -> Iterator[Delta]:
    """Give a writer what the engine wrote; what can be shown because of it."""
    writer.cached_tokens = output.num_cached_tokens or 0
    sample = output.outputs[0]
    scores = sample.logprobs or [None] * len(sample.token_ids)
    for token_id, found in zip(sample.token_ids, scores, strict=True):
        delta = writer.add(token_id, _scores(token_id, found))
        if delta is not None:
            yield delta
        if writer.finished:
            return


def _scores(token_id: int, found: dict[int, Any] | None) -> Scores | None:
    """The log-probability of a token and of the most probable ones; vLLM gives the token's own besides the others."""
    if found is None:
        return None
    best = sorted(found.items(), key=lambda item: int(item[1].rank))
    return Scores(float(found[token_id].logprob), [(index, float(each.logprob)) for index, each in best])
