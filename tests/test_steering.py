import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.pieces import piece_ends
from playground.errors import InvalidInput
from playground.steering import Cut, compose, first_paragraph, first_sentences, split_chunks, window
from playground.steps import sentence_ends

# 16 words in four sentences, which end at 20, 42, 66 and 100.
OWN = "One two three four. Five six seven eight.\nNine ten eleven twelve. Thirteen fourteen fifteen sixteen."
# Ten words in five sentences.
STEER = "Red blue. Pink grey.\nBlack white. Gold iron. Lead zinc."

TEXTS = st.lists(st.sampled_from(["one ", "two. ", "three?\n", "Four!\n\n", "$a.b$ ", "5.2 ", "é。"])).map("".join)


def words(prefix: str, count: int) -> str:
    return " ".join(f"{prefix}{number}" for number in range(count))


@pytest.mark.parametrize(
    ("own", "text"),
    [
        (0.0, "Red blue. "),
        (0.2, "One two three four.\nWait. Let me think. Red blue. "),
        (0.4, "One two three four.\nWait. Let me think. Red blue. "),
        (0.6, "One two three four. Five six seven eight.\nWait. Let me think. Red blue. "),
        (0.8, "One two three four. Five six seven eight.\nNine ten eleven twelve.\nWait. Let me think. Red blue. "),
    ],
)
def test_the_paper_cuts_at_the_nearest_sentence_end_and_says_wait(own, text):
    assert compose(OWN, STEER, Cut(own=own, steer=0.2), piece_ends).text == text


def test_a_foreign_steer_is_measured_in_tokens_of_the_model_under_test():
    steer, cut = "a b c d e f. Incomprehensibilities.\nShort one.", Cut(steer=0.6)
    assert compose("", steer, cut, piece_ends).text == "a b c d e f. "
    characters = compose("", steer, cut, lambda text: range(1, len(text) + 1))
    assert characters.text == "a b c d e f. Incomprehensibilities.\n"


@pytest.mark.parametrize(
    ("steer", "text"),
    [
        (0.2, "Red blue. "),
        (0.4, "Red blue. Pink grey.\n"),
        (0.6, "Red blue. Pink grey.\nBlack white. "),
        (0.8, "Red blue. Pink grey.\nBlack white. Gold iron. "),
        (1.0, STEER),
    ],
)
def test_a_guide_stands_alone_at_the_start(steer, text):
    assert compose("", STEER, Cut(steer=steer), piece_ends).text == text


def test_the_release_joins_whole_chunks_with_its_own_phrase():
    own = "\n\n".join(words(name, 40) for name in "abcde")
    steer = "\n\n".join(words(name, 50) for name in "vwxyz")
    steered = compose(own, steer, Cut(own=0.4, steer=0.2, protocol="release"), piece_ends)
    assert steered.text == words("a", 40) + words("b", 40) + "\nLet me think." + words("v", 50)


def test_the_release_puts_the_steer_alone_at_the_start():
    steer = "\n\n".join(words(name, 50) for name in "vwxyz")
    assert compose("own", steer, Cut(steer=0.4, protocol="release"), piece_ends).text == words("v", 50) + words("w", 50)


@pytest.mark.parametrize(
    ("blocks", "chunks"),
    [
        ([words("a", 61)], [words("a", 60), "a60"]),
        ([words("a", 40), words("b", 20)], [words("a", 40) + "\n\n" + words("b", 20)]),
        ([words("a", 40), words("b", 21)], [words("a", 40), words("b", 21)]),
        ([words("a", 10), words("b", 30)], [words("a", 10), words("b", 30)]),
        (
            [words("a", 10), words("b", 29), words("c", 21)],
            ["\n\n".join([words("a", 10), words("b", 29), words("c", 21)])],
        ),
        (["", "  ", words("a", 30)], [words("a", 30)]),
    ],
)
def test_chunks_have_thirty_to_sixty_words(blocks, chunks):
    assert split_chunks("\n\n".join(blocks)) == chunks


@given(TEXTS, st.floats(0, 1))
def test_a_part_is_a_beginning_that_ends_with_a_sentence(text, proportion):
    part = first_sentences(text, proportion, piece_ends)
    assert text.startswith(part)
    assert len(part) in sentence_ends(text) or text == ""


@given(TEXTS, TEXTS, st.sampled_from([0, 0.2, 0.4, 0.6, 0.8]), st.sampled_from(["paper", "release"]))
def test_the_three_parts_are_the_text(own, steer, position, protocol):
    steered = compose(own, steer, Cut(own=position, steer=0.2, protocol=protocol), piece_ends)
    assert steered.text == steered.own + steered.transition + steered.steer
    assert (steered.transition == "") == (position == 0)


@given(TEXTS)
def test_chunks_keep_every_word_in_order(text):
    assert " ".join(split_chunks(text)).split() == text.split()


def test_the_transition_can_be_replaced():
    assert (
        compose(OWN, STEER, Cut(own=0.2, transition=" Hm. "), piece_ends).text == "One two three four. Hm. Red blue. "
    )


def test_a_short_proportion_of_a_long_sentence_keeps_the_sentence():
    assert first_sentences("one two three four five six seven eight. End.", 0.1, piece_ends) == (
        "one two three four five six seven eight. "
    )


def test_the_first_paragraph_is_kept_and_that_of_the_steer_left_out():
    own, steer = "One two.\n\nThree four. Five six.", "Red.\n\nBlue grey. Gold."
    cut = Cut(own=0.0, steer=0.2, first_paragraph=True)
    assert compose(own, steer, cut, piece_ends).text == "One two.\nWait. Let me think. Blue grey. "
    assert first_paragraph("a\nb\nc") == "a\n"
    assert first_paragraph("a only") == "a only"


@given(TEXTS, st.sampled_from([0.2, 0.4, 0.6, 0.8]), st.sampled_from(["paper", "release"]))
def test_a_window_goes_on_where_the_kept_part_stops(text, position, protocol):
    kept, following = window(text, Cut(own=position, steer=0.2, protocol=protocol), piece_ends)
    if protocol == "paper":
        assert text.startswith(kept + following)
    assert "".join((kept + following).split()) == "".join(text.split())[: len("".join((kept + following).split()))]


@pytest.mark.parametrize(
    ("own", "steer"), [(-0.1, 0.2), (1.0, 0.2), (0.0, 0.0), (0.0, 1.1), (0.6, 0.6), (float("nan"), 0.2)]
)
def test_impossible_proportions_are_refused(own, steer):
    with pytest.raises(InvalidInput, match="impossible"):
        Cut(own=own, steer=steer)
