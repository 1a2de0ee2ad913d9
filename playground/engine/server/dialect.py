"""Writes a request as the JSON body that one server understands. Sends nothing.

The body says everything that decides the text, even where it is the default: servers have defaults of their own,
often from the model's files. What only some servers know goes along where the probe found that it is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from playground.engine.base import Request
from playground.errors import InvalidInput
from playground.sampling import SamplingParams

TURN_BORDER: Final = "\x1e"
"""Stands in a prompt between the question and what the assistant has written, where only chat is served."""

_EXTRAS: Final = {
    "min_p": 0.0,
    "repetition_penalty": 1.0,
    "add_special_tokens": False,  # the template has written them
    "skip_special_tokens": False,  # think tags may be special tokens
    "spaces_between_special_tokens": False,
    "return_token_ids": True,
}
_NO_LIMIT: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What the probe found out about a server's way to be asked."""

    model: str
    chat: bool = False
    """The prompt is taken apart into turns again: the server takes no finished prompt."""
    extras: bool = True
    """Whether the parameters that vLLM, SGLang and llama.cpp add to OpenAI's are accepted."""

    @property
    def path(self) -> str:
        return "/chat/completions" if self.chat else "/completions"

    def body(self, request: Request, *, seed: int, room: int, stream: bool) -> dict[str, Any]:
        """The request's JSON body; `room` is how many new tokens fit.

        Raises:
            InvalidInput: only chat is served, and the prompt does not say where the turns part.
        """
        params = request.params
        options: dict[str, Any] = {"include_usage": True} | ({"continuous_usage_stats": True} if self.extras else {})
        body = {
            "model": self.model,
            **(self._turns(request.prompt) if self.chat else {"prompt": request.prompt}),
            "max_tokens": min(params.max_tokens, room),
            "temperature": params.temperature,
            "top_p": params.top_p,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
            "seed": seed,
            "stream": stream,
            **self._logprobs(params),
        }
        if stream:
            body["stream_options"] = options
        if self.extras:
            body |= {**_EXTRAS, "top_k": params.top_k or _NO_LIMIT}
        return body

    def _logprobs(self, params: SamplingParams) -> dict[str, Any]:
        if params.logprobs is None:
            return {}
        count = max(1, params.logprobs)  # some servers read 0 as "none at all"
        return {"logprobs": True, "top_logprobs": count} if self.chat else {"logprobs": count}

    def _turns(self, prompt: str) -> dict[str, Any]:
        question, border, written = prompt.partition(TURN_BORDER)
        if not border:
            raise InvalidInput(
                "This server takes no finished prompts, only turns of a chat.",
                "Let the model's card write its prompts.",
            )
        messages = [{"role": "user", "content": question}]
        if not written:
            return {"messages": messages}
        messages.append({"role": "assistant", "content": written})
        return {"messages": messages, "add_generation_prompt": False, "continue_final_message": True}
