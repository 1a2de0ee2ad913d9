from dataclasses import replace
from math import log

import pytest

from playground.engine.base import Alternative, Token
from playground.engine.scripted import ScriptedEngine
from playground.entropy import entropy
from playground.errors import InvalidInput
from playground.hand_over import Rule, RuleWatch
from playground.models import ModelCard
from playground.relay import Participant, Turn, TurnEnded, Written, hand_off_turns, relay
from playground.sampling import SamplingParams
from playground.thinking import QWEN3_TAGS
from playground.trajectory import Trajectory

QUESTION = Trajectory(question="Mia has 4 figs. She buys 5 more figs. She eats 2 figs.")
CARD = ModelCard(name="m", engine="scripted", source="", think=QWEN3_TAGS)


def token(*shares: float) -> Token:
    return Token(id=0, text="x", alternatives=tuple(Alternative(text="y", logprob=log(share)) for share in shares))


@pytest.mark.parametrize(
    ("shares", "bits"), [((), None), ((1.0,), 0.0), ((0.5,), 1.0), ((0.5, 0.5), 1.0), ((0.25, 0.25, 0.25), 2.0)]
)
def test_what_is_not_listed_counts_as_one_token(shares: tuple[float, ...], bits: float | None) -> None:
    assert entropy(token(*shares)) == bits


def test_a_turn_ends_before_the_token_that_its_writer_is_unsure_of() -> None:
    watch = RuleWatch(Rule.parse("entropy:2"))
    assert [watch.feed("ab", 1, 3.0), watch.feed("c", 1, 2.0), watch.feed("d", 1, 2.1)] == [None, None, 3]


def test_an_entropy_rule_hands_over_and_the_text_stays_exact() -> None:
    writers = [Participant(card=CARD, engine=ScriptedEngine(), params=SamplingParams())] * 2
    events = list(relay(QUESTION, hand_off_turns(writers, Rule.parse("entropy:1.2")), 0))
    first, last = (event for event in events if isinstance(event, TurnEnded))
    assert first.hand_over == "entropy:1.2"
    assert first.trajectory.segments[0].provenance.hand_over == "entropy:1.2"
    written = [event for event in events[: events.index(first)] if isinstance(event, Written)]
    assert first.trajectory.text == "".join(event.text for event in written[:-1])
    assert max(entropy(each) for each in written[-1].drawn) > 1.2
    assert last.finished


def test_an_engine_without_probabilities_is_refused_with_the_reason() -> None:
    class Silent(ScriptedEngine):
        @property
        def capabilities(self):
            return replace(super().capabilities, logprobs=0)

    writer = Participant(card=CARD, engine=Silent(), params=SamplingParams())
    with pytest.raises(InvalidInput, match="There is no telling how unsure m is"):
        list(relay(QUESTION, [Turn(writer, Rule.parse("entropy:1"))], 0))
