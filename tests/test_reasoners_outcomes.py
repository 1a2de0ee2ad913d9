"""Outcomes of the shipped reasoners: what batches write is what they write live, and the figures are theirs."""

from collections import Counter
from contextlib import closing

from playground.engine.pool import Pool
from playground.hand_over import Rule
from playground.models import find_card
from playground.outcomes.arms import Arm
from playground.outcomes.comparison import Comparison, Sample, draw, summarize
from playground.outcomes.starting_point import StartingPoint
from playground.reasoners.questions import shipped_question
from playground.relay import Participant, Turn, TurnEnded, relay
from playground.sampling import SamplingParams
from playground.trajectory import Trajectory


def test_a_hand_over_in_batches_is_the_live_one() -> None:
    question = shipped_question("t1-0001")
    start = Trajectory(question=question.problem, gold=question.answer, question_id=question.id)
    arms = (Arm((0,)), Arm((0, 1)))
    asked = Comparison(start=StartingPoint(plain=start), arms=arms, rule=Rule.parse("steps:2"), n=4, seed=0)
    with closing(Pool()) as pool:
        cards = [find_card(name) for name in ("tiny-oak-plain", "tiny-elm-reflective")]
        writers = [
            Participant(card=card, engine=pool.get(card), params=SamplingParams(max_tokens=300)) for card in cards
        ]
        drawn = [event for event in draw(asked, writers) if isinstance(event, Sample)]
        handed = [sample for sample in drawn if sample.arm == "A-B"]
        turns = [Turn(writers[0], asked.rule), Turn(writers[1])]
        for sample in handed[:2]:
            ended = [event for event in relay(start, turns, sample.seed) if isinstance(event, TurnEnded)]
            assert ended[-1].trajectory.text == sample.trajectory.text
    assert Counter(sample.arm for sample in drawn) == {"A": 4, "A-B": 4}
    assert {segment.author.name for segment in handed[0].trajectory.segments} == {card.name for card in cards}
    summary = summarize("A-B", drawn)
    assert sum(summary.outcomes.values()) == summary.n == 4
    assert summary.correct is not None
    assert summary.correct.hits == sum(sample.ending.answer == "27" for sample in handed)
