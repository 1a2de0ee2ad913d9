"""The security list: what of the server is open, and what it hands out. Against a real server process."""

import json
import os

import pytest
from requests_by_hand import ask, post
from stranger import JSON, SECRET, Page

from playground.app.network.routes import LONGEST_BODY

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


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_the_pages_do_not_use_is_not_there(served_page: str, method: str, path: str) -> None:
    assert ask(served_page, method, path).status == 404


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_to_a_file_of_the_machine(served_page: str, path: str) -> None:
    answer = ask(served_page, "GET", path)
    assert answer.status in (403, 404)
    assert "root:" not in answer.text


def test_the_api_lists_nothing_private_and_no_page_holds_a_secret(
    served_page: str, routes: list[tuple[str, str]]
) -> None:
    assert json.loads(ask(served_page, "GET", "/gradio_api/info").text)["unnamed_endpoints"] == {}
    config = json.loads(ask(served_page, "GET", "/config").text)
    assert {each["api_visibility"] for each in config["dependencies"] if each["api_name"] != "relay"} == {"private"}
    assert not config["run_history"]
    told = "".join(
        ask(served_page, "GET", path).text for method, path in routes if method == "GET" and "queue" not in path
    )
    assert SECRET not in told
    assert os.getcwd() not in told


@pytest.mark.parametrize("route", ["call", "call/v2", "run", "api"])
def test_a_private_handler_cannot_be_called_by_its_name(served_page: str, route: str) -> None:
    assert post(served_page, f"/gradio_api/{route}/act", {"data": [], "session_hash": "x"}).status == 404


@pytest.mark.parametrize("name", ["__init__", "postprocess", "get_config", "__class__", "act"])
def test_no_method_of_a_component_can_be_called(served_page: str, name: str) -> None:
    answer = Page(served_page).served(name, x=1)
    assert answer.status == 404
    assert "Traceback" not in answer.text


def test_a_body_that_is_too_long_is_refused_whether_its_length_is_told_or_not(served_page: str) -> None:
    told = ask(served_page, "POST", "/gradio_api/run/predict", (JSON, ("Content-Length", str(LONGEST_BODY + 1))))
    assert told.status == 413
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    chunked = (("Content-Type", "application/x-www-form-urlencoded"), ("Transfer-Encoding", "chunked"))
    untold = ask(served_page, "POST", "/login", chunked, chunk * 2 + b"0\r\n\r\n")
    assert untold.status == 413
