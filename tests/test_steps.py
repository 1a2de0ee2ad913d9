from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.steps import (
    SentenceReader,
    SentenceStream,
    StepStream,
    nearest_sentence_end,
    sentence_ends,
    split_sentences,
    split_steps,
    step_ends,
)

SINGLE = '.\n\r $\\{。!」…"x\u2028'
LONGER = [
    "So ",
    "3.14",
    ". ",
    "$$",
    "\\[",
    "\\]",
    "\\(",
    "\\)",
    "e.g. ",
    "Dr. ",
    "1. ",
    "? ",
    "\\begin{",
    "\\end{",
    "A. ",
    "Then",
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from([*SINGLE, *LONGER]), max_size=40).map("".join))


def in_pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({cut % (len(text) + 1) for cut in cuts} | {0, len(text)})
    return [text[start:end] for start, end in pairwise(places)]


@given(TEXTS)
def test_parts_join_to_the_text_and_none_is_empty(text):
    for split in (split_steps, split_sentences):
        parts = split(text)
        assert "".join(parts) == text
        assert all(parts)


@given(TEXTS)
def test_every_step_end_is_a_sentence_end(text):
    assert set(step_ends(text)) <= set(sentence_ends(text))


@given(TEXTS, st.lists(st.integers(0, 500)))
def test_any_split_into_deltas_gives_the_same_parts(text, cuts):
    for stream, split in ((StepStream(), split_steps), (SentenceStream(), split_sentences)):
        spans = [span for delta in in_pieces(text, cuts) for span in stream.feed(delta)] + stream.close()
        assert [text[span.start : span.end] for span in spans] == split(text)
        assert stream.tail == len(text)


@given(TEXTS, st.lists(st.integers(0, 500)))
def test_a_reader_hands_out_the_text_of_its_sentences(text, cuts):
    reader = SentenceReader()
    sentences = [found for delta in in_pieces(text, cuts) for found in reader.feed(delta)] + reader.close()
    assert [found.text for found in sentences] == split_sentences(text)
    assert all(found.text == text[found.span.start : found.span.end] for found in sentences)


@pytest.mark.parametrize(
    "text",
    [
        "Pi is 3.14159 or so",
        "Two cases, e.g. a line, i.e. a set of points, cf. Fig. 2 and Eq. (3), vs. none",
        "Dr. Smith and Mr. J. K. Rowling met John F. Kennedy of the U.S. Army",
        "Take $a. B$ and \\( x = 5. Y \\) as given",
        "The value \\left. \\frac{a}{b} \\right. Q is meant",
        "Hmm... let me see… yes",
        "The terms 1, 2, 3, ... 10 are all there",
        "Version v1.2.3 at https://example.org/a.b?c=1 works",
        "Then 5! is 120 and n! + 1 is odd",
        'She asked "why?" and left',
        "1. Foo the bar",
        "(a). Foo the bar",
        "**3.** Foo the bar",
        "See no. 5 and pp. 12 for more",
    ],
)
def test_these_are_one_sentence(text):
    assert split_sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is 27. So it is. Done", 3),
        ("Is it? Yes! It is.", 3),
        ('He said "no." Then (it rained.) Then it stopped.', 3),
        ("你好。世界！「对。」是吗？", 4),
        ("The answer is B. Then point C. The rest follows.", 3),
        ("He pays $5. She pays $6. They stop.", 3),
        ("It costs $x$. So pay \\(x\\). 15 are left of 30. x = 3.", 4),
        ("Hmm... Then it is 5… So it is 6", 3),
        ("The train leaves at 5 p.m. The bus waits.", 2),
        ("The answer is no. Then yes, etc. Then done.", 3),
        ("Note $x = 5.$ Then \\(y = 6.\\) Then stop.", 3),
    ],
)
def test_these_are_several_sentences(text, count):
    assert len(split_sentences(text)) == count


def test_a_step_ends_after_all_its_line_breaks():
    text = "\n One.\r\n\r\n  Two. Two\r\nThree\n \n\n"
    assert split_steps(text) == ["\n One.\r\n\r\n", "  Two. Two\r\n", "Three\n \n\n"]


def test_a_line_break_ends_a_sentence():
    assert split_sentences("So 15 + 12\nis 27") == ["So 15 + 12\n", "is 27"]


def test_a_display_block_is_not_broken_inside():
    text = "So\n\\[\nx = 5. \\\\[2pt]\nY\n\\]\n$$\na. B\n$$\n\\begin{align}\nx. Y\n\\end{align}\nDone."
    assert split_steps(text) == [
        "So\n",
        "\\[\nx = 5. \\\\[2pt]\nY\n\\]\n",
        "$$\na. B\n$$\n",
        "\\begin{align}\nx. Y\n\\end{align}\n",
        "Done.",
    ]


def test_a_blank_line_ends_a_step_even_in_an_open_display_block():
    assert split_steps("\\[ x\ny\n\nThen. Next\nlast") == ["\\[ x\ny\n\n", "Then. Next\n", "last"]


def test_a_step_is_sealed_by_the_first_visible_character_after_it():
    stream = StepStream()
    assert stream.feed("One.\n") == []
    assert stream.feed("\n ") == []
    assert [(span.start, span.end) for span in stream.feed("T")] == [(0, 6)]
    assert stream.tail == 6


@pytest.mark.parametrize(("offset", "end"), [(0, 0), (2, 0), (3, 5), (5, 5), (7, 5), (8, 10), (99, 14)])
def test_the_nearest_sentence_end_takes_the_earlier_of_two(offset, end):
    text = "One. Two. Five"
    assert sentence_ends(text) == [5, 10, 14]
    assert nearest_sentence_end(text, offset) == end


def test_the_cost_of_a_delta_does_not_grow_with_the_text():
    stream = SentenceStream()
    began = process_time()
    for _ in range(200_000):
        stream.feed("a\\[ ")
    assert [span.end for span in stream.close()] == [800_000]
    assert process_time() - began < 60  # copying the text at every delta would take many minutes
