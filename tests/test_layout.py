"""What keeps the project habitable: layers, sizes, one heavy library in one place, a true tree in the README."""

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.layout import ROOT, expected, modules, shown

# From the bottom up. A module imports from lower rows, and from its own package.
LAYERS = (
    ("playground.errors", "playground.assets", "playground.full_stops", "playground.phrase", "playground.machine"),
    ("playground.visible",),
    ("playground.sampling", "playground.serialization", "playground.steps", "playground.cues"),
    ("playground.extras",),
    ("playground.cli.border",),
    ("playground.thinking_budget",),
    ("playground.trajectory", "playground.thinking", "playground.answers", "playground.backtracking"),
    ("playground.cards",),
    ("playground.steering", "playground.digit_typos", "playground.hand_over", "playground.recovery"),
    ("playground.statistics",),
    ("playground.models", "playground.branches"),
    ("playground.prompting", "playground.engine"),
    ("playground.entropy",),
    ("playground.turn", "playground.records", "playground.model_report", "playground.store"),
    ("playground.writing",),
    ("playground.relay",),
    ("playground.grading", "playground.probes", "playground.steers"),
    ("playground.ending", "playground.question_files", "playground.recorded"),
    ("playground.runs", "playground.outcomes", "playground.custom_models"),
    ("playground.reasoners",),
    ("playground.app",),
    ("playground.cli",),
    ("playground.__main__",),
    ("evaluator.hub", "evaluator.config", "evaluator.faults"),
    ("evaluator.benchmarks", "evaluator.presets"),
    ("evaluator.options", "evaluator.trials"),
    ("evaluator.running",),
    ("evaluator.numbers",),
    ("evaluator.reporting",),
    ("evaluator",),
)
HOMES = {
    "gradio": ("playground.app",),
    "starlette": ("playground.app",),
    "torch": ("playground.engine", "playground.reasoners"),
    "transformers": ("playground.engine", "playground.reasoners"),
    "huggingface_hub": ("playground.cards.hub",),
    "tokenizers": ("playground.engine", "playground.reasoners"),
    "httpx": ("playground.engine",),
    "pydantic": ("playground.serialization",),
    "jinja2": ("playground.cards.chat_template",),
    "matplotlib": ("evaluator.reporting.plots", "playground.reasoners"),
    "pandas": ("evaluator",),
    "scipy": ("playground.statistics.paired", "playground.statistics.correlation", "evaluator.numbers.measures"),
    "statsmodels": ("playground.statistics.paired",),
    "math_verify": ("playground.grading",),
    "mpmath": ("playground.grading",),
    "sympy": (),
    "datasets": ("evaluator.hub",),
    "pyarrow": ("playground.question_files", "evaluator.reporting.samples"),
    "vllm": ("playground.engine.vllm",),
    "ray": (),
    "unittest": (),
}
BROAD = ("Exception", "BaseException")
LONGEST_FILE = 300
LONGEST_FUNCTION = 60
WIDEST_SIGNATURE = 8


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


NAMES = {dotted(path) for path in modules()}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    """The modules that a file imports, wherever in it; of our own packages down to the file."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} & NAMES or {node.module}
    return frozenset(found)


def inner() -> list[tuple[str, str]]:
    """Every import of one of our modules by another; that of the facade, for its version, is none."""
    return [
        (dotted(path), name)
        for path in modules()
        for name in imports(path)
        if path != Path("playground/__init__.py") and name in NAMES - {"playground", "evaluator"}
    ]


def layer(module: str) -> tuple[int, str]:
    """The row of a module, and the entry of that row."""
    found = [
        (row, entry)
        for row, entries in enumerate(LAYERS)
        for entry in entries
        if module == entry or module.startswith(f"{entry}.")
    ]
    assert found, f"{module} has no place in LAYERS"
    return found[0]


def downward(module: str, imported: str) -> bool:
    (row, entry), (below, other) = layer(module), layer(imported)
    return below < row or other == entry


def test_imports_run_downward_only():
    assert [pair for pair in inner() if not downward(*pair)] == []


def test_no_import_cycle():
    graph: dict[str, set[str]] = {}
    for module, imported in inner():
        graph.setdefault(module, set()).add(imported)
    assert set(TopologicalSorter(graph).static_order()) >= graph.keys()  # a cycle raises


def test_the_evaluator_does_not_know_the_page():
    assert [pair for pair in inner() if pair[0].startswith("evaluator") and pair[1].startswith("playground.app")] == []


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_has_one_home(library):
    users = {dotted(path) for path in modules() for name in imports(path) if name.split(".")[0] == library}
    assert [user for user in users if not user.startswith(HOMES[library])] == []


def functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(dotted(path), node) for path in modules() for node in ast.walk(parsed(path)) if isinstance(node, kinds)]


def test_files_are_short():
    lengths = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in modules()}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short():
    long = [
        (module, node.name) for module, node in functions() if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_signatures_are_narrow():
    arguments = [(module, node.name, node.args) for module, node in functions()]
    widths = [(m, name, len([*a.posonlyargs, *a.args, *a.kwonlyargs])) for m, name, a in arguments]
    assert [found for found in widths if found[2] > WIDEST_SIGNATURE + 1] == []  # self is one of them


def test_every_module_says_what_it_is_for():
    assert [str(path) for path in modules() if not ast.get_docstring(parsed(path))] == []


def test_nothing_is_global():
    nodes = [(dotted(path), node) for path in modules() for node in ast.walk(parsed(path))]
    assert [module for module, node in nodes if isinstance(node, ast.Global)] == []


def swallows(node: ast.AST) -> bool:
    """Whether this is an except that takes whatever comes and does not raise it again."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in BROAD)
    return broad and not any(isinstance(part, ast.Raise) for part in ast.walk(node))


def test_no_error_is_swallowed():
    nodes = [(dotted(path), node) for path in modules() for node in ast.walk(parsed(path))]
    assert [module for module, node in nodes if swallows(node)] == []


def test_the_tree_in_the_readme_is_the_real_one():
    hint = "`python -m tests.layout` prints the tree"
    assert (expected() - shown(), shown() - expected()) == (set(), set()), hint
