"""Samples drawn in batches are what a live relay writes; their figures count what they must."""

import pytest

from playground.engine.scripted import ScriptedEngine
from playground.errors import EngineError, InvalidInput
from playground.hand_over import Rule
from playground.models import ModelCard
from playground.outcomes import drafts
from playground.outcomes.arms import Arm, all_arms
from playground.outcomes.batch_relay import Drafted, Halt
from playground.outcomes.comparison import Comparison, Sample, draw, summarize
from playground.outcomes.starting_point import StartingPoint
from playground.relay import Participant, Turn, TurnEnded, relay
from playground.sampling import SamplingParams, derive_seed
from playground.statistics.wilson import wilson
from playground.thinking import NO_TAGS, QWEN3_TAGS
from playground.thinking_budget import ThinkingBudget
from playground.trajectory import Author, Segment, Trajectory

QUESTION = (
    "Mia starts with 24 stickers. She gives away 9 stickers. Then she buys 12 more stickers. How many does Mia have?"
)
START = Trajectory(question=QUESTION, gold="27")
STEERED = START.extend(Segment(text="Ann has 5 eggs.\n", author=Author(kind="steer", name="elm")))
RULES = ["steps:1", "steps:2", "sentences:3", "tokens:7", "cue:is", "percent:40", "close", "steps:99"]


class Counting(ScriptedEngine):
    """Remembers how many requests came together."""

    def generate(self, requests):
        self.batches = [*getattr(self, "batches", []), len(requests)]
        return super().generate(requests)


def writer(name="a", engine=None, tags=QWEN3_TAGS, **params) -> Participant:
    card = ModelCard(name=name, engine="scripted", source="", think=tags)
    return Participant(card=card, engine=engine or Counting(name=name), params=SamplingParams(**params))


def comparison(n=2, rule="steps:1", **fields) -> Comparison:
    start = StartingPoint(plain=START, steered=STEERED, steer_gold="5")
    usual = {"start": start, "arms": all_arms(2, steered=True), "rule": Rule.parse(rule), "n": n, "seed": 3}
    return Comparison(**{**usual, **fields})


def samples(asked: Comparison, participants) -> list[Sample]:
    return [event for event in draw(asked, participants) if isinstance(event, Sample)]


def live(asked: Comparison, participants, sample: Sample) -> Trajectory:
    """What a relay writes with the sample's seed."""
    arm = Arm.parse(sample.arm)
    *first, last = (participants[place] for place in arm.writers)
    turns = [*(Turn(one, asked.rule) for one in first), Turn(last)]
    events = relay(asked.start.trajectory(steered=arm.steered), turns, sample.seed, budget=asked.budget)
    return [event for event in events if isinstance(event, TurnEnded)][-1].trajectory


def texts(trajectory: Trajectory) -> list[tuple[str, str, str]]:
    return [(segment.author.name, segment.kind, segment.text) for segment in trajectory.segments]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "budget",
    [None, ThinkingBudget(tokens=12), ThinkingBudget(tokens=12, then="stop"), ThinkingBudget(tokens=0)],
    ids=["free", "answer", "stop", "none"],
)
def test_every_sample_is_what_a_live_relay_writes_with_its_seed(rule, budget):
    asked = comparison(rule=rule, budget=budget)
    participants = [writer("a", max_tokens=60), writer("b", max_tokens=60)]
    drawn = samples(asked, participants)
    assert len(drawn) == 2 * len(asked.arms)
    for sample in drawn:
        assert texts(sample.trajectory) == texts(live(asked, participants, sample))


def test_a_long_turn_is_drafted_in_parts_that_join_to_the_whole(monkeypatch):
    monkeypatch.setattr(drafts, "FIRST_TOKENS", 2)
    words = "one two three four five six seven eight nine ten.\nSo it is 27.\n</think>\n\nIt is \\boxed{27}."
    engine = Counting(script=lambda prompt, seed: words if prompt.endswith("<think>\n") else _rest(prompt, words))
    asked = comparison(n=1, arms=(Arm((0, 0)),), rule="steps:1")
    (sample,) = samples(asked, [writer(engine=engine)])
    assert sample.trajectory.segments[0].text == "one two three four five six seven eight nine ten.\n"
    assert sample.ending.outcome == "correct"
    assert engine.batches == [1, 1, 1, 1, 1]  # 2, 4, 8 and 16 tokens, and the second turn


def _rest(prompt: str, words: str) -> str:
    return words.removeprefix(prompt.rpartition("<think>\n")[2])


def test_what_is_wanted_of_a_model_comes_in_one_batch():
    participants = [writer("a"), writer("b")]
    samples(comparison(n=5, arms=all_arms(2, steered=False)), participants)
    assert [one.engine.batches for one in participants] == [[10, 5], [15]]


def test_samples_depend_on_seed_arm_and_number_alone():
    participants = [writer("a"), writer("b")]
    few = samples(comparison(n=2, arms=(Arm((0,)), Arm((0, 1)))), participants)
    many = {(sample.arm, sample.number): sample for sample in samples(comparison(n=4), participants)}
    for sample in few:
        assert many[sample.arm, sample.number].trajectory.text == sample.trajectory.text
    assert len({sample.seed for sample in many.values()}) == len(many)


def test_a_prompt_that_does_not_fit_is_an_error_and_counts_nowhere():
    narrow = ScriptedEngine(name="narrow", context_length=20)
    asked = comparison(n=3, arms=(Arm((0,)), Arm((1,))))
    drawn = samples(asked, [writer("a"), writer("narrow", engine=narrow)])
    summary = summarize("B", drawn)
    assert (summary.n, summary.correct, dict(summary.outcomes)) == (0, None, {"error": 3})
    assert "context" in next(sample for sample in drawn if sample.arm == "B").ending.why
    assert summarize("A", drawn).n == 3


class Faulty(ScriptedEngine):
    """Fails at some seeds, so many times each."""

    def __init__(self, faults):
        self.faults = dict(faults)
        super().__init__(self.write)

    def write(self, prompt, seed):
        if self.faults.get(seed, 0) > 0:
            self.faults[seed] -= 1
            raise EngineError("The device stumbled.")
        return f"So {seed}.\n</think>\n\n\\boxed{{27}}"


def seeds(asked: Comparison) -> list[int]:
    """Of the requests for the samples of one model alone."""
    return [derive_seed(asked.seed_of(asked.arms[0], number), "turn", 0) for number in range(asked.n)]


def test_a_fault_takes_no_other_sample_with_it_and_one_that_passes_leaves_no_trace():
    asked = comparison(n=20, arms=(Arm((0,)),))
    whole = samples(asked, [writer(engine=Faulty({}))])
    passed = samples(asked, [writer(engine=Faulty({seeds(asked)[3]: 1}))])
    stayed = samples(asked, [writer(engine=Faulty({seeds(asked)[3]: 9}))])
    told = {sample.number: (sample.ending.outcome, sample.trajectory.text) for sample in whole}
    assert {sample.number: (sample.ending.outcome, sample.trajectory.text) for sample in passed} == told
    (failed,) = [sample for sample in stayed if sample.ending.outcome == "error"]
    assert (failed.number, failed.ending.why) == (3, "The device stumbled.")
    assert summarize("A", stayed).n == 19


def test_an_engine_that_fails_at_everything_ends_it():
    asked = comparison(n=20, arms=(Arm((0,)),))
    with pytest.raises(EngineError, match="3 of 20 samples failed; the last one: The device stumbled"):
        samples(asked, [writer(engine=Faulty(dict.fromkeys(seeds(asked), 9)))])


def test_halt_ends_the_batch_and_keeps_what_was_finished():
    halt = Halt()
    slow = ScriptedEngine(script=lambda prompt, seed: "word " * (1 + seed % 50), token_seconds=0.02)
    found = []
    for event in draw(comparison(n=8, arms=(Arm((0,)), Arm((0, 0)))), [writer(engine=slow)], halt):
        found += [event] if isinstance(event, Sample) else []
        if isinstance(event, Drafted):
            halt.set()
    assert len(found) <= 1


def test_the_figures_of_an_arm():
    engine = ScriptedEngine(script=lambda prompt, seed: f"Wait, no.\n</think>\n\n\\boxed{{{(27, 5, 9)[seed % 3]}}}")
    drawn = samples(comparison(n=30, arms=(Arm((0,)), Arm((0,), steered=True))), [writer(engine=engine)])
    plain, steered = summarize("A", drawn), summarize("A+steer", drawn)
    answers = [sample.ending.answer for sample in drawn if sample.arm == "A+steer"]
    assert plain.adopted is None
    assert steered.adopted.hits == answers.count("5") > 0
    assert steered.correct.hits == answers.count("27")
    assert (steered.correct.low, steered.correct.high) == wilson(answers.count("27") / 30, 30)
    assert steered.backtracked.hits == 30
    assert steered.tokens == sum(sample.tokens for sample in drawn if sample.arm == "A+steer") / 30


def test_without_a_gold_answer_nothing_is_right_or_wrong():
    asked = comparison(arms=(Arm((0,)),), start=StartingPoint(plain=Trajectory(question=QUESTION)))
    summary = summarize("A", samples(asked, [writer()]))
    assert summary.correct is None
    assert dict(summary.outcomes) == {"answer": 2}


@pytest.mark.parametrize(
    ("fields", "params", "says"),
    [
        ({"n": 0}, {}, "samples is 0"),
        ({}, {"temperature": 0.0}, "every sample is the same"),
        ({"start": StartingPoint(plain=START)}, {}, "no steer"),
        ({"budget": ThinkingBudget(tokens=5)}, {"tags": NO_TAGS}, "no think tags"),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is(fields, params, says):
    participants = [writer("a", **params), writer("b", **params)]
    with pytest.raises(InvalidInput, match=says):
        next(draw(comparison(**fields), participants))
