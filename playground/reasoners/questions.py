"""Questions for the tiny reasoners: the seeded generator, the train/test split and the shipped files.

Pure Python (reading a shipped file loads no heavy library); does not know how a model thinks about a question.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from playground.assets import assets_dir
from playground.errors import InvalidInput
from playground.reasoners.story import (
    DECOY_VERBS,
    ENDINGS,
    GAINS,
    HIGHEST,
    LEADS,
    LOSSES,
    NAMES,
    OPENINGS,
    THINGS,
    VERBS,
    Decoy,
    Event,
    Move,
    Story,
)

TIERS = {1: (2, 3, 4), 2: (5, 6, 7), 3: (8, 9, 10)}
"""The numbers of steps k of each tier of difficulty."""

PER_K = 80
"""The number of shipped questions of each k."""

DECOY_SHARE = 0.25
"""The share of stories that hold a decoy."""

TEST_SHARE = 8
"""One story in this many is kept for tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with its gold answer, as it stands in a shipped file."""

    id: str
    problem: str
    answer: str
    """The integer gold, in decimal digits."""
    tier: int
    k: int
    """The number of arithmetic steps."""


MIA = Story(
    hero="Mia",
    thing="stickers",
    start=24,
    events=(
        Move(verb="give away", amount=9, pronoun=True),
        Move(verb="buy", amount=12, lead="Then ", pronoun=True),
    ),
)
"""The example of the documentation and the first shipped question; its answer is 27."""


def tier_of(k: int) -> int:
    """The tier of questions of `k` steps. Raises InvalidInput where there is none."""
    for tier, ks in TIERS.items():
        if k in ks:
            return tier
    raise InvalidInput(f"There is no tier for questions of {k} steps.", "Choose k from 2 to 10.")


def generate_question(rng: Random, k: int) -> Question:
    """A fresh question of `k` steps (2 to 10) that no tiny reasoner was trained on.

    Equal seeds give equal questions. Raises InvalidInput for another k.
    """
    tier = tier_of(k)
    story = test_story(rng, k)
    return _question(story, f"t{tier}-{hashlib.sha256(story.content.encode()).hexdigest()[:8]}", k)


def shipped_questions(tier: int) -> tuple[Question, ...]:
    """The questions of a tier (1, 2 or 3) that ship with the project."""
    if tier not in TIERS:
        raise InvalidInput(f"There is no tier {tier}.", "Choose tier 1, 2 or 3.")
    lines = (assets_dir() / "questions" / f"tier{tier}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Question(**json.loads(line)) for line in lines)


def shipped_question(question_id: str) -> Question:
    """A shipped question by its id.

    Raises:
        InvalidInput: none has this id.
    """
    questions = {question.id: question for tier in TIERS for question in shipped_questions(tier)}
    if question_id not in questions:
        ids = list(questions)
        raise InvalidInput(f"There is no question {question_id!r}.", f"They run from {ids[0]} to {ids[-1]}.")
    return questions[question_id]


def write_shipped(folder: Path) -> None:
    """Writes the shipped question files, the same on every machine."""
    folder.mkdir(parents=True, exist_ok=True)
    for tier, ks in TIERS.items():
        rng, stories = Random(f"shipped tier {tier}"), [(MIA, 2)] if tier == 1 else []
        for k in ks:
            wanted = len([1 for _, told in stories if told != k]) + PER_K
            while len(stories) < wanted:
                story = test_story(rng, k)
                if story.content not in {known.content for known, _ in stories}:
                    stories.append((story, k))
        questions = [_question(story, f"t{tier}-{n:04d}", k) for n, (story, k) in enumerate(stories, 1)]
        text = "".join(json.dumps(asdict(question)) + "\n" for question in questions)
        (folder / f"tier{tier}.jsonl").write_text(text, encoding="utf-8")


def _question(story: Story, id_: str, k: int) -> Question:
    return Question(id=id_, problem=story.problem, answer=str(story.answer), tier=tier_of(k), k=k)


def is_test(story: Story) -> bool:
    """Whether a story belongs to the test side.

    A hash of its content decides, so no wording of a test story is ever trained on.
    """
    return hashlib.sha256(story.content.encode()).digest()[0] % TEST_SHARE == 0


def generate_story(rng: Random, k: int) -> Story:
    """A story of `k` moves; every number on the way stays within 0 … 99 and is never 1 (so that plurals are right)."""
    hero, thing = rng.choice(NAMES), rng.choice(THINGS)
    start = rng.randint(5, 60)
    events: list[Event] = []
    value = start
    for _ in range(k):
        move = _move(rng, hero, value)
        value += move.change
        events.append(move)
    if rng.random() < DECOY_SHARE:
        for _ in range(rng.choice((1, 1, 1, 2))):
            events.insert(rng.randrange(len(events) + 1), _decoy(rng, hero, thing))
    return Story(
        hero=hero,
        thing=thing,
        start=start,
        events=_with_clear_pronouns(events),
        opening=rng.choice(OPENINGS),
        ending=rng.choice(ENDINGS),
    )


def _move(rng: Random, hero: str, value: int) -> Move:
    """A move that keeps the number of things within bounds."""
    verb = rng.choice(tuple(GAINS if _gains(rng, value) else LOSSES))
    sign = 1 if verb in GAINS else -1
    fitting = [n for n in range(2, 31) if 0 <= value + sign * n <= HIGHEST and value + sign * n != 1]
    partner = rng.choice([name for name in NAMES if name != hero]) if "{partner}" in VERBS[verb] else ""
    return Move(
        verb=verb,
        amount=rng.choice(fitting),
        partner=partner,
        lead=rng.choice(LEADS) if rng.random() < 0.6 else "",
        pronoun=rng.random() < 0.5,
    )


def _gains(rng: Random, value: int) -> bool:
    """Whether the next move adds; near a bound only one direction has numbers that fit."""
    if value < 10:
        return True
    if value > HIGHEST - 10:
        return False
    return rng.random() < 0.5


def _decoy(rng: Random, hero: str, thing: str) -> Decoy:
    verb, amount = rng.choice(DECOY_VERBS), rng.randint(2, 30)
    if rng.random() < 0.5:
        return Decoy(verb=verb, amount=amount, thing=rng.choice([other for other in THINGS if other != thing]))
    person = rng.choice([name for name in NAMES if name != hero])
    return Decoy(verb=verb, amount=amount, thing=thing, person=person)


def _with_clear_pronouns(events: list[Event]) -> tuple[Event, ...]:
    """Names the hero instead of a pronoun wherever another person was mentioned in this sentence or the one before."""
    clear: list[Event] = []
    crowded = False
    for event in events:
        others = event.partner if isinstance(event, Move) else event.person
        if isinstance(event, Move) and (crowded or others):
            clear.append(replace(event, pronoun=False))
        else:
            clear.append(event)
        crowded = bool(others)
    return tuple(clear)


def training_story(rng: Random, k: int) -> Story:
    """A story of the training side."""
    while is_test(story := generate_story(rng, k)):
        pass
    return story


def test_story(rng: Random, k: int) -> Story:
    """A story of the test side."""
    while not is_test(story := generate_story(rng, k)):
        pass
    return story
