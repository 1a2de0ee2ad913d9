"""Selects the questions of a run, and those of each test. Pure and seeded; knows solve counts, not texts.

Source: protocol of arXiv 2510.06410, sections 2 and 3. A draw depends on the run's seed and on what it is for alone:
each candidate has a number of its own there, and the smallest win, so that a larger draw contains the smaller one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from playground.errors import InvalidInput
from playground.records import Question, Role, RunQuestion
from playground.sampling import derive_seed

SolveCounts = Mapping[str, int]
"""How often a model solves each tested question, by the question's id."""


def run_questions(
    questions: Sequence[Question], *, limit: int, pool: int, seed: int, others: Sequence[Question] = ()
) -> tuple[RunQuestion, ...]:
    """`limit` tested questions and `pool` others, both spread evenly over the benchmarks, in the questions' order.

    They come from both ends of each benchmark's order, so that one may grow without taking from the other.

    A benchmark that is too small for its share gives all it has, and the rest falls to the others. With `others` the
    pool comes from these instead.

    Raises:
        InvalidInput: there are too few questions.
    """
    benchmarks: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        benchmarks[question.benchmark].append(question)
    sizes = [len(members) for members in benchmarks.values()]
    inside = 0 if others else pool
    if limit + inside > sum(sizes):
        raise InvalidInput(
            f"There are {sum(sizes)} questions; {limit} tested ones and {inside} distractors do not fit.",
            f"Give a --limit of at most {sum(sizes) - inside}." if sum(sizes) > inside else "Give a smaller --pool.",
        )
    tested = spread(limit, sizes)
    rest = spread(inside, [size - taken for size, taken in zip(sizes, tested, strict=True)])
    roles: dict[str, Role] = {}
    for (name, members), count, more in zip(benchmarks.items(), tested, rest, strict=True):
        order = draw([question.id for question in members], len(members), seed, "questions", name)
        roles |= dict.fromkeys(order[:count], "tested")
        roles |= dict.fromkeys(order[len(order) - more :], "pool")
    roles |= dict.fromkeys(draw([item.id for item in others], pool, seed, "distractor questions"), "pool")
    chosen = [RunQuestion(question=item, role=roles[item.id]) for item in (*questions, *others) if item.id in roles]
    return tuple(sorted(chosen, key=lambda item: item.role != "tested"))


def spread(total: int, sizes: Sequence[int]) -> list[int]:
    """`total` over parts of these sizes, as evenly as they allow, the first ones taking what is left over."""
    open_parts = [index for index, size in enumerate(sizes) if size]
    taken = [0] * len(sizes)
    while total and open_parts:
        for index, share in zip(open_parts, even(total, len(open_parts)), strict=True):
            more = min(share, sizes[index] - taken[index])
            taken[index] += more
            total -= more
        open_parts = [index for index in open_parts if taken[index] < sizes[index]]
    return taken


def even(total: int, parts: int) -> list[int]:
    """`total` in `parts` whole numbers that differ by at most one, the larger first."""
    return [total // parts + (index < total % parts) for index in range(parts)]


def draw(ids: Iterable[str], size: int, seed: int, *purpose: str) -> list[str]:
    """At most `size` of the ids without replacement, in the order drawn; the order they are given in is no matter."""
    return sorted(sorted(ids), key=lambda name: derive_seed(seed, *purpose, name))[:size]


def draw_by_solve_count(solves: SolveCounts, size: int, seed: int, *purpose: str) -> list[str]:
    """At most `size` of the questions solved at least once, rare solve counts as likely as common ones.

    Without replacement, with weight inverse to how many questions have the same solve count (paper, section 2): a
    question's key is an exponential variate over its weight, and the smallest keys win (Efraimidis and Spirakis).
    """
    solved = sorted(question for question, count in solves.items() if count)
    sizes = Counter(solves[question] for question in solved)
    variates = {name: Random(derive_seed(seed, *purpose, name)).expovariate(1.0) for name in solved}
    return sorted(solved, key=lambda name: variates[name] * sizes[solves[name]])[:size]


def solved_by_all(solves: Mapping[str, SolveCounts], n: int) -> list[str]:
    """The questions that every model solves in all of its n samples."""
    return _common(solved_every_time(counts, n) for counts in solves.values())


def solved_every_time(solves: SolveCounts, n: int) -> list[str]:
    """The questions that a model solves in all of its n samples."""
    return sorted(question for question, count in solves.items() if count == n)


def hard(solves: SolveCounts, n: int) -> list[str]:
    """The questions solved 0 … floor(n/8) times of n: "0–1 of 8" in the paper."""
    return sorted(question for question, count in solves.items() if count <= n // 8)


def hard_for_all(solves: Mapping[str, SolveCounts], n: int) -> list[str]:
    """The questions that are hard for every one of these models."""
    return _common(hard(counts, n) for counts in solves.values())


def guided_together(scores: Mapping[str, float]) -> list[str]:
    """The models compared on guidability's shared subset: the weaker two thirds, as ten of the paper's fifteen.

    Fewer where a model's score ties with that of a stronger one, which is then no guide to it.
    """
    ranked = sorted(scores, key=lambda model: (scores[model], model))
    compared = ranked[: 2 * len(ranked) // 3]
    rest = [scores[model] for model in ranked[len(compared) :]]
    return sorted(model for model in compared if scores[model] < min(rest))


def stronger(scores: Mapping[str, float], *models: str) -> list[str]:
    """The models whose score is above that of each of `models`: their guides."""
    bar = max(scores[model] for model in models)
    return sorted(model for model in scores if scores[model] > bar)


def _common(groups: Iterable[Iterable[str]]) -> list[str]:
    sets = [set(group) for group in groups]
    return sorted(set.intersection(*sets)) if sets else []
