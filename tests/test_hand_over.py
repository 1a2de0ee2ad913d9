import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import InvalidInput
from playground.hand_over import Rule, RuleWatch, ScheduleEntry, check_quick, parse_schedule
from playground.steps import sentence_ends, step_ends

TEXT = "One two. Three.\nFour, wait a moment.\n\nFive six. Seven.\n"
DELTAS = st.lists(
    st.sampled_from(["One ", "two. ", "Three.\n", "Wa", "it", ", no.\n\n", "é", "5.2 "]), min_size=1, max_size=12
)


def ending(rule: str, deltas: list[str]) -> int | None:
    """The offset at which the rule ends the turn, each delta counted as one token."""
    watch = RuleWatch(Rule.parse(rule))
    found = (watch.feed(delta, 1) for delta in deltas)
    return next((end for end in found if end is not None), None)


@pytest.mark.parametrize(
    "text", ["tokens:1", "sentences:3", "steps:2", "percent:40", "cue:Wait|Hmm", "cue:a:b", "entropy:2.5", "close"]
)
def test_a_rule_is_written_as_it_is_read(text):
    assert str(Rule.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "steps",
        "steps:",
        "steps:0",
        "steps:-1",
        "steps:two",
        "steps:1.5",
        "percent:101",
        "cue:",
        "close:1",
        "entropy:0",
        "entropy:-1",
        "entropy:much",
        "until:3",
        "steps:²",
    ],
)
def test_what_is_no_rule_is_refused_with_the_forms(text):
    with pytest.raises(InvalidInput, match=r"tokens:K sentences:K steps:K"):
        Rule.parse(text)


def test_a_broken_cue_is_refused_with_the_reason():
    with pytest.raises(InvalidInput, match="not a regular expression: unterminated"):
        Rule.parse("cue:[a")
    with pytest.raises(InvalidInput, match="not a regular expression: the repetition"):
        Rule.parse("cue:a{99999999999999999999}")
    with pytest.raises(InvalidInput, match="201 characters"):
        Rule.parse("cue:" + "(" * 201)


NEVER_ENDING = (r"(\w+\s?)+!", "(a|a)*b", "a*a*b", "x?" * 9, "(a|a)" * 9, "(a{9}){9}")
WELL_HIDDEN = ("(?x)(?:.|.) *!", "(?i-sx:(?:.|.) *!)", r"(.*)\1\1!", "(?P<a>.*)(?P=a)!")


@pytest.mark.parametrize("cue", [*NEVER_ENDING, *WELL_HIDDEN])
def test_a_cue_that_may_take_for_ever_is_refused_to_visitors(cue):
    with pytest.raises(InvalidInput, match="too long to look for"):
        check_quick(Rule.parse(f"cue:{cue}"))


@pytest.mark.parametrize("rule", ["steps:2", "close", "cue:(?i)wait|hold on|hmm+", r"cue:Let me .*again\.?"])
def test_other_rules_are_quick(rule):
    check_quick(Rule.parse(rule))


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("steps:1", "One two. Three.\n"),
        ("steps:2", "One two. Three.\nFour, wait a moment.\n\n"),
        ("sentences:1", "One two. "),
        ("sentences:4", "One two. Three.\nFour, wait a moment.\n\nFive six. "),
        ("cue:wa.t", "One two. Three.\nFour, wait"),
        ("cue:[Ww]ait a", "One two. Three.\nFour, wait a"),
    ],
)
def test_a_turn_ends_where_its_rule_says(rule, kept):
    assert ending(rule, list(TEXT)) == ending(rule, [TEXT]) == len(kept)


def test_a_token_rule_counts_the_tokens_of_each_delta():
    watch = RuleWatch(Rule.parse("tokens:3"))
    assert [watch.feed("ab", 1), watch.feed("c", 2)] == [None, 3]


@pytest.mark.parametrize("rule", ["steps:9", "sentences:9", "cue:Never", "close", "percent:40", "tokens:999"])
def test_a_rule_that_does_not_fire_ends_nothing(rule):
    assert ending(rule, list(TEXT)) is None


def test_a_cue_is_not_found_across_steps():
    assert ending("cue:moment.*Five", list(TEXT)) is None


@given(DELTAS, st.integers(1, 3))
def test_steps_and_sentences_end_where_the_text_says_however_it_arrives(deltas, count):
    text = "".join(deltas)
    for rule, ends in (("steps", step_ends(text)), ("sentences", sentence_ends(text))):
        sealed = [end for end in ends if text[end:].strip()]  # the last one might still go on
        assert ending(f"{rule}:{count}", deltas) == (sealed[count - 1] if count <= len(sealed) else None)


@given(DELTAS)
def test_a_cue_ends_at_the_same_place_however_it_arrives(deltas):
    assert ending("cue:Wait", deltas) == ending("cue:Wait", list("".join(deltas)))


def test_a_schedule_names_writers_and_steps():
    assert parse_schedule("A:2, B:1 ,A:3", 2) == (ScheduleEntry(0, 2), ScheduleEntry(1, 1), ScheduleEntry(0, 3))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not a turn"),
        ("A", "is not a turn"),
        ("A:0", "is not a turn"),
        ("A:2;B:1", "is not a turn"),
        ("a:1", "is not a turn"),
        ("A:1,C:1", "names C, but there are 2"),
    ],
)
def test_what_is_no_schedule_is_refused(text, problem):
    with pytest.raises(InvalidInput, match=problem):
        parse_schedule(text, 2)
