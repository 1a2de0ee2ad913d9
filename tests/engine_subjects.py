"""The engines that are held to the contract, each with what it is expected to write."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from playground.engine.base import Engine
from playground.engine.replay import ReplayEngine
from playground.engine.scripted import ScriptedEngine
from playground.engine.server.card import served_card
from playground.engine.server.engine import ServerEngine
from playground.engine.transformers.checkpoint import Source, load_checkpoint
from playground.engine.transformers.engine import TransformersEngine
from playground.models import find_card

TRACE = "The sun ☀️ shines on the 🦊.\nSo 24 - 9 = 15.\nWait, that is not right. Let me go back.\n</think>\n\n15"
PROMPT = "Leo has 7 shells. Leo buys 12 more shells"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An engine under test and what it is expected to write."""

    engine: Engine
    prompt: str
    samples: bool = True
    """Another seed may give another text."""
    too_long: str = "word " * 400
    block: int = 1
    """Tokens that its prefix cache keeps or drops together."""
    several_tokens: str = "🦊"
    """A character of several tokens that it writes after "The sun"."""
    surroundings: ExitStack = field(default_factory=ExitStack)
    """What is to be cleaned up when the engine is closed."""


def _script(prompt: str, seed: int) -> str:
    return TRACE if seed % 2 else TRACE.replace("15", "16")


def _scripted(checkpoint: Path) -> Subject:
    return Subject(engine=ScriptedEngine(_script, context_length=256), prompt=PROMPT)


def _replay(checkpoint: Path) -> Subject:
    return Subject(engine=ReplayEngine(TRACE), prompt=PROMPT, samples=False, too_long="word " * (1 << 20))


def _transformers(checkpoint: Path) -> Subject:
    loaded = load_checkpoint(Source(location=str(checkpoint), device="cpu"))
    return Subject(engine=TransformersEngine(loaded, "tiny", batch_size=3), prompt="Mia starts with 24")


def _server(checkpoint: Path) -> Subject:
    from served import served

    surroundings = ExitStack()
    card = served_card(find_card(surroundings.enter_context(served(checkpoint))["full"]))
    return Subject(engine=ServerEngine.load(card), prompt="Mia starts with 24", surroundings=surroundings)


SUBJECTS: dict[str, Callable[[Path], Subject]] = {
    "scripted": _scripted,
    "replay": _replay,
    "transformers": _transformers,
    "server": _server,
}
