"""What the sources must not contain: ways by which data become code."""

import ast

import pytest

from tests.layout import ROOT, modules

UNSAFE_MODULES = {"cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
UNSAFE_CALLS = {
    "eval",
    "exec",
    "compile",
    "sympify",
    "parse_expr",
    "os.system",
    "yaml.load",
    "torch.load",
    "pandas.read_pickle",
    "numpy.load",
}


def nodes() -> list[tuple[str, ast.AST]]:
    trees = [(str(path), ast.parse((ROOT / path).read_text(encoding="utf-8"))) for path in modules()]
    return [(path, node) for path, tree in trees for node in ast.walk(tree)]


def test_nothing_unpickles() -> None:
    found = []
    for path, node in nodes():
        if isinstance(node, ast.Import):
            found += [(path, alias.name) for alias in node.names if alias.name.split(".")[0] in UNSAFE_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNSAFE_MODULES:
            found.append((path, str(node.module)))
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pickle":
            found += [(path, node.attr)] if node.attr != "UnpicklingError" else []
    assert found == []


def test_no_text_is_run_as_code() -> None:
    calls = [(path, node, ast.unparse(node.func)) for path, node in nodes() if isinstance(node, ast.Call)]
    unsafe = [(path, node) for path, node, name in calls if name in UNSAFE_CALLS]
    assert [(path, ast.unparse(node)) for path, node in unsafe if "weights_only=True" not in ast.unparse(node)] == []


@pytest.mark.parametrize(
    "word", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
)
def test_the_pages_scripts_set_text_as_text(word: str) -> None:
    scripts = [*(ROOT / "playground" / "app" / "static").rglob("*.js")]
    assert scripts
    assert [path.name for path in scripts if word in path.read_text(encoding="utf-8")] == []
