import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.backtracking import MarkStream, find_marks
from playground.steps import SentenceReader

QUESTION = (
    "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers. "
    "How many stickers does Mia have now?"
)
BASELINE = re.compile(
    r"\W*(?:but )?(?:wait|hmm+|hold on|actually|no|oops|alternatively"
    r"|let me (?:re-?\w+|check|verify|double[- ]check))\b",
    re.IGNORECASE,
)
WORDS = [
    "Wait",
    ", ",
    "that is not right",
    ". ",
    "\n",
    "Hmm",
    "let me check",
    "Hold on",
    "not 14",
    "15",
    "maybe ",
    "? ",
    "But ",
]


def kinds(text: str, question: str = "") -> list[str]:
    return [mark.kind for mark in find_marks(text, question)]


@pytest.mark.parametrize(
    "text",
    [
        "Wait, that is not right. Let me go back to the question.",
        "Hold on, the question is about Mia and stickers, not Zoe.",
        "Wait, 24 - 9 is 15, not 14.",
        "So 24 - 9 = 14. Wait, 24 - 9 is 15, not 14.",
        "Wait, that is not what the question says. Let me start again.",
        "Hold on, this does not fit the question.",
        "No, that's wrong.",
        "Oops, I misread it.",
        "Let me start over.",
        "Maybe another approach would work. I should try that instead.",
    ],
)
def test_leaving_or_revising_a_step_is_backtracking(text):
    assert set(kinds(text, QUESTION)) == {"backtrack"}


@pytest.mark.parametrize(
    "text",
    [
        "Mia starts with 24 stickers.\nMia gives away 9 stickers, so 24 - 9 = 15.\n",
        "Then Mia buys 12 more stickers, so 15 + 12 = 27.\nThe 7 shells do not count.\nSo Mia has 27 stickers now.\n",
    ],
)
def test_a_trace_that_never_doubts_carries_no_mark(text):
    assert kinds(text, QUESTION) == []


def test_a_wait_alone_is_doubt_even_when_a_foreign_text_follows():
    text = "Mia starts with 24 stickers.\nWait. Let me think. Zoe starts with 51 shells.\nZoe buys 8, so 51 + 8 = 59.\n"
    assert [(mark.kind, text[mark.start : mark.end]) for mark in find_marks(text, QUESTION)] == [("uncertain", "Wait.")]


@pytest.mark.parametrize("text", ["Let me double-check that.", "To verify, 15 + 12 is 27.", "Yes, that is correct."])
def test_a_check_is_marked_as_one(text):
    assert kinds(text) == ["verify"]


def test_repeating_the_question_is_restating():
    assert kinds("Mia starts with 24 stickers and gives away 9, then buys 12 more.", QUESTION) == ["restate"]
    assert kinds("The question asks how many are left.") == ["restate"]


@pytest.mark.parametrize("text", ["Hmm, I'm not sure.", "But that seems odd.", "But wait, is it?"])
def test_doubt_without_revision_is_uncertain(text):
    assert kinds(text) == ["uncertain"]


def test_a_mark_names_its_evidence():
    (mark,) = find_marks("Wait, 24 - 9 is 15, not 14.")
    assert mark.why == "“not 14” corrects; “Wait” interrupts."


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join), st.integers(1, 9))
def test_any_split_into_deltas_gives_the_same_marks(text, size):
    stream = MarkStream(QUESTION)
    marks = [mark for start in range(0, len(text), size) for mark in stream.feed(text[start : start + size])]
    assert marks + stream.close() == find_marks(text, QUESTION)


@given(st.text())
def test_marks_stand_on_visible_text_in_order(text):
    marks = find_marks(text + " Hmm. " + text)
    assert all(
        not text_of[0].isspace() for mark in marks for text_of in [(text + " Hmm. " + text)[mark.start : mark.end]]
    )
    assert marks == sorted(marks, key=lambda mark: mark.start)


def read(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def held_out(question: object) -> bool:
    """The cues were chosen and their weights fitted on the other half of the questions."""
    return int(hashlib.sha256(str(question).encode()).hexdigest(), 16) % 2 == 0


def scores(verdicts: list[tuple[bool, bool]]) -> dict[str, float]:
    hits = sum(marked and gold for marked, gold in verdicts)
    precision = hits / sum(marked for marked, _ in verdicts)
    recall = hits / sum(gold for _, gold in verdicts)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}


def baseline_starts(text: str) -> list[int]:
    reader = SentenceReader()
    sentences = reader.feed(text) + reader.close()
    return [
        found.span.start + len(found.text) - len(found.text.lstrip())
        for found in sentences
        if BASELINE.match(found.text)
    ]


def placed(trace: dict) -> list[tuple[int, int, bool]]:
    """The labelled segments of a trace; where an offset does not match its text, the text is searched for."""
    text, found = trace["thinking_process"], []
    for segment in trace["segments"]:
        words, start = segment["text"], segment["start"]
        if start is None or text[start : start + len(words)] != words:
            start = text.find(words)
        if start >= 0:
            found.append((start, start + len(words), segment["label"] == "backtracking"))
    return found


def test_marks_beat_a_plain_pattern_on_segments_held_out(shared):
    traces = [one for one in read(shared / "data/labelled/segment_labels.jsonl") if held_out(one["idx"])]
    ours, plain = [], []
    for trace in traces:
        text = trace["thinking_process"]
        starts = [mark.start for mark in find_marks(text) if mark.kind == "backtrack"]
        theirs = baseline_starts(text)
        for first, last, gold in placed(trace):
            ours.append((any(first <= start < last for start in starts), gold))
            plain.append((any(first <= start < last for start in theirs), gold))
    print("\nbacktracking, held out:", scores(ours), "plain pattern:", scores(plain))
    assert scores(ours)["f1"] > scores(plain)["f1"]


def test_marks_beat_a_plain_pattern_on_doubt_held_out(shared):
    rows = [
        one for one in read(shared / "data/labelled/sentence_tags.jsonl") if held_out(one["trace_id"].split("/")[-1])
    ]
    gold = ["uncertainty_management" in row["function_tags"] for row in rows]
    marked = [any(mark.kind != "restate" for mark in find_marks(row["chunk"])) for row in rows]
    plain = [bool(BASELINE.match(row["chunk"])) for row in rows]
    ours, theirs = scores(list(zip(marked, gold, strict=True))), scores(list(zip(plain, gold, strict=True)))
    print("\nuncertainty, held out:", ours, "plain pattern:", theirs)
    assert ours["f1"] > theirs["f1"]
