"""The two styles of thinking: they end in the gold, and no other question's trace is in them."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from playground.reasoners import traces
from playground.reasoners.questions import MIA, generate_story
from playground.reasoners.reflection import reflective
from playground.reasoners.story import NAMES, THINGS, Move, Story

STORIES = st.builds(lambda seed, k: generate_story(Random(seed), k), st.integers(0, 10**6), st.integers(2, 10))
SEEDS = st.integers(0, 10**6)
DOUBTS = re.compile(r"Wait|Hold on|Let me check")


def concluded(thinking: str) -> list[str]:
    return re.findall(r"^So (\w+ has \d+ \w+)", thinking, re.MULTILINE)


def gold(story: Story) -> str:
    return f"{story.hero} has {story.answer} {story.thing}"


def test_plain_thinking_about_the_example() -> None:
    lines = traces.plain(MIA, Random(1)).splitlines()
    assert lines[0] == "Mia now starts with 24 stickers."
    assert lines[1].startswith("Mia gives away 9 stickers")
    assert lines[1].endswith("24 - 9 = 15.")
    assert lines[2].startswith("Then Mia buys 12 more stickers")
    assert lines[2].endswith("15 + 12 = 27.")
    assert lines[3].startswith("So Mia has 27 stickers")


def test_a_move_between_two_people_says_where_the_things_go() -> None:
    given, giving = (Move(verb=verb, amount=6, partner="Leo") for verb in ("be given", "give"))
    story = Story(hero="Mia", thing="stickers", start=24, events=(given, giving))
    lines = traces.plain(story, Random(0)).splitlines()
    assert lines[1].startswith("Leo gives Mia 6 stickers. They go to Mia now")
    assert lines[2].startswith("Mia gives Leo 6 stickers. They go to Leo")
    assert "Leo now" not in lines[2]


@given(STORIES, SEEDS)
def test_the_terse_style_says_nothing_of_receivers(story: Story, seed: int) -> None:
    thinking = traces.terse(story, Random(seed))
    assert "They go" not in thinking
    assert thinking.splitlines()[0] == story.opening_sentence


@given(STORIES, SEEDS)
def test_both_styles_end_in_the_gold(story: Story, seed: int) -> None:
    for style in (traces.plain, reflective):
        thinking = style(story, Random(seed))
        assert concluded(thinking)[-1] == gold(story)
        assert thinking.endswith("\n")
        assert "\n\n" not in thinking
    assert traces.answer(story).endswith(f"The answer is \\boxed{{{story.answer}}}.")


@given(STORIES, SEEDS)
def test_plain_thinking_is_right_and_never_doubts(story: Story, seed: int) -> None:
    thinking = traces.plain(story, Random(seed))
    assert not DOUBTS.search(thinking)
    assert all(eval(left) == int(right) for left, right in re.findall(r"(\d+ [+-] \d+) = (\d+)", thinking))


@given(STORIES, SEEDS)
def test_every_wrong_sum_is_corrected_at_once(story: Story, seed: int) -> None:
    lines = reflective(story, Random(seed)).splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        for left, right in re.findall(r"(\d+ [+-] \d+) = (\d+)", line):
            assert eval(left) == int(right) or following == f"Wait, {left} is {eval(left)}, not {right}."


@given(STORIES, SEEDS)
def test_nothing_is_concluded_about_anybody_else(story: Story, seed: int) -> None:
    assert set(concluded(reflective(story, Random(seed)))) == {gold(story)}


@given(STORIES, SEEDS)
def test_a_misreading_keeps_a_part_of_the_question(story: Story, seed: int) -> None:
    """No line has another hero, another thing and another amount at once, as a line of another question has."""
    told = {str(story.start), *re.findall(r"\d+", story.problem)}
    for line in reflective(story, Random(seed)).splitlines():
        opening = re.fullmatch(r"(\w+) now (?:starts with|has|begins with) (\d+) (\w+)\.", line)
        if opening:
            assert opening[1] == story.hero or opening[3] == story.thing or opening[2] in told


@given(STORIES, SEEDS)
def test_the_transition_of_the_twin_tests_is_never_trained_on(story: Story, seed: int) -> None:
    assert not re.search(r"Let me think\. ", reflective(story, Random(seed)))


def test_the_reflective_style_backtracks_in_many_traces_but_not_in_all() -> None:
    rng = Random(0)
    thoughts = [reflective(generate_story(rng, 4), rng) for _ in range(400)]
    share = sum(bool(DOUBTS.search(thinking)) for thinking in thoughts) / 400
    assert 0.5 < share < 0.95


def test_names_and_things_are_many_and_different() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 20
    assert len(set(THINGS)) == len(THINGS) >= 20
