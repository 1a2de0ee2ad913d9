"""Which questions are taken: sizes, disjointness, weights and seeds."""

from __future__ import annotations

import pytest
from evaluator_models import small, sums
from hypothesis import given
from hypothesis import strategies as st

from evaluator.trials import selection
from evaluator.trials.attempts import Attempt
from evaluator.trials.standing import Standing
from evaluator.trials.subsets import to_be_guided
from playground.errors import InvalidInput
from playground.records import RunQuestion

SOLVES = st.dictionaries(st.text("abc", min_size=1, max_size=4), st.integers(0, 8))
SIZES = st.integers(1, 14)


@given(SIZES, SIZES, st.integers(0, 9))
def test_tested_and_pool_questions_are_disjoint_and_spread(limit, pool, seed):
    chosen = selection.run_questions(sums(), limit=limit, pool=pool, seed=seed)
    tested = [item.question for item in chosen if item.role == "tested"]
    others = [item.question for item in chosen if item.role == "pool"]
    assert (len(tested), len(others)) == (limit, pool)
    assert not {item.id for item in tested} & {item.id for item in others}
    short = sum(item.benchmark == "short" for item in tested)
    assert abs(2 * short - limit) <= 1


def test_too_large_a_limit_names_the_largest():
    with pytest.raises(InvalidInput, match="at most 34"):
        selection.run_questions(sums(20), limit=36, pool=6, seed=0)
    assert len(selection.run_questions(sums(20), limit=34, pool=6, seed=0)) == 40


@given(st.lists(st.text("xyz", min_size=1), unique=True), SIZES, st.randoms())
def test_a_draw_does_not_depend_on_the_order_given(ids, size, random):
    shuffled = random.sample(ids, len(ids))
    drawn = selection.draw(ids, size, 5, "purpose")
    assert drawn == selection.draw(shuffled, size, 5, "purpose")
    assert len(set(drawn)) == min(size, len(ids))


@given(SOLVES, SIZES)
def test_a_draw_by_solve_count_takes_solved_questions_only(solves, size):
    drawn = selection.draw_by_solve_count(solves, size, 0, "individual")
    solved = [question for question, count in solves.items() if count]
    assert len(set(drawn)) == len(drawn) == min(size, len(solved))
    assert set(drawn) <= set(solved)


def test_rare_solve_counts_are_drawn_as_often_as_common_ones():
    solves = {f"easy{i}": 8 for i in range(90)} | {f"hard{i}": 1 for i in range(10)}
    drawn = [selection.draw_by_solve_count(solves, 1, seed, "x")[0] for seed in range(600)]
    share = sum(question.startswith("hard") for question in drawn) / len(drawn)
    assert 0.42 < share < 0.58


@given(st.dictionaries(st.sampled_from("MNO"), SOLVES, min_size=1), st.integers(1, 8))
def test_shared_questions_are_solved_every_time_by_every_model(solves, n):
    shared = selection.solved_by_all(solves, n)
    assert all(counts[question] == n for counts in solves.values() for question in shared)


@pytest.mark.parametrize(("n", "most"), [(2, 0), (7, 0), (8, 1), (16, 2)])
def test_hard_means_at_most_one_in_eight(n, most):
    assert selection.hard({str(count): count for count in range(n + 1)}, n) == [str(c) for c in range(most + 1)]


def test_the_weaker_two_thirds_are_guided_together():
    scores = {f"m{i:02d}": float(i) for i in range(15)}
    assert selection.guided_together(scores) == [f"m{i:02d}" for i in range(10)]
    assert selection.guided_together({"alone": 1.0}) == []


def test_a_model_that_ties_with_a_guide_is_not_guided_by_it():
    scores = {"a": 1.0, "b": 2.0, "c": 2.0}
    assert selection.guided_together(scores) == ["a"]
    assert selection.stronger(scores, "b") == []
    assert selection.stronger(scores, "a") == ["b", "c"]


def tried(right, undecided):
    """Eight attempts, the right ones first and then those without a verdict."""
    return tuple(
        Attempt(sample=i, thinking="", closed=True, correct=i < right, decided=not right <= i < right + undecided)
        for i in range(8)
    )


def test_what_has_no_verdict_makes_no_question_hard_and_no_model_weaker():
    questions = tuple(RunQuestion(question=question, role="tested") for question in sums(2))
    first, second, third, fourth = (item.question.id for item in questions)
    tries = {
        "weak": {first: tried(0, 8), second: tried(1, 0), third: tried(0, 1), fourth: tried(1, 1)},
        "strong": {name: tried(4, 4) for name in (first, second, third, fourth)},
    }
    config = small(models=("weak", "strong"), n=8, tests=("guidability",))
    standing = Standing.of(config, questions, tries)
    assert to_be_guided(standing) == sorted([second, third])
    assert standing.scores == {"weak": 2 / 22, "strong": 1.0}
