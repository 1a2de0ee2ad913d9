"""The page with a model that a server runs: what the server cannot do is told, and the hand-over works."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from browser import free_port, server
from playwright.sync_api import Page, expect
from served import served
from visitor import OVER, browser, choose, page, record, run, set_up, text_on

from playground.models import find_card

__all__ = ["browser", "page"]


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """The URL of a model whose server knows OpenAI's own parameters only."""
    with served(Path(find_card("tiny-oak-plain").source)) as urls:
        yield f"{urls['bare']}?template=tiny-oak-plain#tiny"


MODELS = """
[[model]]
name = "lab"
engine = "server"
source = "{url}"
options = {{ template = "tiny-oak-plain" }}
[[model]]
name = "gone"
engine = "server"
source = "http://127.0.0.1:1/v1"
options = {{ retry_seconds = 0.1 }}
"""


@pytest.fixture(scope="module")
def address(model: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, folder = free_port(), tmp_path_factory.mktemp("sessions")
    (folder / "lab.toml").write_text(MODELS.format(url=model.partition("?")[0]))
    words = ("-m", "playground", "--port", str(port), "--model", model, "--models-file", str(folder / "lab.toml"))
    words += ("--allow-custom-models",)
    with patch.dict(os.environ, XDG_DATA_HOME=str(folder)), server(*words, port=port) as url:
        yield url


@pytest.fixture
def name(model: str) -> str:
    """What the model is called on the page."""
    return f"tiny@{model.split('/')[2]}"


def test_what_its_server_cannot_do_stands_below_the_models(page: Page, name: str) -> None:
    told = page.locator("#off li")
    expect(told).to_have_count(0)
    choose(page, "Model A", name)
    expect(told.filter(has_text=f"{name}: scoring is off:")).to_have_count(1)
    choose(page, "Model A", "tiny-elm-plain")
    expect(told).to_have_count(0)


def test_the_servers_of_a_models_file_are_asked_and_one_that_is_not_there_is_told(page: Page) -> None:
    choose(page, "Model A", "lab")
    expect(page.locator("#off li").filter(has_text="lab: scoring is off:")).to_have_count(1)
    expect(page.locator("#off li").filter(has_text="no chat template is known")).to_have_count(0)
    page.get_by_label("Model B", exact=True).click()
    gone = page.get_by_role("option", name="gone – not here: The server at 127.0.0.1:1 cannot be reached")
    expect(gone).to_have_count(1)


def test_a_hand_over_with_a_thinking_budget(page: Page, name: str) -> None:
    set_up(page, name, "tiny-elm-plain", rule="1")
    page.get_by_label("Thinking budget").fill("20")
    run(page)
    page.wait_for_selector(OVER)
    saved = record(page)
    assert text_on(page) == "".join(segment["text"] for segment in saved["segments"])
    assert [segment["author"]["name"] for segment in saved["segments"]][:2] == [name, "tiny-elm-plain"]
    budgets = [segment["provenance"].get("thinking_budget") for segment in saved["segments"] if segment["provenance"]]
    assert {"tokens": 20, "then": "answer"} in budgets
    thinking = "".join(segment["text"] for segment in saved["segments"] if segment["kind"] == "thinking")
    assert 0 < len(thinking.split()) <= 20


def test_a_visitor_adds_a_model_and_writes_with_it(page: Page, address: str, tmp_path: Path) -> None:
    folder = shutil.copytree(find_card("tiny-oak-plain").source, tmp_path / "own-oak")
    page.goto(f"{address}/models")
    page.get_by_label("Add a model").fill("/etc/passwd")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".models .notice")).to_contain_text("'/etc/passwd' is not a model that can be added.")
    page.get_by_label("Add a model").fill(str(folder))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".report h2")).to_have_text("own-oak")
    expect(page.locator(".models .notice")).to_be_hidden()
    page.goto(address)
    set_up(page, "own-oak", "own-oak", rule="1")
    run(page)
    page.wait_for_selector(OVER)
    assert record(page)["segments"][0]["author"]["name"] == "own-oak"
