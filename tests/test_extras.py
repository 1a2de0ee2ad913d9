"""Where an extra is not installed, each command that needs it says in one line what installs it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground.errors import MissingExtra
from playground.extras import require

ROOT = Path(__file__).parents[1]
WITHOUT_EXTRAS = (
    "annotated_types",
    "jinja2",
    "markupsafe",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
)
"""The requirements that every installation has, with what they need themselves."""


@pytest.fixture(scope="module")
def libraries(tmp_path_factory) -> Path:
    """A folder with the requirements and no extra."""
    folder = tmp_path_factory.mktemp("libraries")
    for name in WITHOUT_EXTRAS:
        found = importlib.util.find_spec(name)
        place = Path(found.origin)
        source = place.parent if place.name == "__init__.py" else place
        (folder / source.name).symlink_to(source)
    return folder


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["playground"], "ui"),
        (["playground", "relay", "--model", "tiny-oak-plain", "--question", "1 + 1?"], "hf"),
        (["playground.reasoners.train", "--recipe", "oak-basics"], "hf"),
        (["playground.reasoners.measure", "there"], "hf"),
        (["evaluator.full", "--output-dir", "run"], "eval"),
        (["evaluator.report", "run"], "eval"),
        (["evaluator.compare", "run"], "eval"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_a_missing_extra_is_told_in_one_line(words, extra, libraries, tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(libraries)))}
    command = [sys.executable, "-S", "-m", *words]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f'pip install -e ".[{extra}]"' in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_extra_that_is_there_is_no_matter():
    require("eval")
    with pytest.raises(KeyError):
        require("no such extra")


def test_the_error_names_the_package():
    assert str(MissingExtra("torch", "hf")).startswith("This needs torch, which is not installed.")
