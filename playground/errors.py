"""The tree of all errors. Knows nothing of engines, files or pages.

PlaygroundError                 a message and a hint: what happened, and what to do about it
├── InvalidInput                the caller gave something that cannot work
│   └── InvalidData             … in a file or a JSON value; says where
├── ModelUnavailable            a model that cannot be loaded here
│   └── MissingExtra            … because a package is not installed
├── EngineError                 an engine failed while it worked
│   ├── ContextTooLong          the prompt does not fit the model's context
│   ├── Unsupported             the engine cannot do what was asked
│   └── ServerError             a server does not answer as it must; says which and how
└── RunError                    a run folder or its ledger cannot be used
"""

from __future__ import annotations

from typing import Any, Literal

FaultKind = Literal["connect", "timeout", "tls", "busy", "failed", "cut", "malformed", "endless", "refused"]


class PlaygroundError(Exception):
    """An expected failure: printed as one line, without a traceback."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} {hint}".strip())

    def __reduce__(self) -> tuple[Any, ...]:
        """On the way to another process an error keeps its class, whatever that is made from."""
        return PlaygroundError._arrived, (type(self), self.__dict__)

    @staticmethod
    def _arrived(kind: type[PlaygroundError], state: dict[str, Any]) -> PlaygroundError:
        error = kind.__new__(kind)
        PlaygroundError.__init__(error, state["message"], state["hint"])
        error.__dict__.update(state)
        return error


class InvalidInput(PlaygroundError):
    """The caller gave something that cannot work, such as an unknown name or a negative limit."""


class InvalidData(InvalidInput):
    """A value does not have the form it must have; `path` leads to the fault, as in `segments[2].text`."""

    def __init__(self, path: str, problem: str, hint: str = "") -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path or 'the value'}: {problem}.", hint)


class ModelUnavailable(PlaygroundError):
    """A model cannot be loaded here; the message says what is missing."""


class MissingExtra(ModelUnavailable):
    """A package is not installed; the hint is the exact line that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"This needs {package}, which is not installed.", f'Run: pip install -e ".[{extra}]"')


class EngineError(PlaygroundError):
    """An engine failed while it worked."""

    exit_code = 1


class ContextTooLong(EngineError):
    """The prompt and one new token need more tokens than the model's context holds."""

    exit_code = 2

    def __init__(self, needed: int, available: int) -> None:
        self.needed = needed
        self.available = available
        super().__init__(
            f"The prompt needs {needed} tokens, the model's context holds {available}.",
            "Shorten the question or cut the trajectory.",
        )


class Unsupported(EngineError):
    """The engine cannot do what was asked; see its `capabilities`."""

    exit_code = 2


class ServerError(EngineError):
    """A server does not answer as it must; the message names it, the hint says what to do."""

    def __init__(self, server: str, kind: FaultKind, problem: str, *, retry_after: float | None = None) -> None:
        """`retry_after` is how many seconds the server asks to wait."""
        self.server = server
        self.kind = kind
        self.problem = problem
        self.retry_after = retry_after
        super().__init__(f"The server at {server} {problem}.", _SERVER_HINTS[kind])

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.kind in ("connect", "timeout", "busy", "failed", "cut", "malformed")


_SERVER_HINTS: dict[FaultKind, str] = {
    "connect": "Start the server, or check its address.",
    "timeout": "Look whether the server is overloaded, or allow more time with the option timeout.",
    "tls": "Check the certificate; SSL_CERT_FILE names that of a private authority.",
    "busy": "Wait, or allow fewer connections.",
    "failed": "See the server's log.",
    "cut": "Try again; what arrived is not a finished answer.",
    "malformed": "Check that this is the address of an OpenAI-compatible API, such as http://127.0.0.1:8000/v1.",
    "endless": "The server does not keep to max_tokens: use another one.",
    "refused": "Check the address (most end in /v1), the model's name and, if the server wants a key, OPENAI_API_KEY.",
}


class RunError(PlaygroundError):
    """A run folder or its ledger cannot be used; nothing in it was changed."""
