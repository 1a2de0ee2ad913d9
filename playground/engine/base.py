"""The contract of every engine: one request in, text out, whoever does the work. Knows no model and no backend.

Every engine has every method. What it cannot do is said in its `capabilities` and refused with `Unsupported`.
`tests/test_engine_contract.py` holds each engine to what is written here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from types import TracebackType
from typing import NamedTuple, Self

from playground.engine.abortable import Abortable
from playground.errors import EngineError, Unsupported
from playground.sampling import SamplingParams
from playground.trajectory import FinishReason

UNKNOWN_ID = -1
"""The id of a token whose server does not give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A finished prompt and how to continue it. `prompt` comes from `prompting.render` and is used as it is."""

    prompt: str
    params: SamplingParams = field(default_factory=SamplingParams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A token the model might have chosen, with its natural log-probability."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token that was generated or scored.

    `text` is what the token added to the text: a token that only begins a character adds "", the one that
    completes it adds the character, so that the texts of all tokens join to the whole text.
    """

    id: int
    text: str
    logprob: float | None = None
    alternatives: tuple[Alternative, ...] = ()
    """The most probable tokens at this place, best first, as many as the request's `logprobs`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What a stream adds: whole characters only. Its tokens' texts join to `text`."""

    text: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A finished continuation; it ends every stream.

    `text` leaves out the end-of-sequence token and the stop string. `finish_reason` is "stop" after either,
    "length" at `max_tokens` or at the end of the context, "abort" when somebody closed the stream.
    """

    text: str
    finish_reason: FinishReason
    prompt_tokens: int
    cached_tokens: int
    """Prompt tokens that needed no prefill because an earlier request had left them in the cache."""
    completion_tokens: int
    """Tokens generated, the end-of-sequence token among them."""
    seed: int
    """The seed that was used, also when the request had none."""
    seconds: float
    stop_string: str | None = None
    tokens: tuple[Token, ...] = ()
    """All tokens in order; without log-probabilities unless the request asked for them."""


class Indexed(NamedTuple):
    """A completion and the position of its request in the sequence given to `generate`."""

    position: int
    completion: Completion


class Failed(NamedTuple):
    """A request that could not be continued, by its position in the sequence given to `attempt`, and why."""

    position: int
    error: EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine with its model can do."""

    context_length: int
    """Tokens of prompt and continuation together."""
    logprobs: int
    """The largest number of alternatives for a token; 0 means that there are no log-probabilities."""
    scoring: bool
    seeds: bool
    """The same request with the same seed gives the same text."""
    prefix_reuse: bool
    continuous_batching: bool = False
    """`generate` takes any number of requests at once, and which of them come together changes no result, up to the
    rounding of the arithmetic. Otherwise a result may depend on its group."""
    raw_prompts: bool = True
    """A finished prompt is taken as it is; otherwise it is taken apart into turns that the server joins again."""
    streaming: bool = True
    """Deltas come while the text is written; otherwise there is one, at the end."""
    samples: bool = True
    """One request to the backend can bring several samples."""
    top_k: bool = True
    token_counts: bool = True
    """`token_ends` is what the model's own tokenizer says; otherwise an estimate: a token for each word."""
    why: Mapping[str, str] = field(default_factory=dict, hash=False)
    """For each of these that is off, or known only roughly, the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which model an engine runs and how: what must be equal for results to be comparable."""

    model: str
    revision: str
    engine: str
    engine_version: str
    device: str
    dtype: str


class Engine(ABC):
    """One loaded model. Safe to use from several threads: a second request waits, or runs beside the first."""

    @property
    @abstractmethod
    def identity(self) -> Identity: ...

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities: ...

    @property
    def usable(self) -> bool:
        """False once the engine has failed for good; a new one has to be loaded then."""
        return True

    @property
    def memory_bytes(self) -> int:
        """The memory that the model's weights take, as far as that is worth counting."""
        return 0

    @abstractmethod
    def token_ends(self, text: str) -> list[int]:
        """Where each token of `text` ends, in characters, ascending up to `len(text)`; no special tokens are added."""

    @abstractmethod
    def stream(self, request: Request) -> Iterator[Delta | Completion]:
        """Continue the prompt: deltas as they come, then one completion, whose text is that of all deltas.

        Closing the iterator stops the work within one token. Any thread may close it; one that is waiting for the
        next token then gets a completion that says "abort", or the end of the iterator.

        Raises:
            ContextTooLong: before any work, if the prompt leaves no room for one new token.
            Unsupported: more alternatives were asked for than `capabilities.logprobs`, or `top_k` where that is off.
            InvalidInput: an empty prompt, where the model needs a token to begin with.
        """

    @abstractmethod
    def generate(self, requests: Sequence[Request]) -> Iterator[Indexed]:
        """Continue many prompts as one fixed group, yielding each completion as it finishes, in any order.

        The same group in the same order gives the same completions on the same machine. Raises as `stream`,
        for the first request at fault, before any work.
        """

    def attempt(self, requests: Sequence[Request]) -> Iterator[Indexed | Failed]:
        """As `generate`, but a fault is returned for each request that it hits, and the others are finished.

        Where requests are written as one, it hits all of them that were not finished. Any thread may close the
        iterator, as those of `stream` and `generate`.

        Raises:
            Unsupported: what was asked for would be refused again and again.
            EngineError: the engine has failed for good.
        """
        begun: list[Iterator[Indexed]] = []

        def close() -> None:
            for group in begun:
                group.close()  # type: ignore[attr-defined]

        def told(closed: Event) -> Generator[Indexed | Failed]:
            left = set(range(len(requests)))
            try:
                begun.append(self.generate(requests))
                if closed.is_set():  # between the last look and now
                    return
                for indexed in begun[0]:
                    left.discard(indexed.position)
                    yield indexed
            except Unsupported:
                raise
            except EngineError as error:
                if not self.usable:
                    raise
                yield from (Failed(position, error) for position in sorted(left))
            finally:
                close()

        return Abortable(told, wake=close)

    @abstractmethod
    def score(self, prompt: str, continuation: str) -> tuple[Token, ...]:
        """The log-probability of each token of `continuation` after `prompt`; their texts join to it.

        Raises:
            ContextTooLong: the two together do not fit.
            Unsupported: `capabilities.scoring` is false.
        """

    def close(self) -> None:
        """Free the model's memory. The engine is not usable afterwards."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
