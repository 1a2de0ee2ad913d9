"""What several test files share: the folder of real data, and an order from cheap to heavy."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, and nothing about the text.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# What needs vLLM runs where it is installed: `make test-vllm`.
collect_ignore = [] if find_spec("vllm") else ["on_vllm"]

HEAVY = (
    "test_readme",
    "test_reasoners",
    "test_evaluator",
    "test_engine",
    "test_pool",
    "test_kill",
    "test_packaging",
    "test_app",
    "test_browser",
)
"""Files that load models, run processes or a browser, by the start of their name; they come last, in this order."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, start in enumerate(HEAVY, 1) if item.path.name.startswith(start)), 0))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("OFFTRAJ_SHARED", Path(__file__).parents[1].parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no real data at {folder}; set OFFTRAJ_SHARED to the folder that holds data/")
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real checkpoint, trained here in seconds."""
    from tiny_checkpoint import build  # torch takes long to load, and most tests need none

    return build(tmp_path_factory.mktemp("tiny") / "checkpoint")


@pytest.fixture(scope="session")
def served_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page of this machine alone, whose process knows secrets."""
    from browser import free_port, server
    from stranger import SECRET

    log, port = tmp_path_factory.mktemp("server") / "streams.log", free_port()
    with ExitStack() as kept:
        with pytest.MonkeyPatch.context() as patch:  # its process knows them, the tests' processes do not
            for name in ("OPENAI_API_KEY", "HF_TOKEN", "OFF_TRAJECTORY_AUTH"):
                patch.setenv(name, SECRET)
            url = kept.enter_context(server("tests/page_server.py", str(port), str(log), port=port))
        yield url


@pytest.fixture(scope="session")
def routes(served_page: str) -> list[tuple[str, str]]:
    """What is open there, and what is not: every page, what the pages use, and what a stranger might try."""
    from requests_by_hand import ask

    config = json.loads(ask(served_page, "GET", "/config").text)
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
