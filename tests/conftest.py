"""What several test files share."""

import os
from pathlib import Path

import pytest


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
