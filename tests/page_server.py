"""Serves the page with models that the browser tests know: `python page_server.py PORT LOG [TRACE SPEED]`.

The runs that can be read lie in the folder `runs` beside the log.
A trace is a model called `recording`, played at so many tokens a second. The other engines are scripted; each stream
that ends writes a line to LOG: the model, and how much of it was read.
"""

import json
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from threading import Event

from hostile_texts import ON_PAGES, TEXTS

from playground.app.layout import build_app
from playground.app.network.address import Network
from playground.app.questions import QuestionList, with_folder
from playground.app.server import listen
from playground.engine.base import Completion, Delta, Engine, Indexed, Request
from playground.engine.pool import Pool
from playground.engine.scripted import Script, ScriptedEngine
from playground.engine.story_script import story_script
from playground.models import ModelCard
from playground.runs.folders import RunFolders
from playground.store import Store
from playground.thinking import BRACKET_TAGS, QWEN3_TAGS

HOSTILE = (
    '<img src=x onerror="window.hacked=1"> **bold** `${window.hacked=2}` {{value}} <script>window.hacked=3</script>'
)
LONG = "".join(f"Line {n} adds {n} to the sum.\n" for n in range(400))


class LoggedEngine(ScriptedEngine):
    """A scripted engine that tells when a stream or a batch ends, and how much of it was read."""

    log: Path

    def stream(self, request: Request) -> Iterator[Delta | Completion]:
        stream = super().stream(request)
        read = 0
        try:
            for item in stream:
                read += 1
                yield item
        finally:
            stream.close()
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"{self.identity.model} {read}\n")

    def _group(self, requests: Sequence[Request], prompt_tokens: list[int], closed: Event) -> Generator[Indexed]:
        written = 0
        try:
            for item in super()._group(requests, prompt_tokens, closed):
                written += 1
                yield item
        finally:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"{self.identity.model} {written}\n")


class KnownPool(Pool):
    """Hands out the engines it was made with; any other is loaded as usual."""

    def __init__(self, engines: dict[str, Engine]) -> None:
        super().__init__()
        self._known = engines

    def loaded_engine(self, card: ModelCard) -> Engine | None:
        return self._known.get(card.name) or super().loaded_engine(card)

    def get(self, card: ModelCard, on_progress: Callable[[str], None] | None = None) -> Engine:
        if card.name == "late":
            time.sleep(1)
        return self._known.get(card.name) or super().get(card, on_progress)


def _with_other_tags(prompt: str, seed: int) -> str:
    return story_script(prompt, seed).replace("<think>", "[THINK]").replace("</think>", "[/THINK]")


def _card(name: str, **options: float) -> ModelCard:
    return ModelCard(name=name, engine="scripted", source="", think=QWEN3_TAGS, options=options)


CARDS = (
    _card("quick"),
    ModelCard(name="other-tags", engine="scripted", source="", think=BRACKET_TAGS),
    _card("slow"),
    _card("endless"),
    _card("late"),
    _card("hostile"),
    _card(ON_PAGES[0]),
    _card("narrow", context_length=12),
    ModelCard(name="broken", engine="replay", source="no-such-file.json", think=QWEN3_TAGS),
    ModelCard(name="away", engine="transformers", source="no-such-folder", think=QWEN3_TAGS),
)


def recording(trace: str, speed: str) -> ModelCard:
    options = {"tokens_per_second": float(speed)}
    return ModelCard(name="recording", engine="replay", source=trace, think=QWEN3_TAGS, options=options)


def main(port: int, log: Path, *trace: str) -> None:
    LoggedEngine.log = log
    scripts: dict[str, Script] = {
        "quick": story_script,
        "other-tags": _with_other_tags,
        "slow": story_script,
        "late": story_script,
        "endless": lambda _prompt, _seed: LONG,
        "hostile": lambda _prompt, _seed: f"{HOSTILE}\n\n{HOSTILE}\n</think>\n\n{HOSTILE}",
    }
    scripts[ON_PAGES[0]] = lambda _prompt, _seed: "\n\n".join(TEXTS) + "\n</think>\n\n" + "\n\n".join(TEXTS)
    paces = {"slow": 0.1, "endless": 0.05}
    engines: dict[str, Engine] = {
        name: LoggedEngine(script, name, token_seconds=paces.get(name, 0.0)) for name, script in scripts.items()
    }
    store = Store(log.with_suffix(".sqlite"))
    cards = (*CARDS, recording(*trace)) if trace else CARDS
    runs, questions = RunFolders(log.parent / "runs"), _questions(log.with_name("questions"))
    listen(build_app(KnownPool(engines), cards, store, runs, questions), Network(port=port))


def _questions(folder: Path) -> QuestionList:
    """The shipped ones, and one of a file beside the log."""
    folder.mkdir(exist_ok=True)
    row = {"id": "mine-1", "problem": "What is half of one?", "answer": r"\frac{1}{2}"}
    (folder / "mine.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return with_folder(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
