"""Where the page may be served, and to whom: what is refused before anything listens."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from browser import free_port

from playground.app.network.accounts import MOST_WAITING, Accounts, read_accounts
from playground.app.network.address import Network
from playground.app.network.origin import Hosts, asking, is_loopback
from playground.app.server import warnings
from playground.errors import InvalidInput

ANN = Accounts(["ann:secret"])


def serve(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "playground", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_another_address_is_refused_before_its_port_is_taken() -> None:
    ended = serve("--host", "0.0.0.0", "--port", "1")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "0.0.0.0 can be reached by other machines" in ended.stderr
    assert "--auth @FILE" in ended.stderr


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = serve("--port", port)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert f"Port {port}" in ended.stderr


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"host": "192.0.2.1"}, "192.0.2.1 can be reached"),
        ({"host": "::"}, ":: can be reached"),
        ({"allowed_hosts": ("lab.example",)}, "lab.example can be reached"),
        ({"root_path": "https://lab.example/off"}, "lab.example can be reached"),
        ({"share": True}, "--share puts the page on the internet"),
        ({"share": True, "no_auth_unsafe": True}, "--share puts the page on the internet"),
        ({"operators": ("eve",)}, "'eve' has no account"),
        ({"allowed_hosts": ("http://lab.example/",), "accounts": ANN}, "not a host name"),
        ({"ssl_keyfile": Path("key.pem")}, "a key and a certificate"),
        ({"ssl_keyfile": Path("no.pem"), "ssl_certfile": Path("no.pem")}, "no file no.pem"),
        ({"root_path": "off"}, "not a root path"),
        ({"port": 0}, "0 is not a port"),
    ],
)
def test_what_is_not_safe_or_cannot_be_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Network(**given).check()


@pytest.mark.parametrize("given", [{"accounts": ANN}, {"no_auth_unsafe": True}])
def test_another_address_is_served_with_a_login_or_the_unsafe_flag(given: dict[str, Any]) -> None:
    port = free_port()
    with pytest.raises(InvalidInput, match="can be reached"):
        Network(host="0.0.0.0", port=port).check()
    Network(host="0.0.0.0", port=port, **given).check()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"host": "0.0.0.0", "accounts": ANN},
            ["Passwords travel", "Visitors can make this machine"],
        ),
        ({"host": "0.0.0.0", "no_auth_unsafe": True}, ["Visitors can make this machine"]),
        ({"accounts": ANN}, []),
    ],
)
def test_an_operator_is_warned_of_what_others_can_do(given: dict[str, Any], says: list[str]) -> None:
    lines = warnings(Network(**given), custom_models=True)
    assert [line for line, start in zip(lines, says, strict=True) if not line.startswith(start)] == []
    assert not any("fetch" in line for line in warnings(Network(**given), custom_models=False))


def test_the_environment_names_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", "192.0.2.1")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7999")
    ended = serve()
    assert "192.0.2.1 can be reached" in ended.stderr
    monkeypatch.setenv("GRADIO_SERVER_PORT", "many")
    ended = serve()
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)


def test_accounts_come_from_words_files_and_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "users").write_text("# of the lab\nben : with:colon\n\n", encoding="utf-8")
    monkeypatch.setenv("OFF_TRAJECTORY_AUTH", "eve:third")
    accounts = read_accounts(["ann:secret", f"@{tmp_path / 'users'}"])
    for user, password in (("ann", "secret"), ("ben", " with:colon"), ("eve", "third")):
        assert asyncio.run(accounts.admit(user, password))
    assert "secret" not in repr(vars(accounts))


def test_too_many_passwords_at_once_are_not_looked_at_whichever_addresses_one_machine_takes() -> None:
    async def one(address: str) -> bool:
        asking.set(address)
        return await ANN.admit("ann", "secret")

    async def all_of(*addresses: str) -> list[bool]:
        return await asyncio.gather(*map(one, addresses))

    many = [f"2001:db8::{number:x}" for number in range(MOST_WAITING + 1)]
    assert asyncio.run(all_of(*many, "2001:db8:0:1::1", "::ffff:192.0.2.7")).count(False) == 1
    assert asyncio.run(all_of(*many[:3])) == [True] * 3


@pytest.mark.parametrize("given", ["ann", ":secret", "ann:", "@no-such-file", "ann:secret"])
def test_an_account_that_makes_no_sense_is_refused_without_repeating_it(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFF_TRAJECTORY_AUTH", "ann:secret")
    with pytest.raises(InvalidInput) as refused:
        read_accounts([given])
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "::1"])
def test_loopback_hosts_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "192.168.0.4", "localhost.example", "127.0.0.1.example", "::"])
def test_other_hosts_are_not(host: str) -> None:
    assert not is_loopback(host)


def test_a_wildcard_answers_to_the_address_that_was_reached() -> None:
    hosts = Hosts(bound="0.0.0.0", named={"lab.example"})
    for host in ("192.0.2.1:7860", "lab.example", "LAB.example:443", "localhost:7860", "[::1]"):
        assert hosts.has(host, reached="192.0.2.1")
    for host in ("192.0.2.2:7860", "example", "lab.example.org", "a b", "lab.example:port", "x@lab.example"):
        assert not hosts.has(host, reached="192.0.2.1")
