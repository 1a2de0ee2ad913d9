"""OpenAI-compatible servers around the transformers engine: `python openai_server.py CHECKPOINT`.

There is one for each mode, on a port of its own, and the ports are printed: "full" writes what vLLM writes, as far as
the server engine reads it; "bare" knows only OpenAI's own parameters and paths; "chat" has no `/v1/completions`;
"wrapping" puts the template around what comes there, as Ollama does; "turns" has chats alone, and begins a new turn
after the assistant's last words.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playground.engine.base import Completion, Delta, Engine, Request, Token
from playground.engine.transformers.checkpoint import Source, load_checkpoint
from playground.engine.transformers.engine import TransformersEngine
from playground.errors import ContextTooLong, PlaygroundError
from playground.models import card_from_directory
from playground.sampling import SamplingParams

MODES = ("full", "bare", "chat", "wrapping", "turns")
OWN = {"min_p", "repetition_penalty", "add_special_tokens", "skip_special_tokens", "top_k", "return_token_ids"}
"""Parameters that vLLM adds to OpenAI's; a bare server refuses them."""


class Refusal(Exception):
    """A status and what is wrong with the request."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and its body are two packets, and the second must not wait
    engine: Engine
    folder: Path
    server: "Server"

    @property
    def mode(self) -> str:
        return self.server.mode

    def log_message(self, *words: object) -> None:
        pass

    def do_GET(self) -> None:
        full = self.mode == "full"
        pages: dict[str, Any] = {"/version": {"version": "1"}}
        model: dict[str, Any] = {"id": "tiny", "object": "model", "owned_by": "tests"}
        if full:
            model |= {"max_model_len": self.engine.capabilities.context_length, "root": str(self.folder)}
        pages["/v1/models"] = {"object": "list", "data": [model]}
        self._answer(200 if self.path in pages else 404, pages.get(self.path, {"detail": "Not Found"}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            self._route(body)
        except Refusal as refusal:
            status, message = refusal.args
            self._answer(status, {"error": {"message": message, "type": "BadRequestError", "code": status}})
        except ContextTooLong as error:
            limit = f"maximum context length is {error.available} tokens. Your prompt needs {error.needed} tokens"
            self._answer(400, {"error": {"message": f"This model's {limit}.", "code": 400}})
        except PlaygroundError as error:
            self._answer(400, {"error": {"message": str(error), "code": 400}})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _route(self, body: dict[str, Any]) -> None:
        if self.path == "/tokenize" and self.mode == "full":
            self._tokenize(body["prompt"])
        elif self.path == "/v1/completions" and self.mode == "wrapping":
            self._complete(body, self._written({"messages": [{"content": str(body["prompt"])}]}))
        elif self.path == "/v1/completions" and self.mode not in ("chat", "turns"):
            self._complete(body, str(body["prompt"]))
        elif self.path == "/v1/chat/completions":
            self._complete(body, self._written(body))
        else:
            raise Refusal(404, "Not Found")

    def _written(self, body: dict[str, Any]) -> str:
        """The turns by the model's own template; the assistant's last words are continued."""
        template = card_from_directory(self.folder).template
        question, *rest = [message["content"] for message in body["messages"]]
        if bool(rest) != bool(body.get("continue_final_message")):
            raise Refusal(400, "the last message is the assistant's")
        begin = template.render(question) if template else f"{question}\n\n"
        return begin + "".join(rest) + (begin if rest and self.mode == "turns" else "")

    def _tokenize(self, text: str) -> None:
        encode = self.engine._tokenizer  # the server is a test's: it may look inside
        ids = encode.encode(text)
        names = encode._vendor.convert_ids_to_tokens(ids)
        self._answer(200, {"count": len(ids), "tokens": ids, "token_strs": names, "max_model_len": 0})

    def _complete(self, body: dict[str, Any], prompt: str) -> None:
        if self.mode == "bare" and OWN & set(body):
            raise Refusal(400, f"Unrecognized request argument supplied: {sorted(OWN & set(body))[0]}")
        if body.get("echo"):
            self._echo(prompt)
            return
        context = self.engine.capabilities.context_length
        needed = len(self.engine.token_ends(prompt)) + int(body["max_tokens"])
        if needed > context:  # as vLLM: both together must fit
            raise Refusal(400, f"maximum context length is {context} tokens. However, you requested {needed} tokens")
        request = Request(prompt=prompt, params=self._params(body))
        if body.get("stream"):
            self._stream(request, body)
            return
        made = [list(self.engine.stream(request))[-1] for _ in range(body.get("n", 1))]
        self._answer(200, {"choices": [self._choice(c, c.text, c.tokens, body) for c in made], "usage": usage(made[0])})

    def _params(self, body: dict[str, Any]) -> SamplingParams:
        wanted = body.get("top_logprobs", body.get("logprobs"))
        if wanted is not None and wanted > 20:
            raise Refusal(400, f"Requested sample logprobs of {wanted}, which is greater than max allowed: 20")
        return SamplingParams(
            temperature=body["temperature"],
            top_p=body["top_p"],
            top_k=max(0, body.get("top_k", 0)),
            max_tokens=body["max_tokens"],
            seed=body["seed"],
            logprobs=wanted,
        )

    def _echo(self, prompt: str) -> None:
        if self.mode != "full":
            raise Refusal(400, "echo is not supported")
        first = prompt[: self.engine.token_ends(prompt)[0]]
        tokens = self.engine.score(first, prompt[len(first) :])
        lists = {
            "tokens": [first, *[token.text for token in tokens]],
            "token_logprobs": [None, *[token.logprob for token in tokens]],
            "top_logprobs": [],
        }
        self._answer(200, {"choices": [{"text": prompt, "logprobs": lists, "finish_reason": "length"}]})

    def _stream(self, request: Request, body: dict[str, Any]) -> None:
        with closing(self.engine.stream(request)) as stream:  # what it refuses, it refuses here
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for event in self._events(stream, body):
                self._block(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
        self._block(b"data: [DONE]\n\n")
        self._block(b"")

    def _events(self, stream: Iterator[Delta | Completion], body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        count = 0
        for item in stream:
            if isinstance(item, Delta):
                count += len(item.tokens)
                yield {"choices": [self._choice(None, item.text, item.tokens, body)]}
            else:
                yield {"choices": [self._choice(item, "", item.tokens[count:], body)]}
                if body.get("stream_options", {}).get("include_usage"):
                    yield {"choices": [], "usage": usage(item)}

    def _choice(
        self, made: Completion | None, text: str, tokens: tuple[Token, ...], body: dict[str, Any]
    ) -> dict[str, Any]:
        reason = {"index": 0, "finish_reason": made.finish_reason if made else None}
        if "messages" in body:
            name = "delta" if body["stream"] else "message"
            return reason | {name: {"content": text}, "logprobs": _as_objects(tokens) if body.get("logprobs") else None}
        choice = reason | {"text": text, "logprobs": _as_lists(tokens) if "logprobs" in body else None}
        return choice | ({"token_ids": [token.id for token in tokens]} if body.get("return_token_ids") else {})

    def _block(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _answer(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def usage(made: Completion) -> dict[str, Any]:
    return {
        "prompt_tokens": made.prompt_tokens,
        "completion_tokens": made.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": made.cached_tokens},
    }


def _as_lists(tokens: tuple[Token, ...]) -> dict[str, Any]:
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": [{other.text: other.logprob for other in token.alternatives} for token in tokens],
    }


def _as_objects(tokens: tuple[Token, ...]) -> dict[str, Any]:
    return {
        "content": [
            {
                "token": token.text,
                "logprob": token.logprob,
                "top_logprobs": [{"token": other.text, "logprob": other.logprob} for other in token.alternatives],
            }
            for token in tokens
        ]
    }


class Server(ThreadingHTTPServer):
    """Takes as many connections as come."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, mode: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mode = mode


def main(folder: Path) -> None:
    Handler.engine = TransformersEngine(load_checkpoint(Source(location=str(folder), device="cpu")), "tiny")
    Handler.folder = folder
    servers = [Server(mode) for mode in MODES]
    for server in servers:
        Thread(target=server.serve_forever).start()
    print(*[server.server_port for server in servers], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
