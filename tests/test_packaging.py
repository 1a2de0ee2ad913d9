"""The wheel, built and installed where the checkout cannot be seen, does the default things by itself."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import playground

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The interpreter of an environment that holds the wheel, and sees the libraries of this one but no checkout."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, timeout=300)
    # A line of a .pth file is put on the path as it is: the editable checkout, a .pth file itself, stays out.
    next(folder.glob("lib/python*/site-packages")).joinpath("libraries.pth").write_text(sysconfig.get_path("purelib"))
    return python


def run(python: Path, folder: Path, *words: str, timeout: float = 120) -> str:
    """The output of a command that runs in another folder; its last words where it fails."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [str(python), *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_wheel_carries_what_the_default_runs_need(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    questions = {f"playground/_assets/questions/tier{tier}.jsonl" for tier in (1, 2, 3)}
    assert questions | {"playground/py.typed", "evaluator/py.typed", "playground/trajectory.schema.json"} <= names
    shipped = {path.parent.name for path in (ROOT / "assets" / "reasoners").glob("*/model.safetensors")}
    assert shipped
    assert {f"playground/_assets/reasoners/{name}/model.safetensors" for name in shipped} <= names


def test_the_wheel_carries_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"playground", "evaluator", "off_trajectory"}
    assert not [name for name in names if "__pycache__" in name or "tests" in name]


def test_assets_stay_small():
    assert sum(path.stat().st_size for path in (ROOT / "assets").rglob("*") if path.is_file()) <= 25_000_000


def test_the_installed_package_is_not_the_checkout(installed, tmp_path):
    where = run(
        installed, tmp_path, "-c", "import playground, evaluator; print(playground.__file__, evaluator.__file__)"
    )
    assert str(ROOT) not in where
    assert where.count("site-packages") == 2


def test_the_installed_command_lists_the_shipped_reasoners(installed, tmp_path):
    listed = json.loads(run(installed, tmp_path, "-m", "playground", "models", "--json"))
    shipped = [row for row in listed if row["name"].startswith("tiny")]
    assert shipped
    assert all(row["available"] for row in shipped)
    assert run(installed, tmp_path, str(installed.with_name("off-trajectory")), "models")


def test_the_installed_evaluator_runs_by_default(installed, tmp_path):
    words = ("-m", "evaluator.full", "--limit", "2", "--n", "1", "--output-dir", "run")
    run(installed, tmp_path, *words, timeout=500)
    results = json.loads(next((tmp_path / "run").glob("results_*.json")).read_text())["results"]
    assert results
    assert all("solo,none" in tests["solo"] for tests in results.values())


def pinned() -> dict[str, str]:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in (line.split("==") for line in lines)}


def test_every_direct_requirement_is_pinned_to_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    names = {re.split(r"[<>=\[ ]", line)[0].lower() for line in wanted} - {project["name"]}
    assert names <= pinned().keys()
    assert all(re.fullmatch(r"[0-9][0-9a-z.]*", version) for version in pinned().values())  # no local build, no address


def test_the_version_is_the_same_everywhere():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == playground.__version__
