"""Second opinions: a judge, a person, and what counts in the end."""

import pytest

from playground.engine.scripted import ScriptedEngine
from playground.errors import InvalidData, InvalidInput, RunError
from playground.grading.judge import INSTRUCTIONS, LONGEST_ANSWER, Case, Judge
from playground.grading.reviews import (
    OPINIONS_FILE,
    OVERRIDES_FILE,
    Opinion,
    Override,
    add,
    disagreements,
    override,
    read_reviews,
    settled,
)
from playground.models import ModelCard
from playground.thinking import QWEN3_TAGS

CARD = ModelCard(name="judge", engine="scripted", source="", think=QWEN3_TAGS)
YES = Opinion(id="a", outcome="correct", judge="judge", said="Same: yes")
NO = Opinion(id="a", outcome="wrong", judge="judge", said="Same: no")
UNSAID = Opinion(id="a", outcome="error", judge="judge", said="")


def by_digits(prompt: str, seed: int) -> str:
    """A judge that compares the digits of reference and answer."""
    gold, answer = (prompt.partition(f"<{mark}>")[2].partition(f"</{mark}>")[0] for mark in ("reference", "answer"))
    same = [c for c in gold if c.isdigit()] == [c for c in answer if c.isdigit()]
    return f"Same: no would be hasty.</think>I compare them.\n\n**Same: {'yes' if same else 'no'}**"


def opinions(*cases: Case, script=by_digits) -> dict[str, Opinion]:
    with ScriptedEngine(script) as engine:
        return {opinion.id: opinion for opinion in Judge(engine, CARD).opinions(cases)}


def case(id_: str, gold: str, answer: str) -> Case:
    return Case(id=id_, question="How many?", gold=gold, answer=answer)


def test_a_judge_says_what_it_thinks_after_its_thinking():
    found = opinions(case("a", "27", "twenty (27)"), case("b", "27", "28"))
    assert {id_: opinion.outcome for id_, opinion in found.items()} == {"a": "correct", "b": "wrong"}
    assert found["a"].judge == "judge"
    assert "Same: yes" in found["a"].said


def never_done(prompt: str, seed: int) -> str:
    return "Same: yes, or"


def test_a_judge_that_does_not_finish_thinking_has_no_opinion():
    assert opinions(case("a", "27", "27"), script=never_done)["a"].outcome == "error"


def test_a_judge_of_nothing_is_asked_nothing():
    assert opinions() == {}


def test_a_judge_is_shown_the_end_of_no_endless_answer():
    prompt = case("a", "27", "7" * 10_000).prompt
    assert "7" * LONGEST_ANSWER in prompt
    assert len(prompt) < len(INSTRUCTIONS) + LONGEST_ANSWER + 100


@pytest.mark.parametrize(
    ("rules", "opinion", "outcome"),
    [
        ("wrong", YES, "correct"),
        ("wrong", NO, "wrong"),
        ("wrong", UNSAID, "wrong"),
        ("wrong", None, "wrong"),
        ("correct", NO, "correct"),
        ("no_answer", YES, "no_answer"),
    ],
)
def test_a_judge_counts_only_where_the_rules_say_wrong(rules, opinion, outcome):
    assert settled(rules, opinion) == outcome


def test_a_person_counts_most():
    decision = override("a", "wrong", author="Ada", reason="The question asks for metres.")
    assert settled("correct", YES, decision) == "wrong"
    assert settled("wrong", YES, decision) == "wrong"


@pytest.mark.parametrize(("author", "reason"), [("", "because"), ("Ada", " ")])
def test_a_person_says_who_and_why(author, reason):
    with pytest.raises(InvalidInput, match="author and a reason"):
        override("a", "wrong", author=author, reason=reason)


def test_every_view_is_kept_and_the_last_one_is_read(tmp_path):
    first, last = (override("a", outcome, author="Ada", reason="é\u2028\x85è") for outcome in ("wrong", "correct"))
    for review in (first, last, override("b", "error", author="Bo", reason="the data")):
        add(tmp_path / OVERRIDES_FILE, review)
    assert (tmp_path / OVERRIDES_FILE).read_text("utf-8").count("\n") == 3
    assert read_reviews(tmp_path / OVERRIDES_FILE, Override)["a"] == last
    assert read_reviews(tmp_path / OPINIONS_FILE, Opinion) == {}


def test_a_damaged_view_is_named_by_its_line(tmp_path):
    add(tmp_path / OPINIONS_FILE, YES)
    with (tmp_path / OPINIONS_FILE).open("a", encoding="utf-8") as file:
        file.write('{"id": "b"}\n')
    with pytest.raises(InvalidData, match="line 2"):
        read_reviews(tmp_path / OPINIONS_FILE, Opinion)


def test_a_view_that_cannot_be_kept_is_told(tmp_path):
    with pytest.raises(RunError, match="cannot be written"):
        add(tmp_path / "nowhere" / OPINIONS_FILE, YES)


def test_disagreements_are_listed():
    rules = {"a": "wrong", "b": "wrong", "c": "wrong", "d": "correct"}
    views = {"a": YES, "b": NO, "c": UNSAID}
    assert disagreements(rules, views) == ["a"]
