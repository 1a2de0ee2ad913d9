"""The address of a served model: an OpenAI-compatible API and the model's name there. Opens no connection.

On a command line it is `http://127.0.0.1:8000/v1#NAME`, with options as a query (`…/v1?template=DIR#NAME`), or
`server:NAME` at the address that `--base-url` or OPENAI_BASE_URL gives. Without NAME it is the only model there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urlsplit

from playground.errors import InvalidInput

PREFIX = "server:"
_SCHEMES = ("http://", "https://")
_EXAMPLE = "Give one such as http://127.0.0.1:8000/v1#NAME."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """A model on a server."""

    base_url: str
    """With the version, without a slash at the end: `http://127.0.0.1:8000/v1`."""
    model: str = ""
    """The name under which the server knows the model; "" for the only one that it has."""
    options: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def root(self) -> str:
        """The address without the version, where servers have what is their own."""
        return self.base_url.removesuffix("/v1")

    @property
    def host(self) -> str:
        """The machine and its port, as people name the server."""
        return urlsplit(self.base_url).netloc

    @property
    def name(self) -> str:
        """What the model is called here; of a path on the server's machine, its last part."""
        return f"{short_name(self.model)}@{self.host}" if self.model else self.host


def short_name(model: str) -> str:
    """A model's name on its server, without the folders of that machine where it is a path."""
    return PurePosixPath(model).name if model.startswith("/") else model


def is_address(name: str) -> bool:
    """Whether a model's name on the command line is that of a served one."""
    return name.startswith((PREFIX, *_SCHEMES))


def check_base_url(base_url: str | None, names: Iterable[str]) -> None:
    """Refuse a base address that none of the models' names goes with.

    Raises:
        InvalidInput: there is one, and no name begins with `server:`.
    """
    if base_url is not None and not any(name.startswith(PREFIX) for name in names):
        problem = "--base-url says where server:NAME is served, and none of the models is named like that."
        raise InvalidInput(problem, "Name one server:NAME, or leave --base-url out.")


def parse_address(name: str, base_url: str | None = None) -> ServerAddress:
    """The address that a command line names; `base_url` goes before OPENAI_BASE_URL.

    Raises:
        InvalidInput: there is no such address, or it holds a password.
    """
    if not name.startswith(PREFIX):
        return _from_url(name)
    base = base_url or os.environ.get("OPENAI_BASE_URL", "")
    if not base:
        raise InvalidInput(f"{name} does not say on which server.", "Give --base-url, or set OPENAI_BASE_URL.")
    found = _from_url(base)
    return ServerAddress(base_url=found.base_url, model=name.removeprefix(PREFIX), options=found.options)


def _from_url(url: str) -> ServerAddress:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidInput("The server's address is not one that can be used.", _EXAMPLE)
    if parts.username or parts.password:
        raise InvalidInput("The server's address holds a user or a password.", "Set OPENAI_API_KEY instead.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return ServerAddress(base_url=base, model=parts.fragment, options=options)
