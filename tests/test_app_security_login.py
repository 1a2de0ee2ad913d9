"""The security list: a page that others can reach, with a login. Against a real server process."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from browser import free_port, server
from guarded_server import NAME, OTHER, OTHERS_PASSWORD, PASSWORD, USER
from requests_by_hand import ask
from stranger import JSON, Page, cookie, login


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page that others can reach, with a login."""
    port = free_port()
    command = ("tests/guarded_server.py", str(port), str(tmp_path_factory.mktemp("server") / "sessions.sqlite"))
    with server(*command, port=port) as url:
        yield url


def test_without_a_login_nothing_but_the_login_is_answered(guarded: str) -> None:
    page = ask(guarded, "GET", "/")
    assert '"auth_required":true' in page.text
    assert '"components":[]' in page.text
    for method, path in (
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("GET", "/gradio_api/queue/status"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/component_server"),
    ):
        assert ask(guarded, method, path, (JSON,), b"{}" if method == "POST" else b"").status == 401, path


@pytest.mark.parametrize(("user", "password"), [(USER, "wrong"), ("eve", PASSWORD), ("", ""), (USER, OTHERS_PASSWORD)])
def test_a_wrong_password_is_refused_and_costs_time(guarded: str, user: str, password: str) -> None:
    began = time.monotonic()
    assert login(guarded, user, password).status in (400, 422)
    assert time.monotonic() - began > 0.9 or not user


def test_whoever_guesses_waits_for_the_right_password_and_nobody_elsewhere_does(guarded: str) -> None:
    here, elsewhere = ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-For", "192.0.2.8")
    began = time.monotonic()
    with ThreadPoolExecutor(3) as guessing:
        guesses = [guessing.submit(login, guarded, USER, f"guess {number}", here) for number in range(3)]
        time.sleep(0.7)
        assert login(guarded, USER, PASSWORD, elsewhere).status == 200
        assert not all(guess.done() for guess in guesses)
        assert login(guarded, USER, PASSWORD, here).status == 200
        assert time.monotonic() - began > 2.9  # a second for each guess


def test_who_has_logged_in_is_answered(guarded: str) -> None:
    for user, password in ((USER, PASSWORD), (OTHER, OTHERS_PASSWORD)):
        page = Page(guarded, cookie(guarded, user, password))
        assert page.look()["status"] == "empty"


def test_on_a_network_the_page_answers_to_its_own_names_alone(guarded: str) -> None:
    port = guarded.rpartition(":")[2]
    for host, status in ((f"{NAME}:{port}", 200), (NAME, 200), ("127.0.0.1", 200), ("evil.example", 403), ("::", 403)):
        assert ask(guarded, "GET", "/", (("Host", host),)).status == status, host
    behind = (("X-Forwarded-Host", NAME), ("Origin", f"https://{NAME}"))
    assert ask(guarded, "GET", "/", behind).status == 200
    assert ask(guarded, "GET", "/", (("X-Forwarded-Host", "evil.example"),)).status == 403
