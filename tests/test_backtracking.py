import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled import scores, segments, sentences

from playground.backtracking import MarkStream, find_marks
from playground.cues import CUES
from playground.phrase import folded

QUESTION = (
    "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers. "
    "How many stickers does Mia have now?"
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
        "Let's go back to the question.",
        "Let's re-evaluate the expression.",
        "There is an error in the code. Let's correct it.",
        "Maybe another approach would work. I should try that instead.",
        "So I must have made a mistake in one of the steps.",
        "Therefore, there must be an error here.",
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


@pytest.mark.parametrize(
    "text",
    [
        "Hmm, I'm not sure.",
        "Hmm, not obvious.",
        "But that seems odd.",
        "But that's odd.",
        "But wait, is it?",
        "So clearly this is wrong.",
    ],
)
def test_doubt_without_revision_is_uncertain(text):
    assert kinds(text) == ["uncertain"]


def test_an_odd_number_is_no_doubt():
    assert kinds("But all odd numbers are losing positions.") == []


@pytest.mark.parametrize(
    "text", ["Wait — let's double-check.", "But that can't be right.", "Wait, that's not what the question says."]
)
def test_an_apostrophe_may_be_curly(text):
    curly = [(mark.kind, mark.start, mark.end) for mark in find_marks(text.replace("'", "’"))]
    assert curly == [(mark.kind, mark.start, mark.end) for mark in find_marks(text)] != []


def test_a_mark_names_its_evidence():
    (mark,) = find_marks("Wait, 24 - 9 is 15, not 14.")
    assert mark.why == "“not 14” corrects; “Wait” interrupts."


SAID = """wait, but|wait, so|hold on|hang on|hmmm|but no, it is|actually|alternatively, perhaps|maybe|but|so|3|why?
wait a second.|another way|a different method|alternative option|i could try|i should|instead|not so sure
unsure|uncertain|confusing|unclear|i wonder|stuck|complicated|tricky|conflicting|inconsistent
contradiction|that's odd|strange|weird|different from|seems too|earlier|we might have|previously|initially
i thought|not right|doesn't work|wrong|incorrect|error|mistaken|misread|mistook|misunderstood|miscounted
miscalculated|oops|scratch that|my mistake|my bad|nevermind|never mind|wait, this is not right
no, it isn't what|wait, that's all wrong|oh, this is an error|wait, it was a mistake|wait, 15, not 14
let me go back|we step back|i backtrack|let's start over|let's start from scratch|let us begin it again
i think of it again|we read it again|let me rethink|let me re-think|i must reconsider|i re-read
let's re-evaluate|we should re-examine|let me redo|i'll re-do|let us correct it
i must have made a mistake|there is an error|my slip was|it was wrong|i messed up"""
"""Something that each cue finds, in each of its wordings."""
ODD_LETTERS = str.maketrans({"s": "ſ", "i": "ı", "k": "\u212a"})


def test_each_cue_is_looked_for_wherever_its_pattern_is_found():
    wordings = SAID.replace("\n", "|").split("|")
    texts = [form for text in wordings for form in (text, text.upper(), text.translate(ODD_LETTERS), f"İ {text}")]
    found = {(cue, text) for text in texts for cue in CUES if cue.phrase.pattern.search(text)}
    assert {cue for cue, _ in found} == set(CUES)
    assert all(cue.phrase.find(text, folded(text)) for cue, text in found)


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join), st.integers(1, 9))
def test_any_split_into_deltas_gives_the_same_marks(text, size):
    stream = MarkStream(QUESTION)
    marks = [mark for start in range(0, len(text), size) for mark in stream.feed(text[start : start + size])]
    assert marks + stream.close() == find_marks(text, QUESTION)


@given(st.text())
def test_marks_stand_on_visible_text_in_order(text):
    written = f"{text} Hmm. {text}"
    marks = find_marks(written)
    assert not any(written[mark.start].isspace() for mark in marks)
    assert marks == sorted(marks, key=lambda mark: mark.start)


def test_marks_beat_a_plain_pattern_on_segments_held_out(shared):
    ours, plain = map(scores, segments(shared, ("backtrack",), ("backtracking",)))
    assert ours["f1"] > plain["f1"]


def test_marks_beat_a_plain_pattern_on_doubt_held_out(shared):
    ours, plain = map(scores, sentences(shared, "uncertainty_management"))
    assert ours["f1"] > plain["f1"]
