"""The address at which the page is served, and the checks on who can reach it. Serves nothing."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playground.app.network.accounts import Accounts
from playground.app.network.origin import Hosts, is_loopback
from playground.app.room import Limits
from playground.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """An address and who may come to it."""

    host: str = "127.0.0.1"
    port: int = 7860
    allowed_hosts: tuple[str, ...] = ()
    """Names under which the page answers, besides the address itself."""
    accounts: Accounts = field(default_factory=lambda: Accounts(()))
    operators: tuple[str, ...] = ()
    """Users who may load and unload models, where others can reach the page."""
    no_auth_unsafe: bool = False
    share: bool = False
    root_path: str = ""
    """What a proxy puts before the paths, or the whole address under which it serves the page."""
    ssl_keyfile: Path | None = None
    ssl_certfile: Path | None = None
    open_browser: bool = False
    limits: Limits = field(default_factory=Limits)

    @property
    def hosts(self) -> Hosts:
        """The names under which the page answers."""
        return Hosts(bound=self.host, named={*self.allowed_hosts, *self._proxied})

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the page."""
        return self.hosts.local and not self.share

    @property
    def address(self) -> str:
        """To type into a browser."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.ssl_certfile else ''}://{name}:{self.port}"

    @property
    def _proxied(self) -> tuple[str, ...]:
        named = urlsplit(self.root_path).hostname
        return (named,) if named else ()

    def check(self) -> None:
        """Refuse what is not safe or cannot be, before anything listens.

        Raises:
            InvalidInput: others could reach the page without a login, something does not fit together, or the port
                is not available.
        """
        if self.share and not self.accounts:
            raise InvalidInput("--share puts the page on the internet.", "Give --auth @FILE.")
        if not (self.local or self.accounts or self.no_auth_unsafe):
            where = self.host if not is_loopback(self.host) else ", ".join(sorted(self.hosts.named))
            raise InvalidInput(
                f"{where} can be reached by other machines, and the page has no login.",
                "Give --auth @FILE, or --no-auth-unsafe if everybody really may come in.",
            )
        unknown = [user for user in self.operators if user not in self.accounts]
        if unknown:
            raise InvalidInput(f"The operator {unknown[0][:40]!r} has no account.", "Give --auth for it.")
        self._check_files()
        self._check_port()

    def _check_files(self) -> None:
        if (self.ssl_keyfile is None) != (self.ssl_certfile is None):
            raise InvalidInput("TLS needs a key and a certificate.", "Give --ssl-keyfile and --ssl-certfile.")
        for path in (self.ssl_keyfile, self.ssl_certfile):
            if path is not None and not path.is_file():
                raise InvalidInput(f"There is no file {path}.", "Give the path of a PEM file.")
        if self.root_path and not (self.root_path.startswith("/") or self._proxied):
            raise InvalidInput(f"{self.root_path[:80]!r} is not a root path.", "Give one such as /off-trajectory.")

    def _check_port(self) -> None:
        if not 1 <= self.port <= 65_535:
            raise InvalidInput(f"{self.port} is not a port.", "Give one from 1 to 65535.")
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                problem = error.strerror or str(error)
                raise InvalidInput(f"Port {self.port} is not available: {problem}.", "Give another --port.") from None
