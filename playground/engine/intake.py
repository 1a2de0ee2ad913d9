"""Takes requests in for engines that make text from token ids themselves. Runs no model.

What cannot be done is refused here, before any work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.engine.base import Request
from playground.engine.tokenizer import Tokenizer
from playground.engine.writer import Writer
from playground.errors import ContextTooLong, InvalidInput, Unsupported

LOGPROBS = 20
"""The most alternatives for a token: vLLM's own default."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a model can take: its tokenizer, and how many tokens its context holds."""

    tokenizer: Tokenizer
    context_length: int

    def writers(self, requests: Sequence[Request]) -> list[Writer]:
        """A writer for each request; equal prompts are encoded once.

        Raises:
            InvalidInput: an empty prompt.
            Unsupported: more alternatives than `LOGPROBS`.
            ContextTooLong: a prompt that leaves no room for one new token.
        """
        prompts = {prompt: self.encode(prompt) for prompt in dict.fromkeys(request.prompt for request in requests)}
        return [self._writer(request, prompts[request.prompt]) for request in requests]

    def encode(self, prompt: str) -> list[int]:
        """The tokens of a prompt.

        Raises:
            InvalidInput: there are none.
        """
        ids = self.tokenizer.encode(prompt)
        if not ids:
            raise InvalidInput("The prompt is empty.", "Ask a question.")
        return ids

    def check_room(self, needed: int) -> None:
        """Refuse what does not fit.

        Raises:
            ContextTooLong: more tokens are needed than the context holds.
        """
        if needed > self.context_length:
            raise ContextTooLong(needed, self.context_length)

    def _writer(self, request: Request, prompt: list[int]) -> Writer:
        if (request.params.logprobs or 0) > LOGPROBS:
            raise Unsupported(f"This engine gives at most {LOGPROBS} alternatives.", f"Ask for {LOGPROBS} or fewer.")
        self.check_room(len(prompt) + 1)
        return Writer(request, prompt, self.tokenizer, self.context_length - len(prompt))
