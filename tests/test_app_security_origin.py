"""The security list: who may talk to the page, and what browsers are told. Against a real server process."""

import pytest
from requests_by_hand import ask
from stranger import Page, refused

from playground.app.network.guard import HEADERS


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.", "192.168.0.9", "127.0.0.1@evil.example", "[::2]", ""],
)
def test_a_spoofed_host_is_refused_on_every_route(served_page: str, routes: list[tuple[str, str]], host: str) -> None:
    assert refused(served_page, routes, ("Host", host)) == {}


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "http://127.0.0.1:1", "file://", "http://localhost", ""]
)
def test_another_origin_is_refused_on_every_route(served_page: str, routes: list[tuple[str, str]], origin: str) -> None:
    assert refused(served_page, routes, ("Origin", origin)) == {}


def test_a_header_that_is_there_twice_is_refused(served_page: str, routes: list[tuple[str, str]]) -> None:
    own = served_page.removeprefix("http://")
    for name, value in (("Host", own), ("Origin", served_page), ("Sec-Fetch-Site", "same-origin")):
        assert refused(served_page, routes, (name, value), (name, value)) == {}


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Gradio-Server"])
def test_a_header_that_overrules_the_host_is_refused(
    served_page: str, routes: list[tuple[str, str]], name: str
) -> None:
    assert refused(served_page, routes, (name, served_page.removeprefix("http://"))) == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_request_of_another_site_is_refused_by_its_fetch_metadata(
    served_page: str, routes: list[tuple[str, str]], site: str
) -> None:
    assert refused(served_page, routes, ("Sec-Fetch-Site", site)) == {}


def test_a_link_on_another_site_leads_to_a_page_and_to_nothing_else(
    served_page: str, routes: list[tuple[str, str]]
) -> None:
    follows = (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
    pages = {"GET /", *(f"{method} {path}" for method, path in routes if path.count("/") == 1 and "." not in path)}
    assert set(refused(served_page, routes, *follows)) <= pages - {"POST /login", "GET /config"}
    assert ask(served_page, "GET", "/", follows).status == 200
    framed = (*follows[:2], ("Sec-Fetch-Dest", "iframe"))
    assert ask(served_page, "GET", "/", framed).status == 403


def test_a_preflight_of_another_site_gets_no_permission(served_page: str) -> None:
    asked = (("Origin", "http://evil.example"), ("Access-Control-Request-Method", "POST"))
    for host in ((), (("Host", "evil.example"),)):
        answer = ask(served_page, "OPTIONS", "/gradio_api/run/predict", (*asked, *host))
        assert answer.status == 403
        assert "access-control-allow-origin" not in answer.headers


def test_the_page_itself_is_answered(served_page: str) -> None:
    own = (("Origin", served_page), ("Sec-Fetch-Site", "same-origin"))
    page = Page(served_page, *own)
    assert page.act("run") == ""
    assert page.over()["ending"]["outcome"] == "correct"


def test_every_answer_says_how_browsers_are_to_treat_it(served_page: str) -> None:
    for path, headers in (("/", ()), ("/config", ()), ("/nothing", ()), ("/", (("Host", "evil.example"),))):
        answer = ask(served_page, "GET", path, headers)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "frame-ancestors 'none'" in HEADERS["content-security-policy"]
