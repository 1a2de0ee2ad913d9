"""Hostile texts stay texts: in files that are taken away, in sessions that are brought in, on a terminal."""

import io
import json
import re
from html.parser import HTMLParser

import pytest
from hostile_texts import NAMES, OBEYED, TEXTS

from playground.app.relay.cast import Cast
from playground.app.relay.exports import exported
from playground.app.relay.opening import opened
from playground.branches import Branch, Ending, Tree
from playground.cli.border import run
from playground.cli.terminal import Terminal
from playground.errors import InvalidInput
from playground.store import Store, Work
from playground.trajectory import Author, Segment, Trajectory
from playground.visible import visible, visible_line


class Tags(HTMLParser):
    """The tags and attributes of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attrs)}


HEAD = {"html", "html lang", "meta", "meta charset", "meta name", "meta content", "title", "style"}
OURS = HEAD | {"p", "p class", "section", "section class", "b"}


def work(text: str) -> Work:
    author = Author(kind="model", name=text)
    shown = Trajectory(question=text, segments=(Segment(text=text, author=author),), gold=text)
    ending = Ending(outcome="wrong", why=text, answer=text)
    return Work(
        name=text, form={"model_a": text}, tree=Tree().grow(Branch(made="run", trajectory=shown, ending=ending))
    )


@pytest.mark.parametrize("text", TEXTS)
def test_a_page_to_share_holds_no_tag_but_our_own(text: str) -> None:
    saved = work(text)
    branch = saved.tree.branches[0]
    _, kind, page = exported("html", saved, branch.trajectory, branch.ending, Cast([text]))
    tags = Tags()
    tags.feed(page)
    assert kind == "text/html"
    assert tags.found <= OURS


@pytest.mark.parametrize("text", TEXTS)
def test_markdown_holds_a_text_in_code_alone(text: str) -> None:
    saved = work(text)
    branch = saved.tree.branches[0]
    _, _, page = exported("markdown", saved, branch.trajectory, branch.ending, Cast([text]))
    blocks = re.sub(r"^(```+)text\n.*?\n\1$", "", page, flags=re.MULTILINE | re.DOTALL)
    assert re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", blocks).split() == ["**Question**", "**A", "·", "**", "·", "answer"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("form", ["json", "session", "markdown", "html"])
def test_a_terminal_obeys_no_file(text: str, form: str) -> None:
    saved = work(text)
    branch = saved.tree.branches[0]
    assert not OBEYED & set(exported(form, saved, branch.trajectory, branch.ending, Cast([text]))[2])


@pytest.mark.parametrize("name", NAMES)
def test_a_files_name_leads_nowhere(name: str) -> None:
    saved = work(name)
    shown = saved.tree.branches[0].trajectory
    for form in ("session", "markdown", "html", "json"):
        file, _, _ = exported(form, saved, shown, None, Cast(["a"]))
        assert not set(file) & set('/\\:*?"<>|\0\n\r')
        assert not file.startswith((".", "-rf"))


@pytest.mark.parametrize("text", TEXTS)
def test_a_session_comes_back_as_it_was_brought_in_and_from_the_store(text: str) -> None:
    saved = work(text)
    _, _, file = exported("session", saved, saved.tree.branches[0].trajectory, None, Cast(["a"]))
    assert opened(file) == saved
    store = Store(None)
    store.save("key'; drop table work; --", "me", saved, [0])
    assert store.load("key'; drop table work; --") == saved


@pytest.mark.parametrize(
    "text",
    [
        '{"tree": {"branches": [], "path": [5], "place": 3}}',
        '{"tree": {"__class__": "os.system", "branches": []}}',
        '{"segments": [{"text": "x", "author": {"kind": "model", "name": "y"}, "evil": 1}], "question": "?"}',
        "[" * 100_000,
        '{"question": ' + "9" * 5000 + "}",
        "\x80\x04\x95\x1a\x00\x00\x00cos\nsystem\n",
        "--- !!python/object/apply:os.system ['true']",
    ],
)
def test_what_is_no_session_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(text)
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("text", TEXTS)
def test_a_terminal_obeys_no_text(text: str) -> None:
    out = io.StringIO()
    terminal = Terminal(out, colour=False)
    terminal.write(text, "")
    terminal.line(text, "")
    terminal.heading(text, "")
    assert not OBEYED & set(out.getvalue() + visible(text) + visible_line(text))


@pytest.mark.parametrize("text", TEXTS)
def test_an_error_that_repeats_a_text_is_one_harmless_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise InvalidInput(f"There is no {text}.", "Give another.")

    assert run(fail) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert not OBEYED & set(said)


def test_every_text_survives_as_json() -> None:
    assert json.loads(json.dumps(TEXTS)) == list(TEXTS)
