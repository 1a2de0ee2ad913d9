"""The options of the tests' commands, and the file that may give them.

Reads the command line; opens no model and no run.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NoReturn, get_args

from evaluator.config import RunConfig
from evaluator.faults import USUAL, FaultPolicy
from evaluator.presets import PRESETS, configuration, preset
from playground.cli.border import Parser, utf8_text
from playground.cli.engine_options import add_engine_options, engine_options
from playground.cli.models import add_models_file
from playground.engine.options import EngineOptions
from playground.errors import InvalidData
from playground.records import TWIN_TESTS, Test, Variant
from playground.serialization import read_text
from playground.steering import Protocol
from playground.visible import has_half

_COUNTS = {
    "limit": "tested questions in all, besides those for the distractors",
    "seed": "every draw and every sample depends on it",
    "max-tokens": "most new tokens of a continuation",
    "pool": "questions outside the tested set whose trajectories distract",
    "group-size": "requests that are generated and saved together",
}
_SUBSET_SIZES = {
    "shared": "the most questions in recoverability's shared subset",
    "individual": "the most questions a model has in its individual subset",
    "least-source": "tokens that a correct trajectory must have to be disturbed",
    "most-source": "most tokens that it may have",
}
_LISTS = ("models", "guides", "import_solo", "tasks")
_PATHS = ("data_dir", "subsets_from", "output_dir")
_WHERE = ("models_file", "base_url", "max_connections")
_HOW = ("data_parallel", "retry_on_error", "fail_on_error", "quiet", "resume")
_ENGINE = tuple(option.name for option in fields(EngineOptions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a command line asks for."""

    values: Mapping[str, Any]
    """The configuration's values that are given, those of the file among them."""
    models: tuple[str, ...]
    guides: tuple[str, ...]
    import_solo: tuple[str, ...]
    tasks: tuple[str, ...]
    data_dir: Path | None
    subsets_from: Path | None
    output_dir: Path | None
    models_file: Path | None
    base_url: str | None
    max_connections: int | None
    data_parallel: int
    engine: EngineOptions
    policy: FaultPolicy
    quiet: bool
    resume: bool
    dry_run: bool
    as_json: bool

    @property
    def preset(self) -> str:
        return str(self.values.get("preset", "tiny"))

    def config(self, models: tuple[str, ...], **found: Any) -> RunConfig:
        """The configuration for these models; `found` are values that were looked up.

        Raises:
            InvalidInput: a value cannot be.
        """
        return configuration(self.preset, models, {**self.values, **found})


def parser(program: str, description: str, epilog: str, tests: Sequence[Test]) -> Parser:
    """The options of a command that makes these tests; those that are not given keep the preset's value."""
    options = Parser(prog=program, description=description, epilog=epilog, argument_default=argparse.SUPPRESS)
    _add_run(options)
    _add_numbers(options, _COUNTS)
    options.add_argument("--n", "--epochs", dest="n", type=int, metavar="N", help="samples of each question alone")
    options.add_argument("--temperature", type=float, metavar="T")
    options.add_argument("--top-p", type=float, metavar="P")
    recorded = "recorded responses in place of a model's own: a JSONL file with problem, response, optional correct"
    options.add_argument("--import-solo", action="append", metavar="[MODEL=]FILE", help=recorded)
    _add_engine(options)
    if tests:
        _add_steering(options)
    if "recoverability" in tests:
        _add_recoverability(options)
    if "guidability" in tests:
        _add_guidability(options)
    return options


def _add_run(options: Parser) -> None:
    scales = f"the scale: {', '.join(PRESETS)} (default tiny)"
    options.add_argument("--preset", metavar="NAME", help=scales)
    options.add_argument("--config", type=Path, metavar="FILE", help="options as TOML or JSON; the command line wins")
    options.add_argument("--model", "--models", dest="models", action="append", metavar="A,B", help="may be repeated")
    tasks = "benchmarks by name, or files with problem and answer; may be repeated"
    options.add_argument("--tasks", action="append", metavar="A,B", help=tasks)
    options.add_argument("--data-dir", type=Path, metavar="DIR", help="a folder with a NAME.jsonl for each benchmark")
    options.add_argument(
        "--output-dir", "--output_path", dest="output_dir", type=_folder, metavar="OUT", help="default runs/PRESET"
    )
    resume = "go on with the run in OUT (the default), or refuse a folder that holds one"
    options.add_argument("--resume", action=argparse.BooleanOptionalAction, help=resume)
    again = "how often to retry a trial whose engine failed, the last time alone (default 2)"
    options.add_argument("--retry-on-error", type=int, metavar="N", help=again)
    most = "end the run when more of a stage's trials fail for good: a share below 1, or a number (default 0.1)"
    options.add_argument("--fail-on-error", type=float, metavar="F", help=most)
    always = "accepted as in other harnesses; samples are always written"
    options.add_argument("--log-samples", "--log_samples", dest="log_samples", action="store_true", help=always)
    options.add_argument("--quiet", action="store_true", help="progress as one line per minute, for logs")
    options.add_argument("--dry-run", action="store_true", help="say what would be generated, and how long it takes")
    options.add_argument("--json", dest="as_json", action="store_true", help="with --dry-run: as JSON")


def _folder(name: str) -> Path:
    if not name:
        raise argparse.ArgumentTypeError("the folder has no name")
    return Path(utf8_text(name))


def _add_engine(options: Parser) -> None:
    add_models_file(options)
    options.add_argument("--base-url", metavar="URL", help="where server:NAME is served (OPENAI_BASE_URL)")
    options.add_argument("--max-connections", type=int, metavar="N", help="most requests to a server at once")
    processes = "processes that share the work, each with the model and GPUs of its own (vllm; default 1)"
    options.add_argument("--data-parallel", type=int, metavar="N", help=processes)
    add_engine_options(options)


def _add_steering(options: Parser) -> None:
    options.add_argument("--protocol", choices=get_args(Protocol), help="how trajectories are cut and joined")
    taken = "use the questions and subsets of another run"
    options.add_argument("--subsets-from", type=Path, metavar="RUN", help=taken)


def _add_recoverability(options: Parser) -> None:
    own = "shares of a model's own reasoning before the distraction"
    options.add_argument("--positions", type=_shares, metavar="M,M", help=own)
    options.add_argument("--distractor", type=_shares, metavar="N,N", help="shares of the distractor; m + n ≤ 1")
    options.add_argument("--transition", type=utf8_text, metavar="TEXT", help="the text before the distraction")
    options.add_argument("--variants", type=_variants, metavar="A,B", help=f"of {', '.join(get_args(Variant))}")
    _add_numbers(options, _SUBSET_SIZES)


def _add_guidability(options: Parser) -> None:
    options.add_argument("--lengths", type=_shares, metavar="N,N", help="shares of a guide's reasoning")
    guides = "models, or JSONL files of recorded responses, that guide"
    options.add_argument("--guides", action="append", metavar="A,B", help=guides)
    options.add_argument(
        "--likelihood", action="store_true", help="measure how probable the guides' steps are to a model"
    )
    options.add_argument("--judge", metavar="MODEL", help="a model that judges which steers hold the answer")
    control = "questions solved every time, to be guided as well"
    _add_numbers(options, {"guided": "the most questions in each subset of guidability", "control": control})


def _add_numbers(options: Parser, helps: Mapping[str, str]) -> None:
    for name, text in helps.items():
        options.add_argument(f"--{name}", type=int, metavar="N", help=text)


def _shares(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of shares such as 0,.2,.4") from None


def _variants(text: str) -> tuple[str, ...]:
    found = _names([text])
    for name in found:
        if name not in get_args(Variant):
            raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(get_args(Variant))}")
    return found


def _names(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for part in parts for name in part.split(","))


def request(arguments: argparse.Namespace, tests: Sequence[Test]) -> Request:
    """What the options ask for, and the file that they name.

    Raises:
        InvalidInput: the file cannot be read.
        InvalidData: it is not TOML or JSON, or has a key that the configuration does not have.
    """
    given = dict(vars(arguments))
    given.pop("log_samples", None)
    said = _file(given["config"]) if "config" in given else {}
    how = {name: said.pop(name) for name in (*_WHERE, *_HOW, *_ENGINE) if name in said}
    given = _as_options(given.pop("config"), how) | given if how else given
    lists: dict[str, Any] = {name: _names(given.pop(name, said.get(name, ()))) for name in _LISTS}
    paths = {name: given.pop(name, Path(said[name]) if name in said else None) for name in _PATHS}
    flags = {name: given.pop(name, name == "resume") for name in ("resume", "dry_run", "as_json", "quiet")}
    policy = FaultPolicy(
        retries=given.pop("retry_on_error", USUAL.retries), limit=given.pop("fail_on_error", USUAL.limit)
    )
    where = {name: given.pop(name, None) for name in _WHERE}
    processes = given.pop("data_parallel", 1)
    engine = engine_options(argparse.Namespace(**given))
    for name in ("config", *_ENGINE):
        given.pop(name, None)
    values = {name: value for name, value in said.items() if name not in (*_LISTS, *_PATHS)} | given
    if tuple(tests) != TWIN_TESTS:
        values["tests"] = tuple(tests)
    if isinstance(values.get("distractor"), tuple) and len(values["distractor"]) == 1:
        values["distractor"] = values["distractor"][0]
    preset(str(values.get("preset", "tiny")))
    return Request(
        values=values,
        data_parallel=processes,
        engine=engine,
        policy=policy,
        **lists,
        **paths,
        **where,
        **flags,
    )


class _InFile(Parser):
    """Reads the options of a file, whose faults are the file's."""

    def error(self, message: str) -> NoReturn:
        raise InvalidData(self.prog, message, "Write the value as the command line has it.")


def _as_options(path: Path, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says of how a run is made, read as the command line would be.

    Raises:
        InvalidData: a value that an option cannot have.
    """
    options = _InFile(prog=str(path), argument_default=argparse.SUPPRESS, add_help=False)
    _add_run(options)
    _add_engine(options)
    words = []
    for name, value in said.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words += [f"--{option}"] if value else ["--no-resume"] if name == "resume" else []
        else:
            words.append(f"--{option}={value}")
    return vars(options.parse_args(words))


def _file(path: Path) -> dict[str, Any]:
    read: Callable[[str], Any] = tomllib.loads if path.suffix == ".toml" else json.loads
    try:
        values = read(read_text(path))
    except (ValueError, RecursionError) as error:
        kind = "TOML" if path.suffix == ".toml" else "JSON"
        raise InvalidData(str(path), f"is not {kind} ({error})", "Give a .toml or a .json file.") from None
    known = {field.name for field in fields(RunConfig)} | {*_LISTS, *_PATHS, *_WHERE, *_HOW, *_ENGINE}
    if not isinstance(values, dict):
        raise InvalidData(str(path), "is not a table", f"Its keys may be {', '.join(sorted(known))}.")
    values = {name.replace("-", "_"): value for name, value in values.items()}
    if strange := sorted(values.keys() - known):
        raise InvalidData(str(path), f"has {', '.join(strange)}", f"Its keys may be {', '.join(sorted(known))}.")
    for name in values.keys() & {*_LISTS}:
        if not isinstance(values[name], list) or not all(isinstance(item, str) for item in values[name]):
            raise InvalidData(f"{path}: {name}", "is not a list of names", f'Write {name} = ["a", "b"].')
    for name in values.keys() & {*_PATHS}:
        value = values[name]
        if not isinstance(value, str) or not value or "\0" in value or has_half(value):
            raise InvalidData(f"{path}: {name}", "is not a path", f'Write {name} = "folder".')
    return values
