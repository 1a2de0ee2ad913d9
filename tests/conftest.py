"""What several test files share: the folder of real data, and an order from cheap to heavy."""

import os
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
