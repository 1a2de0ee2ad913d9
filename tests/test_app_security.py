"""The security list: one test an item, against real server processes."""

import json
import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from browser import free_port, server
from guarded_server import NAME, OTHER, OTHERS_PASSWORD, PASSWORD, USER
from page_protocol import Wiring
from requests_by_hand import Answer, ask, post

from playground.app.guard import HEADERS
from playground.app.routes import LONGEST_BODY

SECRET = "sk-nobody-may-see-this"
JSON = ("Content-Type", "application/json")
FORM = {
    "Model A": "quick",
    "Model B": "quick",
    "Question": "Mia has 4 figs. She buys 5 more figs. How many?",
    "Correct answer": "9",
}
CLOSED = (
    ("POST", "/gradio_api/upload"),
    ("GET", "/gradio_api/upload_progress?upload_id=x"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/gradio_api/file=../../../../etc/passwd"),
    ("GET", "/gradio_api/file=http://127.0.0.1:1/"),
    ("GET", "/gradio_api/file/etc/passwd"),
    ("GET", "/file=/etc/passwd"),
    ("GET", "/gradio_api/proxy=http://example.hf.space/"),
    ("GET", "/gradio_api/deep_link?session_hash=x"),
    ("GET", "/gradio_api/custom_component/x/client/component/style.css"),
    ("POST", "/gradio_api/process_recording"),
    ("GET", "/gradio_api/stream/a/b/1/playlist.m3u8"),
    ("GET", "/gradio_api/dev/reload"),
    ("GET", "/gradio_api/vibe-code"),
    ("POST", "/gradio_api/vibe-edit"),
    ("GET", "/gradio_api/profiling/traces"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/gradio_api/mcp/sse"),
    ("GET", "/gradio_api/runs"),
    ("GET", "/gradio_api/run-history/records"),
    ("GET", "/monitoring"),
    ("GET", "/monitoring/summary"),
    ("GET", "/docs"),
)
TRAVERSALS = (
    "/assets/../../../../../../etc/passwd",
    "/assets/..%2f..%2f..%2f..%2fetc/passwd",
    "/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%5c..%5cetc%5cpasswd",
    "/static//etc/passwd",
    "/svelte/../../../../etc/passwd",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of this machine alone, whose process knows secrets."""
    log, port = tmp_path_factory.mktemp("server") / "streams.log", free_port()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "HF_TOKEN", "OFF_TRAJECTORY_AUTH"):
            patch.setitem(os.environ, name, SECRET)
        with server("tests/page_server.py", str(port), str(log), port=port) as url:
            yield url


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page that others can reach, with a login."""
    port = free_port()
    command = ("tests/guarded_server.py", str(port), str(tmp_path_factory.mktemp("server") / "sessions.sqlite"))
    with server(*command, port=port) as url:
        yield url


@pytest.fixture(scope="module")
def routes(address: str) -> list[tuple[str, str]]:
    """What is open: every page, and what the pages use."""
    config = json.loads(ask(address, "GET", "/config").text)
    pages = [("GET", f"/{path}") for path, *_ in config["pages"]]
    read = ("config", "theme.css", "gradio_api/info", "gradio_api/queue/data?session_hash=x", "static/img/logo.svg")
    written = ("run/predict", "queue/join", "component_server", "component_server/", "cancel", "call/relay")
    return [
        *pages,
        *(("GET", f"/{path}") for path in read),
        *(("POST", f"/gradio_api/{path}") for path in written),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("POST", "/login"),
    ]


class Page:
    """A page as its script speaks to the server."""

    def __init__(self, address: str, *headers: tuple[str, str]) -> None:
        self.address, self.headers = address, headers
        self.key, self.visitor, self.session = (str(uuid.uuid4()) for _ in range(3))
        self.wiring = Wiring.of(json.loads(ask(address, "GET", "/config", headers).text))

    def act(self, verb: str, fields: dict[str, Any] | None = None, **details: Any) -> str:
        """Returns what is wrong with it."""
        event = {"key": self.key, "visitor": self.visitor, "verb": verb, **details}
        sent = self.wiring.acting(event, {**FORM, **(fields or {})}, self.session)
        answer = post(self.address, "/gradio_api/run/predict", sent, *self.headers)
        found = json.loads(answer.text)
        return str(found["data"][0]["text"] if answer.status == 200 else found["error"])

    def served(self, name: str, **data: Any) -> Answer:
        sent = self.wiring.asking(name, data, self.session)
        return post(self.address, "/gradio_api/component_server", sent, *self.headers)

    def look(self, key: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.served("look", key=key or self.key, visitor=self.visitor).text)
        return found

    def over(self) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while (news := self.look())["status"] not in ("over", "empty") and time.monotonic() < deadline:
            time.sleep(0.1)
        return news


def refused(address: str, routes: list[tuple[str, str]], *headers: tuple[str, str]) -> dict[str, int]:
    """The routes that answer with anything but a refusal."""
    found = {f"{method} {path}": ask(address, method, path, (*headers, JSON)).status for method, path in routes}
    return {route: status for route, status in found.items() if status not in (400, 403)}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.", "192.168.0.9", "127.0.0.1@evil.example", "[::2]", ""],
)
def test_a_spoofed_host_is_refused_on_every_route(address: str, routes: list[tuple[str, str]], host: str) -> None:
    assert refused(address, routes, ("Host", host)) == {}


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "http://127.0.0.1:1", "file://", "http://localhost", ""]
)
def test_another_origin_is_refused_on_every_route(address: str, routes: list[tuple[str, str]], origin: str) -> None:
    assert refused(address, routes, ("Origin", origin)) == {}


def test_a_header_that_is_there_twice_is_refused(address: str, routes: list[tuple[str, str]]) -> None:
    own = address.removeprefix("http://")
    for name, value in (("Host", own), ("Origin", address), ("Sec-Fetch-Site", "same-origin")):
        assert refused(address, routes, (name, value), (name, value)) == {}


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Gradio-Server"])
def test_a_header_that_overrules_the_host_is_refused(address: str, routes: list[tuple[str, str]], name: str) -> None:
    assert refused(address, routes, (name, address.removeprefix("http://"))) == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_request_of_another_site_is_refused_by_its_fetch_metadata(
    address: str, routes: list[tuple[str, str]], site: str
) -> None:
    assert refused(address, routes, ("Sec-Fetch-Site", site)) == {}


def test_a_link_on_another_site_leads_to_a_page_and_to_nothing_else(
    address: str, routes: list[tuple[str, str]]
) -> None:
    follows = (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
    pages = {"GET /", *(f"{method} {path}" for method, path in routes if path.count("/") == 1 and "." not in path)}
    assert set(refused(address, routes, *follows)) <= pages - {"POST /login", "GET /config"}
    assert ask(address, "GET", "/", follows).status == 200
    framed = (*follows[:2], ("Sec-Fetch-Dest", "iframe"))
    assert ask(address, "GET", "/", framed).status == 403


def test_a_preflight_of_another_site_gets_no_permission(address: str) -> None:
    asked = (("Origin", "http://evil.example"), ("Access-Control-Request-Method", "POST"))
    for host in ((), (("Host", "evil.example"),)):
        answer = ask(address, "OPTIONS", "/gradio_api/run/predict", (*asked, *host))
        assert answer.status == 403
        assert "access-control-allow-origin" not in answer.headers


def test_the_page_itself_is_answered(address: str) -> None:
    own = (("Origin", address), ("Sec-Fetch-Site", "same-origin"))
    page = Page(address, *own)
    assert page.act("run") == ""
    assert page.over()["ending"]["outcome"] == "correct"


def test_every_answer_says_how_browsers_are_to_treat_it(address: str) -> None:
    for path, headers in (("/", ()), ("/config", ()), ("/nothing", ()), ("/", (("Host", "evil.example"),))):
        answer = ask(address, "GET", path, headers)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "frame-ancestors 'none'" in HEADERS["content-security-policy"]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_the_pages_do_not_use_is_not_there(address: str, method: str, path: str) -> None:
    assert ask(address, method, path).status == 404


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_to_a_file_of_the_machine(address: str, path: str) -> None:
    answer = ask(address, "GET", path)
    assert answer.status in (403, 404)
    assert "root:" not in answer.text


def test_the_api_lists_nothing_private_and_no_page_holds_a_secret(address: str, routes: list[tuple[str, str]]) -> None:
    assert json.loads(ask(address, "GET", "/gradio_api/info").text)["unnamed_endpoints"] == {}
    config = json.loads(ask(address, "GET", "/config").text)
    assert {each["api_visibility"] for each in config["dependencies"] if each["api_name"] != "relay"} == {"private"}
    assert not config["run_history"]
    told = "".join(ask(address, "GET", path).text for method, path in routes if method == "GET" and "queue" not in path)
    assert SECRET not in told
    assert os.getcwd() not in told


@pytest.mark.parametrize("route", ["call", "call/v2", "run", "api"])
def test_a_private_handler_cannot_be_called_by_its_name(address: str, route: str) -> None:
    assert post(address, f"/gradio_api/{route}/act", {"data": [], "session_hash": "x"}).status == 404


@pytest.mark.parametrize("name", ["__init__", "postprocess", "get_config", "__class__", "act"])
def test_no_method_of_a_component_can_be_called(address: str, name: str) -> None:
    answer = Page(address).served(name, x=1)
    assert answer.status == 404
    assert "Traceback" not in answer.text


def test_a_body_that_is_too_long_is_refused_whether_its_length_is_told_or_not(address: str) -> None:
    told = ask(address, "POST", "/gradio_api/run/predict", (JSON, ("Content-Length", str(LONGEST_BODY + 1))))
    assert told.status == 413
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    chunked = (("Content-Type", "application/x-www-form-urlencoded"), ("Transfer-Encoding", "chunked"))
    untold = ask(address, "POST", "/login", chunked, chunk * 2 + b"0\r\n\r\n")
    assert untold.status == 413


@pytest.mark.parametrize(
    ("label", "value", "says"),
    [
        ("Max tokens", 10**9, "token limit"),
        ("Question", "x" * 30_000, "30,000 characters"),
        ("Model A", "/etc/passwd", "not in the list of choices"),
        ("Model A", "http://127.0.0.1:1/v1#m", "not in the list of choices"),
        ("Model A", "replay:/etc/passwd", "not in the list of choices"),
    ],
)
def test_what_is_too_much_or_not_the_operators_is_refused(address: str, label: str, value: Any, says: str) -> None:
    assert says in Page(address).act("run", {label: value})


def test_a_text_that_is_too_long_is_refused(address: str) -> None:
    assert "At most 20,000" in Page(address).act("say", text="x" * 20_001)


def test_a_visitor_has_only_so_many_relays_at_once(address: str) -> None:
    pages = [Page(address) for _ in range(4)]
    slow = {"Model A": "endless", "How many, or which": "399"}
    for page in pages:
        page.visitor = pages[0].visitor
    said = [page.act("run", slow) for page in pages]
    assert said[:3] == ["", "", ""]
    assert "3 relays of yours" in said[3]
    for page in pages[:3]:
        page.act("stop")
        assert page.over()["ending"]["outcome"] == "stopped"


def test_no_visitor_sees_lists_or_stops_the_work_of_another(address: str) -> None:
    mine, other = Page(address), Page(address)
    assert mine.act("run", {"Model A": "slow", "How many, or which": "9"}) == ""
    other.act("stop")
    assert other.look()["question"] == ""
    assert json.loads(other.served("sessions", visitor=other.visitor).text) == []
    assert mine.over()["ending"]["outcome"] == "correct"
    assert [entry["key"] for entry in json.loads(mine.served("sessions", visitor=mine.visitor).text)] == [mine.key]


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


def login(address: str, user: str, password: str) -> Answer:
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    body = f"username={user}&password={password.replace(' ', '+')}".encode()
    return ask(address, "POST", "/login", (kind,), body)


def cookie(address: str, user: str, password: str) -> tuple[str, str]:
    return "Cookie", login(address, user, password).headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize(("user", "password"), [(USER, "wrong"), ("eve", PASSWORD), ("", ""), (USER, OTHERS_PASSWORD)])
def test_a_wrong_password_is_refused_and_costs_time(guarded: str, user: str, password: str) -> None:
    began = time.monotonic()
    assert login(guarded, user, password).status in (400, 422)
    assert time.monotonic() - began > 0.9 or not user


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
