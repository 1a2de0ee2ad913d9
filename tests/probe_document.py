"""What `assets/probes.md` says that `probe` says, by the model that is asked."""

import re

from tests.layout import ROOT

EXAMPLE = re.compile(r"^\$ python -m playground probe (.+?)\n(.+?)^```$", re.MULTILINE | re.DOTALL)


def documented() -> dict[str, list[str]]:
    """The lines below each command."""
    text = (ROOT / "assets" / "probes.md").read_text(encoding="utf-8")
    return {words: said.splitlines() for words, said in EXAMPLE.findall(text)}
