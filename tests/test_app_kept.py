"""What visitors work on is kept in memory while somebody looks at it, and not more than memory bears."""

from dataclasses import dataclass, field
from time import monotonic

from playground.app.kept import Kept, Most


@dataclass
class Piece:
    """A piece of work."""

    tokens: int = 0
    writing: bool = False
    looked: float = field(default_factory=monotonic)


def kept(**most: int) -> Kept[Piece]:
    return Kept(Most(**{"seconds": 60, "pieces": 100, "tokens": 1000, **most}))


def test_there_is_one_piece_of_work_under_a_key() -> None:
    work = kept()
    made = work.find_or_make("mine", Piece)
    assert work.find_or_make("mine", Piece) is made
    assert work.find("mine") is made
    assert work.find("another's") is None


def test_what_nobody_looks_at_is_let_go_and_what_is_written_is_not() -> None:
    work = kept()
    for key, writing in (("left", False), ("written", True)):
        work.put(key, Piece(writing=writing, looked=monotonic() - 61))
    work.put("new", Piece())
    assert work.find("left") is None
    assert work.find("written") is not None


def test_of_too_many_those_looked_at_longest_ago_are_let_go() -> None:
    work = kept(pieces=3)
    for key in "abc":
        work.put(key, Piece())
    work.find("a")
    work.put("d", Piece())
    assert [key for key in "abcd" if work.find(key)] == ["a", "c", "d"]


def test_of_too_many_tokens_those_looked_at_longest_ago_are_let_go() -> None:
    work = kept(tokens=100)
    for key, tokens in (("small", 1), ("large", 200), ("last", 99)):
        work.put(key, Piece(tokens=tokens))
    work.put("new", Piece())
    assert [key for key in ("small", "large", "last", "new") if work.find(key)] == ["last", "new"]
