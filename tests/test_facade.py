import ast
import subprocess
import sys
from pathlib import Path

import playground

HEAVY = (
    "torch",
    "transformers",
    "gradio",
    "pydantic",
    "jinja2",
    "matplotlib",
    "pandas",
    "scipy",
    "vllm",
    "ray",
    "numpy",
)
TIMED = "import time; begin = time.process_time(); import playground; print(time.process_time() - begin)"


def output(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def declared() -> dict[str, str]:
    """What the facade imports for type checkers: each name and its module."""
    tree = ast.parse(Path(playground.__file__).read_text())
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    return {alias.name: str(node.module) for node in guarded.body for alias in node.names}


def test_every_name_of_the_facade_is_declared_and_found_where_it_lives():
    assert playground.__all__ == sorted(declared())
    for name, module in declared().items():
        assert getattr(playground, name) is getattr(sys.modules[module], name)


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(playground, "no_such_name")


def test_import_loads_no_heavy_library():
    loaded = output(f"import sys, playground; print([name for name in {HEAVY} if name in sys.modules])")
    assert loaded == "[]"


def test_import_is_fast():
    assert min(float(output(TIMED)) for _ in range(5)) < 0.3


def test_the_command_line_loads_no_model_library_to_list_models():
    code = "import sys; from playground.__main__ import command; command(['models']); print('torch' in sys.modules)"
    assert output(code).endswith("False")
