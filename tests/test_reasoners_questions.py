"""Stories and questions of the tiny reasoners: golds, bounds, the split and the shipped files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import InvalidInput
from playground.reasoners.questions import (
    MIA,
    TIERS,
    generate_question,
    generate_story,
    is_test,
    shipped_questions,
    training_story,
    write_shipped,
)
from playground.reasoners.story import NAMES, Decoy, Move, Story

SEEDS = st.integers(0, 10**6)
STEPS = st.integers(2, 10)


def simulated(story: Story) -> list[int]:
    """Counts with the sentences alone: who gives, gets, takes, buys or sells what."""
    value, values = story.start, [story.start]
    for sentence in story.problem.split(". ")[1:-1]:
        if f" {story.thing}" not in sentence or re.search(r"\balso\b", sentence):
            continue
        words = re.sub(r"^(Then|Next|Later|After that) ", "", sentence).split()
        hers = (story.hero, "She", "she", "He", "he", "her", "him")
        amount = int(re.search(r"\d+", sentence)[0])
        subject_is_hero, named = words[0] in hers, [word for word in words[1:] if word in (*NAMES, *hers)]
        if not subject_is_hero and story.hero not in named and not set(named) & {"her", "him"}:
            continue
        arriving = {"buys", "finds", "wins", "collects", "picks", "gets", "takes"}
        subject_gains = words[1] in arriving
        value += amount if subject_gains == subject_is_hero else -amount
        values.append(value)
    return values


@given(SEEDS, STEPS)
def test_the_gold_is_what_the_sentences_say(seed: int, k: int) -> None:
    story = generate_story(Random(seed), k)
    values = simulated(story)
    assert len(values) == k + 1
    assert values[-1] == story.answer


@given(SEEDS, STEPS)
def test_no_number_on_the_way_leaves_the_bounds(seed: int, k: int) -> None:
    values = simulated(generate_story(Random(seed), k))
    assert all(0 <= value <= 99 and value != 1 for value in values)


@given(SEEDS, STEPS)
def test_equal_seeds_give_equal_questions(seed: int, k: int) -> None:
    assert generate_question(Random(seed), k) == generate_question(Random(seed), k)


@given(SEEDS, STEPS)
def test_a_story_is_on_one_side_whatever_its_wording(seed: int, k: int) -> None:
    story = generate_story(Random(seed), k)
    other = Story(hero=story.hero, thing=story.thing, start=story.start, events=story.moves)
    assert is_test(story) == is_test(other)


@given(SEEDS, STEPS)
def test_training_stories_are_never_test_stories(seed: int, k: int) -> None:
    assert not is_test(training_story(Random(seed), k))


def test_the_example_question_reads_as_documented() -> None:
    assert MIA.problem == (
        "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers. "
        "How many stickers does Mia have now?"
    )
    assert shipped_questions(1)[0].problem == MIA.problem
    assert shipped_questions(1)[0].answer == "27"


def test_who_gives_decides_the_sign() -> None:
    given, giving = (Move(verb=verb, amount=6, partner="Leo") for verb in ("be given", "give"))
    assert (given.clause("Mia", "stickers"), given.change) == ("Leo gives Mia 6 stickers", 6)
    assert (giving.clause("Mia", "stickers"), giving.change) == ("Mia gives Leo 6 stickers", -6)


def test_decoys_are_in_a_minority_of_stories() -> None:
    stories = [generate_story(Random(seed), 4) for seed in range(400)]
    share = sum(any(isinstance(event, Decoy) for event in story.events) for story in stories) / 400
    assert 0.15 < share < 0.35


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_ships_eighty_different_questions_of_each_k(tier: int) -> None:
    questions = shipped_questions(tier)
    assert len({question.problem for question in questions}) == len({question.id for question in questions}) == 240
    assert [question.k for question in questions] == [k for k in TIERS[tier] for _ in range(80)]
    assert all(0 <= int(question.answer) <= 99 and question.tier == tier for question in questions)


def test_the_shipped_files_are_what_the_generator_writes(tmp_path) -> None:
    write_shipped(tmp_path)
    for tier in TIERS:
        written = (tmp_path / f"tier{tier}.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(written) == len(shipped_questions(tier))
        assert all(f'"{question.id}"' in line for question, line in zip(shipped_questions(tier), written, strict=True))
        assert [json.loads(line)["problem"] for line in written] == [one.problem for one in shipped_questions(tier)]


def test_a_tier_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Choose tier 1, 2 or 3"):
        shipped_questions(4)
    with pytest.raises(InvalidInput, match="Choose k from 2 to 10"):
        generate_question(Random(0), 11)


def test_reading_shipped_questions_loads_no_heavy_library() -> None:
    code = (
        "import sys; from playground.reasoners.questions import shipped_questions; shipped_questions(1);"
        "sys.exit(bool({'torch', 'transformers', 'tokenizers', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
