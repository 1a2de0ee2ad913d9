"""Finds out what a server can do by asking it: a few short requests, once for each server and model.

A capability is off only where the server refuses it or does something else; a fault on the way is tried again like
any other. What is off is named together with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from playground.engine.base import Capabilities, Completion, Request
from playground.engine.server.client import ServerClient
from playground.engine.server.dialect import TURN_BORDER, Dialect
from playground.engine.server.exchange import Exchange
from playground.engine.server.models import ServedModel, find_model
from playground.engine.server.tokens import count_told, ends_told, most_tokens, tokenized
from playground.errors import ServerError
from playground.sampling import SamplingParams

UNKNOWN_CONTEXT = 1 << 30
"""Tokens; taken for the context of a server that does not say."""
MOST_LOGPROBS = (20, 10, 5, 1)
_LETTER = "A"
_PROMPT = "One, two, three"
_TEXT = "One, two, three, naïve 🦊"
_TOKENS = 12
_HOT = 2.0
_REFUSALS = ("refused", "malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the probe found out."""

    model: ServedModel
    dialect: Dialect
    capabilities: Capabilities
    counts: bool
    """Whether the server counts tokens, even if it does not say where they end."""


@dataclass(slots=True)
class _Found:
    """What is known so far."""

    values: dict[str, Any] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, value: Any, why: str = "") -> None:
        self.values[name] = value
        if why:
            self.why[name] = why


class Probe:
    """Asks one server about one model."""

    def __init__(self, client: ServerClient, context_length: int | None = None) -> None:
        """`context_length` goes before what the server says."""
        self._client = client
        self._context_length = context_length
        self._found = _Found()
        self._dialect = Dialect(model="")
        self._counts = False
        self._added = 0
        """Tokens that the server's template puts after or before what an assistant has written."""

    async def run(self) -> Findings:
        """Ask everything.

        Raises:
            ServerError: the server cannot be used at all; the message says why.
            InvalidInput: it does not serve the model, or several of which none was named.
        """
        model = await find_model(self._client, self._asking().patiently)
        self._dialect = await self._way_to_ask(model.id)
        await self._streaming()
        # One after the other: what is asked at the same time may be batched, and a batch may change the text.
        for ask in (self._logprobs, self._seeds, self._top_k, self._samples, self._scoring, self._reuse, self._tokens):
            await ask()
        self._context(model)
        capabilities = Capabilities(
            **self._found.values,
            continuous_batching=True,
            raw_prompts=not self._dialect.chat,
            why=dict(self._found.why),
        )
        return Findings(model=model, dialect=self._dialect, capabilities=capabilities, counts=self._counts)

    async def _way_to_ask(self, model: str) -> Dialect:
        """The first way in which the server answers."""
        refused: dict[bool, str] = {}
        for chat, extras in product((False, True), (True, False)):
            dialect = Dialect(model=model, chat=chat, extras=extras)
            try:
                await self._try(dialect)
            except ServerError as error:
                if error.kind != "refused":
                    raise
                refused[chat] = error.problem
            else:
                self._explain(dialect, refused)
                return dialect
        problem = f"takes neither prompts ({refused[False]}) nor chats ({refused[True]})"
        raise ServerError(self._client.address.host, "refused", problem)

    async def _try(self, dialect: Dialect) -> None:
        """Ask for one token in this way; of a chat, also after what the assistant has written.

        Raises:
            ServerError: "refused" also where a prompt is not taken as it is: Ollama puts its template around it.
        """
        begun = (await self._complete(dialect, prompt=_LETTER, max_tokens=1)).prompt_tokens
        if dialect.chat:
            further = await self._complete(dialect, prompt=_LETTER + TURN_BORDER + _LETTER, max_tokens=1)
            self._added = further.prompt_tokens - begun - 1
        elif begun > most_tokens(_LETTER):
            problem = f"puts a template of its own around prompts: one letter had {begun} tokens"
            raise ServerError(self._client.address.host, "refused", problem)

    def _explain(self, dialect: Dialect, refused: Mapping[bool, str]) -> None:
        if dialect.chat:
            why = f"/completions {refused[False]}; the server writes the prompt from turns, with a template of its own"
            adds = f", which adds {self._added} tokens to a text that is to be continued: it may begin anew there"
            self._found.why["raw_prompts"] = why + (adds if self._added > 1 else "")
        if not dialect.extras:
            why = f"only OpenAI's own parameters are taken: {refused[dialect.chat]}"
            self._found.note("top_k", False, why)

    async def _streaming(self) -> None:
        with self._may_be_refused("streaming"):
            await self._complete(self._dialect, streaming=True)
            self._found.note("streaming", True)

    async def _logprobs(self) -> None:
        refusal = "the answer leaves them out"
        for count in MOST_LOGPROBS:
            try:
                made = await self._complete(self._dialect, logprobs=count, max_tokens=2)
            except ServerError as error:
                refusal = error.problem
                if error.kind not in _REFUSALS:
                    raise
                continue
            if made.tokens and made.tokens[0].logprob is not None:
                given = len(made.tokens[0].alternatives)
                self._found.note("logprobs", given, "" if given else "without alternatives")
                return
        self._found.note("logprobs", 0, refusal)

    async def _seeds(self) -> None:
        with self._may_be_refused("seeds"):
            first, second = [(await self._complete(self._dialect, temperature=_HOT, seed=7)).text for _ in "12"]
            why = "" if first == second else "two requests with one seed brought two texts; runs will not repeat"
            self._found.note("seeds", first == second, why)

    async def _top_k(self) -> None:
        if "top_k" in self._found.values:
            return
        with self._may_be_refused("top_k"):
            greedy = (await self._complete(self._dialect)).text
            hot = [(await self._complete(self._dialect, temperature=_HOT, top_k=1, seed=seed)).text for seed in (1, 2)]
            same = set(hot) == {greedy}
            why = "" if same else "a request with top_k 1 did not bring the likeliest tokens"
            self._found.note("top_k", same, why)

    async def _samples(self) -> None:
        params = SamplingParams(temperature=1, max_tokens=1)  # greedy samples are refused by some
        request = Request(prompt=self._prompt(_PROMPT, self._dialect), params=params)
        body = self._dialect.body(request, seed=0, room=1, stream=False) | {"n": 2}
        url = self._client.address.base_url + self._dialect.path
        with self._may_be_refused("samples"):
            answer = await self._asking().patiently(lambda: self._client.post_object(url, body), lambda: True)
            choices = answer.get("choices")
            count = len(choices) if isinstance(choices, list) else 0
            self._found.note("samples", count == 2, "" if count == 2 else f"n=2 brought {count}")

    async def _scoring(self) -> None:
        if self._dialect.chat:
            self._found.note("scoring", False, "needs finished prompts")
            return
        with self._may_be_refused("scoring"):
            tokens = await self._asking().echo(_PROMPT)
            scored = len(tokens) > 1 and all(token.logprob is not None for token in tokens[1:])
            self._found.note("scoring", scored, "" if scored else "the prompt's log-probabilities are left out")

    async def _reuse(self) -> None:
        prompt = f"{_PROMPT}, four, five, six, seven, eight, nine, ten, eleven, twelve" + ", and on" * 8
        made = [await self._complete(self._dialect, prompt=prompt, max_tokens=1) for _ in "12"]
        reused = made[-1].cached_tokens > 0
        why = "" if reused else "the server does not say what it kept of earlier prompts"
        self._found.note("prefix_reuse", reused, why)

    async def _tokens(self) -> None:
        estimate = "tokens are counted as words"
        try:
            told = await self._asking().patiently(
                lambda: tokenized(self._client, self._dialect.model, _TEXT), lambda: True
            )
        except ServerError as error:
            if error.kind == "busy":
                raise
            self._found.note("token_counts", False, f"/tokenize: {error.problem}; {estimate}")
            return
        exact = ends_told(told, _TEXT) is not None
        self._found.note("token_counts", exact, "" if exact else f"/tokenize does not show the tokens; {estimate}")
        self._counts = count_told(told) is not None

    def _context(self, model: ServedModel) -> None:
        length = self._context_length or model.context_length
        why = "the server does not say; what does not fit is known when the server refuses it"
        self._found.note("context_length", length or UNKNOWN_CONTEXT, "" if length else why)

    @contextmanager
    def _may_be_refused(self, name: str) -> Iterator[None]:
        """While a capability is tried; that the server refuses it, or does something else, is why it is off."""
        try:
            yield
        except ServerError as error:
            if error.kind not in _REFUSALS:
                raise
            self._found.note(name, False, error.problem)

    def _asking(self) -> Exchange:
        return Exchange(self._client, self._dialect, streaming=False)

    async def _complete(
        self, dialect: Dialect, *, prompt: str = _PROMPT, streaming: bool | None = None, **params: Any
    ) -> Completion:
        chosen = SamplingParams(**{"temperature": 0, "max_tokens": _TOKENS, "seed": 0, **params})
        asked = Request(prompt=self._prompt(prompt, dialect), params=chosen)
        if streaming is None:
            streaming = bool(self._found.values.get("streaming", False))
        exchange = Exchange(self._client, dialect, streaming=streaming)
        return await exchange.complete(asked, room=chosen.max_tokens)

    @staticmethod
    def _prompt(text: str, dialect: Dialect) -> str:
        return text + TURN_BORDER if dialect.chat and TURN_BORDER not in text else text
