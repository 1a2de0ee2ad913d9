"""Translates faults of a server, and on the way to it, into our errors. Sends nothing.

No message holds a key: what a server says is shown only after the key has been removed.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from playground.cards.server_address import ServerAddress
from playground.engine.server.chunks import MalformedAnswer
from playground.engine.server.event_stream import MalformedStream
from playground.engine.server.key import Key
from playground.engine.server.retry import retry_after
from playground.errors import ContextTooLong, FaultKind, InvalidInput, ServerError

LONGEST_MESSAGE = 300
"""Characters of a server's own words in one of our messages."""
_BUSY = (429, 503)
_TRANSIENT = (408, 409, 425)
_NOT_IMPLEMENTED = 501
_CONTEXT_WORDS = re.compile(r"context (length|size|window)|max_model_len|(prompt|input) is too long", re.IGNORECASE)
_CONTEXT_LENGTH = re.compile(r"context (?:length|size|window)\D{0,24}(\d+)", re.IGNORECASE)
_TOKENS = re.compile(r"(\d+) (?:\w+ )?tokens")


@contextmanager
def prepared(address: ServerAddress) -> Iterator[None]:
    """While connections are prepared, none of which is made yet.

    Raises:
        InvalidInput: there is no such address, or what the environment says of proxies and certificates is wrong.
    """
    try:
        _ = httpx.URL(address.base_url).host
    except (httpx.InvalidURL, UnicodeError):
        raise InvalidInput(f"{address.host} cannot be the address of a server.", "Check how it is written.") from None
    try:
        yield
    except OSError as error:
        problem = f"The certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: {error.strerror}."
        raise InvalidInput(problem, "Check the path.") from error
    except (ImportError, ValueError) as error:
        hint = "Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or name the server in NO_PROXY."
        raise InvalidInput(f"The proxy in the environment cannot be used: {str(error).rstrip('.')}.", hint) from error


@contextmanager
def translated(server: str) -> Iterator[None]:
    """While a request runs.

    Raises:
        ServerError: for whatever the network or the server did wrong.
    """
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise ServerError(server, "connect", "does not accept the connection in time") from error
    except httpx.ConnectError as error:
        raise _connection_fault(server, error) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise ServerError(server, "timeout", "was silent for too long") from error
    except httpx.ProxyError as error:
        raise ServerError(server, "connect", f"cannot be reached through the proxy: {error}") from error
    except httpx.TransportError as error:
        raise ServerError(server, "cut", "broke the connection off") from error
    except httpx.DecodingError as error:
        raise ServerError(server, "malformed", "sent what cannot be decompressed") from error
    except MalformedStream as error:
        raise ServerError(server, "malformed", f"sent {error}") from error
    except MalformedAnswer as error:
        raise ServerError(server, error.kind, str(error)) from error


def _connection_fault(server: str, error: httpx.ConnectError) -> ServerError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ServerError(server, "tls", f"has a certificate that is not trusted: {cause.verify_message}")
        if isinstance(cause, ssl.SSLError):
            return ServerError(server, "tls", f"does not speak TLS as it should ({cause.reason or 'no reason given'})")
        cause = cause.__cause__ or cause.__context__
    return ServerError(server, "connect", "cannot be reached")


def status_fault(server: str, response: httpx.Response, body: bytes, key: Key) -> ServerError:
    """The error of a response that is not 2xx; `body` is its beginning."""
    status = response.status_code
    said = _line(_message(body), key)
    problem = f"answered {status}{f': {said}' if said else ''}"
    if status < 400:
        return ServerError(server, "refused", f"answered {status}, a redirection, which is not followed")
    if status in _BUSY:
        return ServerError(server, "busy", problem, retry_after=retry_after(response.headers.get("retry-after")))
    passing = (status >= 500 and status != _NOT_IMPLEMENTED) or status in _TRANSIENT
    return ServerError(server, "failed" if passing else "refused", problem)


def event_fault(server: str, error: Any, key: Key) -> ServerError:
    """The error that a server reports within a stream that began well."""
    code = error.get("code") if isinstance(error, dict) else None
    kind: FaultKind = "failed"
    if isinstance(code, int) and 400 <= code < 500:
        kind = "busy" if code in _BUSY else "refused"
    said = _line(_words(error), key)
    return ServerError(server, kind, f"broke off with an error{f': {said}' if said else ''}")


def context_fault(error: ServerError, context_length: int) -> ContextTooLong | None:
    """What a refusal says about the length of a prompt; None if it is about something else.

    `context_length` is taken where the server does not name it. What is needed is the largest number of tokens that it
    names.
    """
    said = error.problem.partition(":")[2]
    if error.kind != "refused" or not _CONTEXT_WORDS.search(said):
        return None
    named = _CONTEXT_LENGTH.search(said)
    available = int(named[1]) if named else context_length
    needed = max([int(number) for number in _TOKENS.findall(said)], default=0)
    return ContextTooLong(max(needed, available + 1), available)


def _line(text: str, key: Key) -> str:
    """One short line of the text, without the key."""
    line = " ".join(key.hidden(text).split())
    return line if len(line) <= LONGEST_MESSAGE else line[:LONGEST_MESSAGE] + "…"


def _message(body: bytes) -> str:
    """What an error's body says: the message of a JSON object, in any of the forms in use, or a short plain text."""
    text = body.decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.lstrip().startswith("<") else text
    return _words(data)


def _words(data: Any) -> str:
    if isinstance(data, dict):
        for name in ("error", "message", "detail"):
            if data.get(name):
                return _words(data[name])
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
